"""Linear pace: what is booked so far, stretched to the whole period."""

from __future__ import annotations

from typing import Self

import numpy as np

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.levels import trailing_year
from models.forecasters.residuals import ResidualBank, fitted


class PaceForecaster:
    """The rule of every dashboard: a rep at 30 % when half of the period is gone ends at 60 %.

    Definition: attained / elapsed. On day 0 that is undefined: the trailing mean stands in.
    """

    name = "pace"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, pace_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(state, pace_point(state), n_paths, seed)


def pace_point(state: CompanyState) -> FloatArray:
    """Return attained / elapsed per target, currency; the mean of the last year's periods where elapsed is 0."""
    elapsed = state.targets["elapsed"].to_numpy(dtype=np.float64)
    attained = state.targets["attained"].to_numpy(dtype=np.float64)
    begun = elapsed > 0.0
    return np.where(begun, attained / np.where(begun, elapsed, 1.0), trailing_year(state))
