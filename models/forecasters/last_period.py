"""Last period: every rep repeats what the last complete period brought."""

from __future__ import annotations

from typing import Self

import numpy as np

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.levels import at_least_attained, groups, past_periods
from models.forecasters.residuals import ResidualBank, fitted


class LastPeriodForecaster:
    """The naive forecast of the time-series literature, per rep and period length.

    Definition: bookings of the last complete period of the same length; for a rep who was not there yet the
    mean over reps.
    """

    name = "last_period"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, last_period_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(state, last_period_point(state), n_paths, seed)


def last_period_point(state: CompanyState) -> FloatArray:
    """Return last period's bookings per target, currency, and not less than what is attained."""
    point = np.zeros(len(state.targets))
    for group in groups(state.targets):
        point[group.rows] = past_periods(state, group, 1).mean()
    return at_least_attained(state, point)
