"""Dynamics 365's prediction: closed won, predicted from open, predicted from new."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.levels import trailing_year
from models.forecasters.pipeline import POINT, PastPipelines, open_pairs, pooled_ratio, targets_now
from models.forecasters.residuals import ResidualBank, fitted


class DynamicsForecaster:
    """What the page about predictive forecasting of Dynamics 365 Sales makes public.

    Definition: attained + open pipeline x its usual yield + usual period x the usual share of new deals. The yield is
    what was won by the end of the period of all deals open at the same point / their amount then; the share of new
    deals is what a period brought from deals that were not open at that point / all that it brought; the usual period
    is the mean of the last year. Both ratios are learned per segment from the snapshots of the last year's periods.
    Microsoft's model itself is not public; these are its three parts, each with a ratio of its own.

    Source: https://learn.microsoft.com/dynamics365/sales/analyze-revenue-outcome-using-predictive-forecasting
    """

    name = "dynamics"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None
        self._past: PastPipelines | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn both ratios and the rule's misses on past cutoffs."""
        past = PastPipelines.of(history)
        self._bank = ResidualBank.learn(history, lambda state: dynamics_point(state, past))
        self._past = past
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        bank = fitted(self._bank, self.name)
        assert self._past is not None  # noqa: S101 - set together with the bank
        return bank.paths(state, dynamics_point(state, self._past), n_paths, seed)


def dynamics_point(state: CompanyState, past: PastPipelines) -> FloatArray:
    """Return attained + predicted from open + predicted from new per target, currency.

    Args:
        state: What is known now.
        past: Past cutoffs; those whose period was over by `state.as_of` are read.
    """
    seen = past.before(pd.Timestamp(state.as_of)).with_final(state.bookings)
    new = seen.assign(new=seen["final"] - seen["attained"] - seen["won_open"])
    targets, part = targets_now(state, seen), ["segment"]
    open_yield = pooled_ratio(seen, targets, POINT, part, top="won_open", bottom="pipeline")
    new_share = pooled_ratio(new, targets, POINT, part, top="new", bottom="final")
    from_open = open_yield * _pipeline(targets, state.deals)
    from_new = np.maximum(new_share, 0.0) * trailing_year(state)
    return np.asarray(targets["attained"].to_numpy(dtype=np.float64) + from_open + from_new)


def _pipeline(targets: pd.DataFrame, deals: pd.DataFrame) -> FloatArray:
    pairs = open_pairs(targets[targets["metric"] == REVENUE], deals)
    total = pairs["amount"].fillna(0.0).groupby(pairs["row"]).sum()
    return np.asarray(total.reindex(targets.index, fill_value=0.0).to_numpy(dtype=np.float64))
