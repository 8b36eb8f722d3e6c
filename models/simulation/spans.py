"""What became of open deals from one past cutoff to the next: won, lost, moved to another stage, or still there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.days import IntArray, day_numbers
from models.simulation.horizons import HorizonClock
from models.simulation.lives import BoolArray

LONGEST_SPAN = 45.0
"""Cutoffs farther apart than this, in days, say too little about single moves."""


@dataclass(frozen=True)
class Spans:
    """Spans of deals, each to the next cutoff or to the deal's end if that comes first, arrays of shape (n_spans,).

    Attributes:
        row: Position of the deal's row in the deals frame.
        segment: Position of the segment.
        stage: Position of the stage at the start.
        to: Position of the stage at the end; that of the start unless the deal moved.
        won: Whether it was won.
        lost: Whether it was lost.
        days: Days until then.
        tempo: The same in average days' worth of wins.
    """

    row: IntArray
    segment: IntArray
    stage: IntArray
    to: IntArray
    won: BoolArray
    lost: BoolArray
    days: FloatArray
    tempo: FloatArray


def spans_of(deals: pd.DataFrame, stages: tuple[str, ...], segment: IntArray, clock: HorizonClock) -> Spans:
    """Return the spans of deals as they stood at past cutoffs.

    Args:
        deals: `TrainingHistory.deals`, with labels.
        stages: Names of the stages; a deal in another one has no span.
        segment: Position of each deal's segment, shape (n,).
        clock: Learned tempo.
    """
    as_of, stage = day_numbers(deals["as_of"]), places(deals["stage"], stages)
    cutoffs = np.unique(as_of)
    # The last cutoff has no next one: what is decided after it would be seen, what stays open would not.
    following = np.append(cutoffs[1:], np.nan)[np.searchsorted(cutoffs, as_of)] - as_of
    won, lost = (np.nan_to_num(day_numbers(deals[label]) - as_of, nan=np.inf) for label in ("won_on", "lost_on"))
    decided = np.minimum(won, lost)
    days = np.minimum(following, decided)
    to = np.where(decided <= following, stage, _stage_at_next(deals, as_of, following, stage))
    seen = (stage >= 0) & (to >= 0) & (days > 0) & (days <= LONGEST_SPAN)
    rows = np.flatnonzero(seen)
    is_won = (won <= lost) & (decided <= following)
    return Spans(
        row=rows,
        segment=segment[rows],
        stage=stage[rows],
        to=to[rows],
        won=is_won[rows],
        lost=((decided <= following) & ~is_won)[rows],
        days=days[rows],
        tempo=clock.exposure(as_of[rows], days[rows]),
    )


def _stage_at_next(deals: pd.DataFrame, as_of: FloatArray, following: FloatArray, stage: IntArray) -> IntArray:
    """Return the position of each deal's stage at the next cutoff, -1 where it does not stand there."""
    deal = pd.factorize(deals["opportunity_id"])[0]
    order = np.lexsort((as_of, deal))
    same = (deal[order][1:] == deal[order][:-1]) & (np.diff(as_of[order]) == following[order[:-1]])
    to = np.full(len(deals), -1, dtype=np.int64)
    to[order[:-1][same]] = stage[order[1:][same]]
    return to


def places(names: pd.Series, stages: tuple[str, ...]) -> IntArray:
    """Return the position of each name among `stages`, -1 where it is unknown or another one, shape (n,)."""
    found: IntArray = pd.Index(stages, dtype=object).get_indexer(names.astype("object")).astype(np.int64)
    return found
