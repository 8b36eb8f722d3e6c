"""What a deal's expected close date says about when it is won.

Wins gather around the date, more so when a seller thought it over while it still lay ahead than when it was only moved
on after it had passed; and a date that was thought over has on average not moved far enough yet. Both are learned from
what became of deals between past cutoffs. The answer is a hazard by the distance to the date, from which the chance of
a win in the present stage follows, losses competing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.days import IntArray, day_numbers
from models.simulation.encoding import number
from models.simulation.horizons import HorizonClock
from models.simulation.spans import Spans, places
from models.simulation.stage_chain import StageChain

EDGES = np.array([-60.0, -30.0, -17.0, -10.0, -5.0, 0.0, 5.0, 10.0, 17.0, 30.0, 60.0])
"""Days after the date at which one bin ends and the next begins; a day on an edge belongs to the bin before it."""
N_BINS = len(EDGES) + 1
FIRST, PUSHED, THOUGHT_OVER = 0, 1, 2
"""The date is the first one; was moved only after it had passed; was moved while it still lay ahead."""
DRIFTS = (0.0, 0.25, 0.5, 0.75, 1.0)
PSEUDO_WINS = 5.0
FAR = 1e6


@dataclass(frozen=True)
class CloseDates:
    """How wins gather around expected close dates.

    Attributes:
        drift: Share of its last move by which a date that was thought over is expected to move again.
        pull: Ratio of the win hazard to that of the stage, by kind of date and distance to it, shape (3, N_BINS).
    """

    drift: float
    pull: FloatArray

    def ahead(
        self, deals: pd.DataFrame, horizon: FloatArray, segment: IntArray, *, chain: StageChain, clock: HorizonClock
    ) -> tuple[FloatArray, FloatArray]:
        """Return the chance of a win in the present stage, and the average days' worth of wins ahead, shape (n,) each.

        The chance is NaN where the stage is unknown. Both never fall with the horizon.

        Args:
            deals: `DEAL_COLUMNS` and deal features.
            horizon: Days ahead, shape (n,).
            segment: Position of each deal's segment, shape (n,).
            chain: Rates of the stages.
            clock: Learned tempo.
        """
        date, kind = expected_in(deals, self.drift)
        days, tempo = _by_distance(day_numbers(deals["as_of"]), horizon, date, clock)
        tempo = tempo * np.where(np.isnan(date)[:, None], 1.0, self.pull[kind])
        stage = places(deals["stage"], chain.stages)
        if not len(chain.stages):
            return np.full(len(deals), np.nan), tempo.sum(axis=1)
        win = chain.win[segment, np.maximum(stage, 0)][:, None] * tempo
        lose = chain.lose[segment, np.maximum(stage, 0)][:, None] * days
        every = win + lose
        before = np.exp(-(np.cumsum(every, axis=1) - every))
        chance = (before * -np.expm1(-every) * win / np.maximum(every, 1e-300)).sum(axis=1)
        return np.where(stage >= 0, chance, np.nan), tempo.sum(axis=1)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"drift": self.drift, "pull": self.pull.tolist()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> CloseDates:
        """Return what `to_json` described."""
        return cls(float(value["drift"]), np.asarray(value["pull"], dtype=np.float64))


def expected_in(deals: pd.DataFrame, drift: float) -> tuple[FloatArray, IntArray]:
    """Return whole days to the expected close as one may take it, NaN where unknown, and the kind of date, shape (n,).

    A date that was thought over counts even after it had to be pushed on: the push says nothing but that it passed.

    Args:
        deals: `DEAL_COLUMNS` and deal features.
        drift: See `CloseDates.drift`.
    """
    told = day_numbers(deals["expected_close"]) - day_numbers(deals["as_of"])
    chosen = number(deals, "days_to_redated_close") + drift * number(deals, "days_redated")
    kind = np.where(number(deals, "n_pushes") > 0, PUSHED, FIRST)
    thought_over = ~np.isnan(chosen)
    date = np.asarray(np.round(np.where(thought_over, chosen, told)), dtype=np.float64)
    return date, np.where(thought_over, THOUGHT_OVER, kind).astype(np.int64)


def learn_close_dates(deals: pd.DataFrame, spans: Spans, chain: StageChain, clock: HorizonClock) -> CloseDates:
    """Return how wins gathered around the dates of deals between past cutoffs.

    The drift is the one of `DRIFTS` under which the wins are likeliest.

    Args:
        deals: `TrainingHistory.deals`, with labels.
        spans: What became of them.
        chain: Rates of their stages.
        clock: Learned tempo.
    """
    watched = deals.iloc[spans.row]
    as_of = day_numbers(watched["as_of"])
    rate = chain.win[spans.segment, spans.stage][:, None]
    found = []
    for drift in DRIFTS:
        date, kind = expected_in(watched, drift)
        dated = ~np.isnan(date)
        _, tempo = _by_distance(as_of, spans.days, date, clock)
        expected, wins = np.zeros((3, N_BINS)), np.zeros((3, N_BINS))
        np.add.at(expected, kind[dated], (rate * tempo)[dated])
        won = dated & spans.won
        # `days` of a span that ends in a win is the day of the win.
        np.add.at(wins, (kind[won], np.searchsorted(EDGES, (spans.days - date)[won], side="left")), 1.0)
        pull = (wins + PSEUDO_WINS) / (expected + PSEUDO_WINS)
        found.append((float((wins * np.log(pull) - pull * expected).sum()), -drift, pull))
    best = max(found, key=lambda one: one[:2])
    return CloseDates(drift=-best[1], pull=best[2])


def _by_distance(
    as_of: FloatArray, horizon: FloatArray, date: FloatArray, clock: HorizonClock
) -> tuple[FloatArray, FloatArray]:
    """Return days and days' worth of wins ahead by distance to the date, shape (n, N_BINS) each.

    What has no date stands in the first bin.
    """
    edges = np.concatenate([[-FAR], EDGES, [FAR]])
    limits = np.clip(np.nan_to_num(date, nan=FAR)[:, None] + edges, 0.0, horizon[:, None])
    start = np.repeat(as_of[:, None], N_BINS + 1, axis=1)
    return np.diff(limits, axis=1), np.diff(clock.exposure(start, limits), axis=1)
