"""How deals go from stage to stage: a Markov chain with competing risks, from which the chance of a win follows.

Between two past cutoffs a deal is won, lost, moved to another stage or stays. The chance of a win within a horizon then
has a closed form: daily steps in which wins go with the tempo of wins and losses and moves with plain days. It tells
the deal model what one stage, one horizon and one quarter-end rush make of each other, which trees learn slowly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.days import IntArray, day_numbers
from models.simulation.horizons import HorizonClock
from models.simulation.spans import Spans, places

PSEUDO_EVENTS = 3.0
"""Events of the company's own rate that each segment's rate starts from."""
FARTHEST = 400


@dataclass(frozen=True)
class StageChain:
    """Rates of leaving each stage, per segment.

    Attributes:
        stages: Names of the stages, in the order of the arrays.
        win: Wins per average day's worth of tempo, shape (n_segments, n_stages).
        lose: Losses per day, same shape.
        move: Moves per day to each other stage, shape (n_segments, n_stages, n_stages).
    """

    stages: tuple[str, ...]
    win: FloatArray
    lose: FloatArray
    move: FloatArray

    def won_within(
        self, deals: pd.DataFrame, horizon: FloatArray, segment: IntArray, clock: HorizonClock
    ) -> FloatArray:
        """Return the chance that each deal is won within its horizon, NaN where its stage is unknown, shape (n,).

        Args:
            deals: At least `as_of, stage`.
            horizon: Days ahead, shape (n,); beyond `FARTHEST` nothing is added.
            segment: Position of each deal's segment, shape (n,).
            clock: Learned tempo.
        """
        place = places(deals["stage"], self.stages)
        known = np.flatnonzero(place >= 0)
        chance = np.full(len(deals), np.nan)
        if not len(known):
            return chance
        days, row = np.unique(day_numbers(deals["as_of"])[known], return_inverse=True)
        ahead = np.clip(horizon[known], 0.0, FARTHEST)
        table = self._table(days, int(np.ceil(ahead.max())), clock)
        whole = np.floor(ahead).astype(np.int64)
        last = table.shape[0] - 1
        cell = (row, segment[known], place[known])
        low, high = table[(whole, *cell)], table[(np.minimum(whole + 1, last), *cell)]
        chance[known] = low + (high - low) * (ahead - whole)
        return chance

    def _table(self, days: FloatArray, farthest: int, clock: HorizonClock) -> FloatArray:
        """Return the chance of a win by day ahead, shape (farthest + 1, n_days, n_segments, n_stages)."""
        ahead = np.arange(farthest + 1, dtype=np.float64)
        start = np.repeat(days[:, None], len(ahead), axis=1)
        tempo = np.diff(clock.exposure(start, np.broadcast_to(ahead, start.shape)), axis=1)
        shape = (len(days), *self.win.shape)
        won = np.zeros((farthest + 1, *shape))
        where = np.broadcast_to(np.eye(len(self.stages)), (*shape, len(self.stages))).copy()
        loss, moves = self.lose[None], self.move.sum(axis=2)[None]
        own = np.arange(len(self.stages))
        for day in range(farthest):
            win = self.win[None] * tempo[:, day, None, None]
            every = win + loss + moves
            share = -np.expm1(-every) / np.maximum(every, 1e-12)
            won[day + 1] = won[day] + (where * (win * share)[:, :, None, :]).sum(axis=3)
            step = self.move[None] * share[:, :, :, None]
            step[:, :, own, own] = np.exp(-every)
            where = where @ step
        return won

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {name: getattr(self, name).tolist() for name in ("win", "lose", "move")} | {"stages": list(self.stages)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> StageChain:
        """Return what `to_json` described."""
        rates = {name: np.asarray(value[name], dtype=np.float64) for name in ("win", "lose", "move")}
        return cls(stages=tuple(value["stages"]), **rates)


def learn_stage_chain(spans: Spans, stages: tuple[str, ...], n_segments: int) -> StageChain:
    """Return the chain that spans of deals between cutoffs show.

    Args:
        spans: What became of deals.
        stages: Names of the stages that the spans count.
        n_segments: Number of segments; one that was never seen has the company's own rates.
    """
    shape = (n_segments, len(stages))
    days, tempo, win, lose = (np.zeros(shape) for _ in range(4))
    move = np.zeros((*shape, len(stages)))
    cell = (spans.segment, spans.stage)
    # A move is seen at the cutoff after it: on average the deal had stood in its stage for half of the span.
    stood = np.where(spans.to != spans.stage, 0.5, 1.0)
    np.add.at(days, cell, stood * spans.days)
    np.add.at(tempo, cell, stood * spans.tempo)
    np.add.at(win, cell, spans.won)
    np.add.at(lose, cell, spans.lost)
    np.add.at(move, (*cell, spans.to), spans.to != spans.stage)
    return StageChain(stages, _rates(win, tempo), _rates(lose, days), _rates(move, days[:, :, None]))


def _rates(events: FloatArray, exposure: FloatArray) -> FloatArray:
    """Return events per exposure of each segment (first axis), shrunk to that of all segments."""
    pooled = events.sum(axis=0) / np.maximum(exposure.sum(axis=0), 1e-9)
    prior = np.where(pooled > 0, PSEUDO_EVENTS, 0.0)
    doubt = prior / np.where(pooled > 0, pooled, 1.0)
    return np.asarray((events + prior) / np.maximum(exposure + doubt, 1e-9), dtype=np.float64)
