"""Stage-weighted pipeline: the classic CRM rule, amount times the usual win rate of the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.pipeline import NO_STAGE, open_pairs
from models.forecasters.residuals import ResidualBank, fitted


@dataclass(frozen=True)
class StageOutcomes:
    """Each deal's stay in a stage at a past cutoff, with the day on which its outcome was known."""

    seen_on: pd.Series
    stage: pd.Series
    resolved_on: pd.Series
    won: pd.Series

    @classmethod
    def of(cls, deals: pd.DataFrame) -> Self:
        """Read them from the open deals of past cutoffs."""
        resolved_on = deals["won_on"].fillna(deals["lost_on"])
        return cls(deals["as_of"], deals["stage"].fillna(NO_STAGE), resolved_on, deals["won_on"].notna())

    def win_rate(self, as_of: pd.Timestamp) -> tuple[pd.Series, float]:
        """Return won / (won + lost) per stage and over all stages, among outcomes known at `as_of`; 0.0 if none."""
        known = (self.seen_on < as_of) & (self.resolved_on <= as_of)
        won = self.won[known].astype(float)
        overall = float(won.mean()) if len(won) else 0.0
        return won.groupby(self.stage[known]).mean(), overall


class StageWeightedForecaster:
    """What a CRM's forecast page shows.

    Definition: attained + sum over open deals that are expected to close in the period of amount x win rate of the
    stage, the win rate being won / (won + lost) among earlier open deals of that stage whose outcome was known by
    then. Deals without an amount or expected close are left out, as a CRM does; at
    grade D and at day 0 of a short-cycle business the rule is therefore too low, which its learned misses correct.
    """

    name = "stage_weighted"
    coherent = False

    def __init__(self) -> None:
        self._bank: ResidualBank | None = None
        self._outcomes: StageOutcomes | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn win rates per stage and the rule's misses on past cutoffs."""
        outcomes = StageOutcomes.of(history.deals)
        self._bank = ResidualBank.learn(history, lambda state: stage_weighted_point(state, outcomes))
        self._outcomes = outcomes
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths around the rule's amounts."""
        bank = fitted(self._bank, self.name)
        assert self._outcomes is not None  # noqa: S101 - set together with the bank
        point = stage_weighted_point(state, self._outcomes)
        return bank.paths(state, point, n_paths, seed, from_open_deals=True)


def stage_weighted_point(state: CompanyState, outcomes: StageOutcomes) -> FloatArray:
    """Return attained + weighted pipeline per target, currency."""
    targets = state.targets.reset_index(drop=True)
    rates, overall = outcomes.win_rate(pd.Timestamp(state.as_of))
    pairs = open_pairs(targets, state.deals)
    worth = pairs["amount"] * pairs["stage"].map(rates).astype(float).fillna(overall)
    due = pairs["due"] & worth.notna()
    weighted = worth[due].groupby(pairs["row"][due]).sum().reindex(targets.index, fill_value=0.0)
    return np.asarray(targets["attained"].to_numpy(dtype=np.float64) + weighted.to_numpy(dtype=np.float64))
