"""What depends on how far ahead one looks; every feature here can only grow with the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.domain.time import WorkCalendar
from models.contracts import FloatArray
from models.simulation.days import IntArray, period_ends
from models.simulation.tempo import Tempo

HORIZON_NAMES = (
    "horizon_days",
    "period_ends_included",
    "tempo_exposure",
    "margin_to_expected",
    "age_curve",
    "horizon_in_cycles",
    "exposure_in_cycles",
    "margin_in_cycles",
)
LONGEST = 900
FARTHEST_DAYS, FARTHEST_CYCLES = 400.0, 10.0


@dataclass(frozen=True)
class HorizonClock:
    """Running sums of the tempo over days, so that any window is one subtraction.

    Attributes:
        tempo: Learned weights of days.
        calendar: Working days and fiscal year.
        first: First day covered, days since 1970-01-01.
        running: Sum of weights up to and including each day.
    """

    tempo: Tempo
    calendar: WorkCalendar
    first: int
    running: FloatArray

    def exposure(self, as_of: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return average days' worth of wins in (as_of, as_of + horizon], shape as the inputs."""
        start = np.clip(as_of - self.first, 0, len(self.running) - 1).astype(np.int64)
        end = np.clip(as_of + horizon - self.first, 0, len(self.running) - 1).astype(np.int64)
        return np.asarray(self.running[end] - self.running[start], dtype=np.float64)

    def ends_included(self, as_of: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return how many period ends lie in (as_of, as_of + horizon]."""
        months, start = self.tempo.months, self.tempo.fiscal_start_month

        def passed(day: FloatArray) -> IntArray:
            # Ends passed so far: the period that holds the next day tells how many lie behind.
            ends = period_ends((day + 1).astype(np.int64), months, start)
            return ends.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)

        return np.asarray((passed(as_of + horizon) - passed(as_of)) / months, dtype=np.float64)

    def days_to_end(self, as_of: FloatArray) -> FloatArray:
        """Return how many days the period that holds the day after each as_of still has, shape as the input."""
        tomorrow = (as_of + 1).astype(np.int64)
        return period_ends(tomorrow, self.tempo.months, self.tempo.fiscal_start_month).astype(np.float64) - as_of


def horizon_clock(tempo: Tempo, calendar: WorkCalendar, first: int, last: int) -> HorizonClock:
    """Return the clock that covers the days `first..last + LONGEST` (days since 1970-01-01)."""
    weights = tempo.weights(first, last + LONGEST, calendar)
    return HorizonClock(tempo, calendar, first, np.cumsum(weights))


def horizon_matrix(
    clock: HorizonClock,
    as_of: FloatArray,
    horizon: FloatArray,
    *,
    expected_in: FloatArray,
    age_curve: FloatArray,
    cycle: FloatArray,
) -> FloatArray:
    """Return the features of `HORIZON_NAMES`, shape (n, len(HORIZON_NAMES)).

    Args:
        clock: Learned tempo.
        as_of: Days since 1970-01-01, shape (n,).
        horizon: Days ahead, shape (n,).
        expected_in: Days from as_of to the expected close, NaN when unknown, shape (n,).
        age_curve: Chance by the age curves alone that the deal is won within the horizon, shape (n,).
        cycle: Usual days from a deal's birth to its win in the deal's segment, shape (n,).
    """
    exposure, margin = clock.exposure(as_of, horizon), horizon - expected_in
    return np.column_stack(
        [
            horizon,
            clock.ends_included(as_of, horizon),
            exposure,
            np.clip(margin, -FARTHEST_DAYS, FARTHEST_DAYS),
            age_curve,
            horizon / cycle,
            exposure / cycle,
            np.clip(margin / cycle, -FARTHEST_CYCLES, FARTHEST_CYCLES),
        ]
    )
