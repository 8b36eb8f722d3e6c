"""HubSpot's AI projection: the deals won over the past three months go on at their rate."""

from __future__ import annotations

from typing import Self

import numpy as np

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.ledger import Ledger, day_number
from models.forecasters.levels import Group, PastPeriods, groups
from models.forecasters.residuals import ResidualBank, fitted

THREE_MONTHS = 91
"""Days."""


class HubSpotForecaster:
    """What HubSpot's page about AI projections makes public.

    Definition: attained + what the last three months brought x months of the period / 3 x share of the working days
    left. HubSpot says no more than that future sales are projected from deals closed over the past three months; that
    their rate goes on for the time left, on top of what is won, is the reading that suits a rep's period best. Reps
    with less than three months in seat are given the mean of the others.

    Source: https://knowledge.hubspot.com/forecast/improve-forecasting-with-ai-projections
    """

    name = "hubspot"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, hubspot_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(state, hubspot_point(state), n_paths, seed)


def hubspot_point(state: CompanyState) -> FloatArray:
    """Return attained + three months' rate x what is left, per target, currency."""
    usual = np.zeros(len(state.targets))
    for group in groups(state.targets):
        usual[group.rows] = _three_months(state, group) * group.grain.months / 3
    left = 1.0 - state.targets["elapsed"].to_numpy(dtype=np.float64)
    return projected(state.targets["attained"].to_numpy(dtype=np.float64), usual, left)


def projected(attained: FloatArray, usual: FloatArray, left: FloatArray) -> FloatArray:
    """Return the projection from its parts.

    Args:
        attained: Won so far, currency, shape (n,).
        usual: What the past three months would bring in a whole period, currency, shape (n,).
        left: Share of the working days left, 0..1, shape (n,).

    Examples:
        30 is won, three months brought 90, and a third of the quarter is left.

        >>> projected(np.array([30.0]), np.array([90.0]), np.array([1 / 3])).tolist()
        [60.0]
    """
    return np.asarray(attained + usual * left, dtype=np.float64)


def _three_months(state: CompanyState, group: Group) -> FloatArray:
    targets = state.targets.iloc[group.rows]
    ledger, tomorrow = Ledger(state.bookings, group.metric), day_number(state.as_of) + 1
    start = np.full(len(targets), tomorrow - THREE_MONTHS, dtype=np.int64)
    sums = ledger.sums(targets["rep_id"].to_numpy(dtype=object), start, start + THREE_MONTHS)
    there = (targets["tenure_days"].to_numpy() >= THREE_MONTHS) & (start >= ledger.first_month)
    return PastPeriods(sums[:, None], there[:, None]).mean()
