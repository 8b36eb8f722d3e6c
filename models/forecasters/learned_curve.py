"""Learned-curve pace: what is booked so far, over the share that is usually booked by now."""

from __future__ import annotations

from typing import Self

import numpy as np

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.levels import Group, booked_by_then, groups, past_periods, trailing_year
from models.forecasters.pipeline import pooled_ratio
from models.forecasters.residuals import ResidualBank, fitted

MIN_SHARE = 0.02
"""Smallest usual share that what is attained is divided by."""

MONTHS_BACK = 24
"""How far back the curve is learned."""


class LearnedCurveForecaster:
    """Pace that knows of the rush at the end: bookings linearity, read backwards.

    Definition: attained / usual share, the usual share being what the rep's segment had booked of its last eight
    quarters (24 months, 2 years) when as many days were left. Where less than `MIN_SHARE` is usual, or the period has
    not begun, the trailing mean stands in, as for `pace`.

    Sources: https://www.winsabove.com/glossary/bookings-linearity;
    https://help.gong.io/docs/analyze-see-how-youre-pacing
    """

    name = "learned_curve"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, learned_curve_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(state, learned_curve_point(state), n_paths, seed)


def learned_curve_point(state: CompanyState) -> FloatArray:
    """Return attained / usual share per target, currency; the mean of the last year's periods where too little is."""
    usual = np.zeros(len(state.targets))
    for group in groups(state.targets):
        usual[group.rows] = _usual_share(state, group)
    attained = state.targets["attained"].to_numpy(dtype=np.float64)
    return stretched(attained, usual, trailing_year(state))


def stretched(attained: FloatArray, usual: FloatArray, instead: FloatArray) -> FloatArray:
    """Return what is attained, stretched by the share that is usual by now.

    Args:
        attained: Won so far, currency, shape (n,).
        usual: Share of the period's bookings that is usual by now, shape (n,).
        instead: Amount where less than `MIN_SHARE` is usual, currency, shape (n,).

    Examples:
        Half-way a quarter of the bookings is usual: 30 become 120. On the first day there is nothing to stretch.

        >>> stretched(np.array([30.0, 0.0]), np.array([0.25, 0.0]), np.array([70.0, 70.0])).tolist()
        [120.0, 70.0]
    """
    known = usual >= MIN_SHARE
    return np.where(known, attained / np.where(known, usual, 1.0), instead)


def _usual_share(state: CompanyState, group: Group) -> FloatArray:
    """Return the share per target, pooled over its segment; that of all where the segment has booked nothing."""
    targets = state.targets.iloc[group.rows]
    n_back = MONTHS_BACK // group.grain.months
    past = past_periods(state, group, n_back)
    then = booked_by_then(state, group, n_back)
    # Targets that stand elsewhere in their periods, or have not begun, are pooled apart.
    keys = targets[["days_left", "segment"]].reset_index(drop=True)
    seen = keys.assign(
        then=np.where(past.in_seat, then, 0.0).sum(axis=1), whole=np.where(past.in_seat, past.sums, 0.0).sum(axis=1)
    )
    share = pooled_ratio(seen, keys, ["days_left"], ["segment"], top="then", bottom="whole")
    return np.where(targets["elapsed"].to_numpy() > 0.0, share, 0.0)
