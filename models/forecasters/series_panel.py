"""Monthly bookings of every rep up to a moment of knowledge: the frame that all series methods read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.time import add_months
from models.contracts import FloatArray

IntArray = npt.NDArray[np.int64]

POOL_MONTHS = 2.0
"""Weight of the average rep, in months, in the size of a rep."""


@dataclass(frozen=True)
class Panel:
    """Complete months of all reps that have booked by then.

    Attributes:
        reps: Sorted rep ids, length n_reps.
        values: Bookings, currency, shape (n_reps, n_months), signed.
        first: Position of each rep's first month with bookings, shape (n_reps,).
        start: Calendar month of the first column, as year * 12 + month - 1.
    """

    reps: tuple[str, ...]
    values: FloatArray
    first: IntArray
    start: int

    @property
    def n_months(self) -> int:
        """Number of complete months."""
        return int(self.values.shape[1])

    @property
    def end(self) -> int:
        """Calendar month after the last complete one, as year * 12 + month - 1."""
        return self.start + self.n_months

    @property
    def age(self) -> IntArray:
        """Complete months since each rep's first bookings, the first one included, shape (n_reps,)."""
        return self.n_months - self.first

    def at(self, origin: int) -> Panel:
        """Return the first `origin` months, with the reps that had booked by then."""
        there = self.first < origin
        reps = tuple(rep for rep, kept in zip(self.reps, there, strict=True) if kept)
        return Panel(reps, self.values[there, :origin], self.first[there], self.start)

    def mean(self, months: int) -> FloatArray:
        """Return each rep's mean over its last `months` months in seat, currency a month."""
        since = np.maximum(self.first, self.n_months - months)
        running = np.concatenate([np.zeros((len(self.reps), 1)), np.cumsum(self.values, axis=1)], axis=1)
        total = running[:, -1] - running[np.arange(len(self.reps)), since]
        return np.asarray(total / np.maximum(self.n_months - since, 1), dtype=np.float64)

    def pooled_mean(self) -> float:
        """Return the mean month of the average rep in seat over the last year, currency."""
        months = np.minimum(self.age, 12)
        return float((self.mean(12) * months).sum() / max(int(months.sum()), 1))

    def scale(self) -> FloatArray:
        """Return the usual month of each rep, currency, > 0 where anybody booked: the last year, shrunk to the pool."""
        months = np.minimum(self.age, 12)
        pool = abs(self.pooled_mean())
        own = np.abs(self.mean(12)) * months
        return np.asarray((own + POOL_MONTHS * pool) / (months + POOL_MONTHS), dtype=np.float64)


def month_of(day: date) -> int:
    """Return the calendar month of a day as year * 12 + month - 1.

    Examples:
        >>> month_of(date(2020, 5, 31))
        24244
    """
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """Return the first day of a calendar month.

    Examples:
        >>> first_day(24244)
        datetime.date(2020, 5, 1)
    """
    return date(month // 12, month % 12 + 1, 1)


def running_month(as_of: date) -> int:
    """Return the calendar month that holds the day after `as_of`; the months before it are complete."""
    return month_of(as_of + timedelta(days=1))


def build_panel(bookings: pd.DataFrame, metric: str, as_of: date) -> Panel:
    """Return the complete months of one measure as known at the end of `as_of`.

    Reps whose every month is 0 are left out: they have no series yet.

    Args:
        bookings: `BOOKING_COLUMNS`.
        metric: Measure to keep.
        as_of: Moment of knowledge.
    """
    end = running_month(as_of)
    known = (bookings["known_on"] <= pd.Timestamp(as_of)) & (bookings["metric"] == metric)
    mine = bookings[known & (bookings["day"] < pd.Timestamp(first_day(end)))]
    if mine.empty:
        return Panel((), np.zeros((0, 0)), np.zeros(0, dtype=np.int64), end)
    month = mine["day"].dt.year.to_numpy(dtype=np.int64) * 12 + mine["day"].dt.month.to_numpy(dtype=np.int64) - 1
    reps, row = np.unique(mine["rep_id"].to_numpy(dtype=object).astype(str), return_inverse=True)
    start = int(month.min())
    values = np.zeros((len(reps), end - start))
    np.add.at(values, (row, month - start), mine["amount"].to_numpy(dtype=np.float64))
    booked = np.abs(values) > 0.0
    kept = booked.any(axis=1)
    return Panel(tuple(reps[kept].tolist()), values[kept], booked[kept].argmax(axis=1).astype(np.int64), start)


def month_end(month: int) -> date:
    """Return the last day of a calendar month.

    Examples:
        >>> month_end(24241)
        datetime.date(2020, 2, 29)
    """
    return add_months(first_day(month), 1) - timedelta(days=1)
