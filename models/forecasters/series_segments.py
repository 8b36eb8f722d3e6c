"""Stretches of time between all period bounds: a period is a sum of them, so months add up to quarters and years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.forecasters.series_panel import first_day, month_of, running_month
from models.forecasters.series_season import share_between


@dataclass(frozen=True)
class Segments:
    """The days after an as_of, cut at every month and at every bound of a target.

    Attributes:
        starts: First day of each segment, ascending.
        stop: The day after the last segment.
        month: Which month ahead each segment lies in, 0 is the running one, shape (n_segments,).
        share: Share of that month's bookings that the segment is expected to hold, shape (n_segments,).
    """

    starts: tuple[date, ...]
    stop: date
    month: npt.NDArray[np.int64]
    share: FloatArray

    @classmethod
    def of(cls, targets: pd.DataFrame, as_of: date, course: FloatArray) -> Self:
        """Cut the time from the day after `as_of` to the last target's end.

        Args:
            targets: At least one row; `period_start` and `period_end` are read.
            as_of: Moment of knowledge.
            course: How bookings run through a month (see `month_course`).
        """
        tomorrow = as_of + timedelta(days=1)
        stop = max(targets["period_end"].max().date() + timedelta(days=1), tomorrow + timedelta(days=1))
        base = running_month(as_of)
        bounds = {tomorrow, *(first_day(month) for month in range(base + 1, month_of(stop) + 1))}
        bounds |= {day.date() for day in targets["period_start"].unique()}
        bounds |= {day.date() + timedelta(days=1) for day in targets["period_end"].unique()}
        starts = sorted(day for day in bounds if tomorrow <= day < stop)
        months = [month_of(day) for day in starts]
        ends = [*starts[1:], stop]
        share = [share_between(course, m, a, b) for m, a, b in zip(months, starts, ends, strict=True)]
        return cls(tuple(starts), stop, np.array(months, dtype=np.int64) - base, np.array(share))

    @property
    def n_months(self) -> int:
        """Number of months that the segments touch."""
        return int(self.month[-1]) + 1

    def inside(self, start: date, end: date) -> slice:
        """Return the segments on days `start` <= day <= `end`."""
        keys = np.array(self.starts, dtype="datetime64[D]")
        first, last = np.searchsorted(keys, np.array([start, end + timedelta(days=1)], dtype="datetime64[D]"))
        return slice(int(first), int(last))
