"""Prior attainment: every rep attains the share of quota that the last closed period brought."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.levels import at_least_attained, groups, past_periods
from models.forecasters.residuals import ResidualBank, fitted


class PriorAttainmentForecaster:
    """The planner's rule: who reached 80 % of quota last time reaches 80 % of this one.

    Definition: bookings of the last closed period / its quota x this period's quota, and not less than what is
    attained. The quota before this one comes from the feature `quota_change` (this quota / the one before); where
    there was none, the quota counts as unchanged. Reps who were not there yet are given the mean over reps, as in
    `last_period`.

    Source: attainment = booked / quota, https://metrickittools.com/glossary/quota-attainment; carrying it over is
    the habit of planning sheets.
    """

    name = "prior_attainment"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the rule's misses on past cutoffs."""
        self._bank = ResidualBank.learn(history, prior_attainment_point)
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        return fitted(self._bank, self.name).paths(state, prior_attainment_point(state), n_paths, seed)


def prior_attainment_point(state: CompanyState) -> FloatArray:
    """Return last bookings x quota / quota before, per target, currency, and not less than what is attained."""
    point = np.zeros(len(state.targets))
    for group in groups(state.targets):
        point[group.rows] = past_periods(state, group, 1).mean()
    return at_least_attained(state, at_quota(point, quota_growth(state.targets)))


def at_quota(before: FloatArray, growth: FloatArray) -> FloatArray:
    """Return what the attainment of the period before comes to at this quota.

    Args:
        before: Bookings of the last closed period, currency, shape (n,).
        growth: This quota / the quota of that period, shape (n,); NaN counts as 1.

    Examples:
        80 of a quota of 100 are 80 %; of a quota of 120 they are 96.

        >>> at_quota(np.array([80.0, 80.0]), np.array([1.2, np.nan])).tolist()
        [96.0, 80.0]
    """
    return np.asarray(before * np.where(np.isfinite(growth), growth, 1.0), dtype=np.float64)


def quota_growth(targets: pd.DataFrame) -> FloatArray:
    """Return each target's quota / the quota of the rep's last closed period; NaN where that is not known."""
    if "quota_change" not in targets:
        return np.full(len(targets), np.nan)
    # The change of a period ahead is against one that still runs: all are held against the one before the earliest.
    ordered = targets.assign(before=targets["quota"] / targets["quota_change"]).sort_values("period_start")
    before = ordered.groupby(["rep_id", "metric", "grain"])["before"].transform(lambda group: group.iloc[0])
    growth = targets["quota"] / before.where(before > 0).reindex(targets.index)
    return np.asarray(growth.to_numpy(dtype=np.float64))
