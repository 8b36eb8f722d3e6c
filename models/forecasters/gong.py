"""Gong's projection: won, open deals by stage at this point of the period, and deals still expected to come in."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.pipeline import POINT, PastPipelines, open_pairs, pooled_ratio, targets_now
from models.forecasters.residuals import ResidualBank, fitted


class GongForecaster:
    """What Gong's page about its forecast projection makes public.

    Definition: attained + sum over open deals that are expected to close in the period of amount x conversion rate +
    expected deals. The conversion rate is the share of deals that were in the same stage and due in the same kind of
    period at the same point of it, and were won by its end. Expected deals are those created, pulled in or pushed in
    after that point: the mean per rep of final - attained - won from deals that were due. Both are learned from the
    periods of the last year, rates per segment (line of business); what a segment or a rep has not shown is taken from
    all.

    Source: https://help.gong.io/docs/analyze-see-forecast-projection
    """

    name = "gong"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None
        self._past: PastPipelines | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn conversion rates, expected deals and the rule's misses on past cutoffs."""
        past = PastPipelines.of(history)
        self._bank = ResidualBank.learn(history, lambda state: gong_point(state, past))
        self._past = past
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        bank = fitted(self._bank, self.name)
        assert self._past is not None  # noqa: S101 - set together with the bank
        return bank.paths(state, gong_point(state, self._past), n_paths, seed)


def gong_point(state: CompanyState, past: PastPipelines) -> FloatArray:
    """Return attained + weighted pipeline + expected deals per target, currency.

    Args:
        state: What is known now.
        past: Past cutoffs; those whose period was over by `state.as_of` are read.
    """
    known = past.before(pd.Timestamp(state.as_of))
    targets = targets_now(state, known.targets)
    weighted = _weighted(targets, state.deals, known.stages)
    expected = _expected(targets, known.with_final(state.bookings))
    return np.asarray(targets["attained"].to_numpy(dtype=np.float64) + weighted + np.maximum(expected, 0.0))


def _weighted(targets: pd.DataFrame, deals: pd.DataFrame, stages: pd.DataFrame) -> FloatArray:
    pairs = open_pairs(targets[targets["metric"] == REVENUE], deals)
    due = pairs[pairs["due"]].reset_index(drop=True)
    asked = targets[["segment", *POINT]].loc[due["row"].to_numpy()].reset_index(drop=True).assign(stage=due["stage"])
    rate = pooled_ratio(stages, asked, POINT, ["stage", "segment"], top="won", bottom="deals")
    worth = (due["amount"].fillna(0.0) * rate).groupby(due["row"]).sum()
    return np.asarray(worth.reindex(targets.index, fill_value=0.0).to_numpy(dtype=np.float64))


def _expected(targets: pd.DataFrame, seen: pd.DataFrame) -> FloatArray:
    came = seen.assign(came=seen["final"] - seen["attained"] - seen["won_due"], periods=1)
    return pooled_ratio(came, targets, POINT, ["segment", "rep_id"], top="came", bottom="periods")
