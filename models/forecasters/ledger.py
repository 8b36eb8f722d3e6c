"""Daily booking sums of every rep, so that any window of any rep is one subtraction."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray

DayArray = npt.NDArray[np.int64]


def day_numbers(days: pd.Series) -> DayArray:
    """Return days since 1970-01-01.

    Examples:
        >>> day_numbers(pd.Series(pd.to_datetime(["1970-01-03"]))).tolist()
        [2]
    """
    return np.asarray(days.to_numpy().astype("datetime64[D]").astype(np.int64))


def day_number(day: date) -> int:
    """Return days since 1970-01-01."""
    return int(np.datetime64(day, "D").astype(np.int64))


class Ledger:
    """Running sums of the bookings of one measure: rows are reps, columns days.

    Examples:
        >>> bookings = pd.DataFrame({
        ...     "rep_id": ["a", "a"], "metric": "revenue", "amount": [5.0, 7.0],
        ...     "day": pd.to_datetime(["2024-01-02", "2024-01-04"]),
        ... })
        >>> ledger = Ledger(bookings, "revenue")
        >>> first = day_number(date(2024, 1, 1))
        >>> ledger.sums(np.array(["a", "b"]), np.array([first, first]), np.array([first + 3, first + 3])).tolist()
        [5.0, 0.0]
    """

    def __init__(self, bookings: pd.DataFrame, metric: str) -> None:
        mine = bookings[bookings["metric"] == metric]
        self.reps, rows = np.unique(mine["rep_id"].to_numpy(dtype=object), return_inverse=True)
        days = day_numbers(mine["day"])
        self.first_day = int(days.min()) if len(days) else 0
        self.first_month = int(
            np.datetime64(self.first_day, "D").astype("datetime64[M]").astype("datetime64[D]").view("i8")
        )
        width = int(days.max()) - self.first_day + 1 if len(days) else 0
        daily = np.zeros((len(self.reps) + 1, width + 1))
        np.add.at(daily, (rows, days - self.first_day + 1), mine["amount"].to_numpy(dtype=np.float64))
        self._running = np.cumsum(daily, axis=1)

    def sums(self, rep_ids: npt.ArrayLike, start: DayArray, stop: DayArray) -> FloatArray:
        """Return bookings on days `start` <= day < `stop`; 0.0 for reps without any.

        Args:
            rep_ids: Shape (n,).
            start: First day of each window (see `day_numbers`), shape (n,).
            stop: The day after its last day, shape (n,).
        """
        wanted = np.asarray(rep_ids, dtype=object)
        # The last row of the running sums is all zeros: it answers for reps that never booked.
        row = np.full(len(wanted), len(self.reps))
        if len(self.reps):
            place = np.minimum(np.searchsorted(self.reps, wanted), len(self.reps) - 1)
            row = np.where(self.reps[place] == wanted, place, row)
        last = self._running.shape[1] - 1
        left = np.clip(start - self.first_day, 0, last)
        right = np.clip(stop - self.first_day, 0, last)
        return np.asarray(self._running[row, right] - self._running[row, left], dtype=np.float64)
