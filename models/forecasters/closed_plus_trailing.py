"""Closed plus trailing rate: what is booked, and the usual rate for the time that is left."""

from __future__ import annotations

from typing import Self

import numpy as np

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.levels import trailing_year
from models.forecasters.residuals import ResidualBank, fitted


class ClosedPlusTrailingForecaster:
    """The strong naive rule: it does not stretch one early deal over the whole period.

    Definition: attained + trailing mean of the last year x share of the working days left.
    """

    name = "closed_plus_trailing"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, closed_plus_trailing_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(state, closed_plus_trailing_point(state), n_paths, seed)


def closed_plus_trailing_point(state: CompanyState) -> FloatArray:
    """Return attained + trailing mean x (1 - elapsed) per target, currency."""
    left = 1.0 - state.targets["elapsed"].to_numpy(dtype=np.float64)
    return np.asarray(state.targets["attained"].to_numpy(dtype=np.float64) + trailing_year(state) * left)
