"""Coverage rule: pipeline worth three times the gap is taken to close it."""

from __future__ import annotations

from typing import Self

import numpy as np

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.pipeline import open_pairs
from models.forecasters.residuals import ResidualBank, fitted

REQUIRED = 3.0
"""Coverage that the rule asks for."""


class CoverageRuleForecaster:
    """The rule of thumb of pipeline reviews, solved for the amount at which it is just met.

    Definition: attained + open pipeline that is expected to close in the period / `REQUIRED`. Coverage is open
    pipeline / (quota - attained); where it is `REQUIRED` or more the quota counts as reachable, so a pipeline is worth
    that part of itself. Nothing is learned but the misses. Measures other than revenue have no pipeline.

    Sources: coverage, https://help.gong.io/docs/analyze-see-how-youre-pacing; three times,
    https://mxmrevenue.com/insights/pipeline-coverage-ratio/
    """

    name = "coverage_rule"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, coverage_rule_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(
            state, coverage_rule_point(state), n_paths, seed, from_open_deals=True
        )


def coverage_rule_point(state: CompanyState) -> FloatArray:
    """Return attained + due pipeline / `REQUIRED` per target, currency."""
    targets = state.targets.reset_index(drop=True)
    pairs = open_pairs(targets, state.deals)
    due = pairs["amount"].where(pairs["due"], 0.0).groupby(pairs["row"]).sum().reindex(targets.index, fill_value=0.0)
    pipeline = np.where(targets["metric"] == REVENUE, due.to_numpy(dtype=np.float64), 0.0)
    return covered(targets["attained"].to_numpy(dtype=np.float64), pipeline)


def covered(attained: FloatArray, pipeline: FloatArray, required: float = REQUIRED) -> FloatArray:
    """Return the quota at which the coverage is just what is required.

    Args:
        attained: Won so far, currency, shape (n,).
        pipeline: Open deals that are due, currency, shape (n,).
        required: Coverage asked for, > 0.

    Examples:
        With 40 won, 90 open are three times the 30 that are missing to 70.

        >>> covered(np.array([40.0]), np.array([90.0])).tolist()
        [70.0]
    """
    return np.asarray(attained + pipeline / required, dtype=np.float64)
