"""The hockey stick: on which days of a period wins fall, learned as weights of days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.domain.time import WorkCalendar
from models.contracts import FloatArray
from models.simulation.days import IntArray, day_number, period_ends

PSEUDO_WINS = 20.0
"""Wins' worth of belief, per week of the period, that wins fall evenly."""


@dataclass(frozen=True)
class Tempo:
    """How many average days' wins fall on each day of a period.

    Attributes:
        months: Length of the period the stick repeats in: 3, or 1 where quotas are monthly only.
        fiscal_start_month: First month of the fiscal year.
        weeks: Weight per week counted back from the period's end (first item: the last seven days), about mean 1.
        rest: Weight of a day on which people do not work, relative to a working day of the same week.
    """

    months: int
    fiscal_start_month: int
    weeks: tuple[float, ...]
    rest: float

    def weights(self, first: int, last: int, calendar: WorkCalendar) -> FloatArray:
        """Return the weight of each day `first..last` (days since 1970-01-01), scaled to mean 1 over whole weeks."""
        days = np.arange(first, last + 1, dtype=np.int64)
        back = _weeks_to_end(days, self.months, self.fiscal_start_month)
        by_week = np.asarray(self.weeks)[np.minimum(back, len(self.weeks) - 1)]
        working = _working(days, calendar)
        return by_week * np.where(working, 1.0, self.rest) * 7.0 / (5.0 + 2.0 * self.rest)


def learn_tempo(won_on: IntArray, first: int, last: int, *, months: int, calendar: WorkCalendar) -> Tempo:
    """Return the tempo of wins between two days.

    Args:
        won_on: Day of each win, days since 1970-01-01.
        first: First day of the window in which wins were seen.
        last: Last day of the window.
        months: Length of the period.
        calendar: Working days and fiscal year.

    Returns:
        Weights shrunk towards an even tempo, by `PSEUDO_WINS` per week.
    """
    start = calendar.fiscal_start_month
    days = np.arange(first, last + 1, dtype=np.int64)
    won = won_on[(won_on >= first) & (won_on <= last)]
    size = 5 if months == 1 else 13
    at_risk = np.bincount(np.minimum(_weeks_to_end(days, months, start), size - 1), minlength=size)
    wins = np.bincount(np.minimum(_weeks_to_end(won, months, start), size - 1), minlength=size)
    expected = at_risk * (len(won) / max(len(days), 1))
    weights = (wins + PSEUDO_WINS) / (expected + PSEUDO_WINS)
    resting, rested = ~_working(days, calendar), ~_working(won, calendar)
    per_rest_day = (rested.sum() + PSEUDO_WINS) / (resting.sum() * len(won) / max(len(days), 1) + PSEUDO_WINS)
    per_work_day = ((~rested).sum() + PSEUDO_WINS) / ((~resting).sum() * len(won) / max(len(days), 1) + PSEUDO_WINS)
    return Tempo(months, start, tuple(weights.tolist()), float(per_rest_day / per_work_day))


def _weeks_to_end(days: IntArray, months: int, fiscal_start_month: int) -> IntArray:
    return (period_ends(days, months, fiscal_start_month) - days) // 7


def _working(days: IntArray, calendar: WorkCalendar) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    weekday = (days + 3) % 7
    working = weekday < 5
    for day, works in [(d, False) for d in calendar.holidays] + [(d, True) for d in calendar.extra_workdays]:
        working[days == day_number(day)] = works
    return np.asarray(working, dtype=np.bool_)
