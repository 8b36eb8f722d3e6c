"""Trailing mean: every rep books what the periods of the last year brought on average."""

from __future__ import annotations

from typing import Self

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.levels import at_least_attained, trailing_year
from models.forecasters.residuals import ResidualBank, fitted


class TrailingMeanForecaster:
    """The naive rule that no classical method beat on short rep histories.

    Definition: mean of the last 4 complete quarters (12 months, 1 year) in seat; for a rep who has none the mean
    over reps.
    """

    name = "trailing_mean"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, trailing_mean_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(state, trailing_mean_point(state), n_paths, seed)


def trailing_mean_point(state: CompanyState) -> FloatArray:
    """Return the mean of the last year's periods per target, currency, and not less than what is attained."""
    return at_least_attained(state, trailing_year(state))
