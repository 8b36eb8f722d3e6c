"""The usual course of deals as features of the deal model: from stage to stage, and towards the expected close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.close_dates import CloseDates, learn_close_dates
from models.simulation.days import IntArray
from models.simulation.horizons import HorizonClock
from models.simulation.spans import spans_of
from models.simulation.stage_chain import StageChain, learn_stage_chain

COURSE_NAMES = ("stage_curve", "dated_curve", "dated_exposure")
"""Chance of a win by the stage chain, the same in the present stage by the close date, and days' worth of wins ahead as
the close date weighs them. None can fall as the horizon grows."""


@dataclass(frozen=True)
class Course:
    """How deals go.

    Attributes:
        chain: From stage to stage.
        dates: Towards the expected close.
    """

    chain: StageChain
    dates: CloseDates

    def features(self, deals: pd.DataFrame, horizon: FloatArray, segment: IntArray, clock: HorizonClock) -> FloatArray:
        """Return the features of `COURSE_NAMES`, shape (n, 3); NaN where a stage is unknown.

        Args:
            deals: `DEAL_COLUMNS` and deal features.
            horizon: Days ahead, shape (n,).
            segment: Position of each deal's segment, shape (n,).
            clock: Learned tempo.
        """
        staged = self.chain.won_within(deals, horizon, segment, clock)
        dated = self.dates.ahead(deals, horizon, segment, chain=self.chain, clock=clock)
        return np.column_stack([staged, *dated])

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"chain": self.chain.to_json(), "dates": self.dates.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Course:
        """Return what `to_json` described."""
        return cls(StageChain.from_json(value["chain"]), CloseDates.from_json(value["dates"]))


def learn_course(deals: pd.DataFrame, segment: IntArray, n_segments: int, clock: HorizonClock) -> Course:
    """Return the course of deals that were open at past cutoffs.

    Args:
        deals: `TrainingHistory.deals`, with labels.
        segment: Position of each deal's segment, 0..n_segments-1, shape (n,).
        n_segments: Number of segments; one that was never seen has the company's own rates.
        clock: Learned tempo.
    """
    stages = tuple(sorted({name for name in deals["stage"] if isinstance(name, str)}))
    spans = spans_of(deals, stages, segment, clock)
    chain = learn_stage_chain(spans, stages, n_segments)
    return Course(chain, learn_close_dates(deals, spans, chain, clock))
