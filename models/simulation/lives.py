"""Deals' lives as plain arrays: who, which segment, born and closed when, won or lost, for how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.simulation.days import IntArray, day_numbers

BoolArray = npt.NDArray[np.bool_]

MEMORY_DAYS = 1_100
"""Deals born longer ago than this are forgotten: companies change."""


@dataclass(frozen=True)
class Lives:
    """Deals in the order of their ids; arrays of shape (n_deals,).

    Attributes:
        reps: Names of reps, ascending.
        segments: Names of segments, ascending; the empty name is not among them.
        rep: Position of the owner in `reps`.
        segment: Position in `segments`; `len(segments)` where it is unknown.
        created: Day of birth, days since 1970-01-01.
        closed: Day of the close, NaN while open.
        won: Whether it was won.
        lost: Whether it was lost.
        amount: Currency, NaN when unknown.
    """

    reps: pd.Index
    segments: tuple[str, ...]
    rep: IntArray
    segment: IntArray
    created: FloatArray
    closed: FloatArray
    won: BoolArray
    lost: BoolArray
    amount: FloatArray

    def known_at(self, day: int) -> Lives:
        """Return the lives as they stood at the end of `day`: later deals gone, later outcomes open."""
        keep = (self.created <= day) & (self.created >= day - MEMORY_DAYS)
        ended = self.closed[keep] <= day
        return Lives(
            reps=self.reps,
            segments=self.segments,
            rep=self.rep[keep],
            segment=self.segment[keep],
            created=self.created[keep],
            closed=np.where(ended, self.closed[keep], np.nan),
            won=self.won[keep] & ended,
            lost=self.lost[keep] & ended,
            amount=np.where(ended, self.amount[keep], np.nan),
        )

    def rows_of(self, rep_ids: pd.Series) -> IntArray:
        """Return the position of each rep in `reps`, -1 where the rep has no deal."""
        return np.asarray(self.reps.get_indexer(pd.Index(rep_ids.astype("object"))), dtype=np.int64)

    def segment_rows(self, names: pd.Series) -> IntArray:
        """Return the position of each segment, `len(segments)` where it is unknown."""
        return _positions(names, self.segments)

    def age(self, as_of: int) -> FloatArray:
        """Return days lived by `as_of` or by the close."""
        return np.asarray(np.where(np.isnan(self.closed), as_of, self.closed) - self.created, dtype=np.float64)


def lives_of(lifecycles: pd.DataFrame) -> Lives:
    """Return `LIFECYCLE_COLUMNS` rows as arrays."""
    ordered = lifecycles.sort_values("opportunity_id", kind="stable")
    rep, reps = pd.factorize(ordered["rep_id"].astype("object"), sort=True)
    names = ordered["segment"].fillna("").astype("object")
    segments = tuple(sorted({str(name) for name in names.unique() if name}))
    outcome = ordered["outcome"].to_numpy(dtype=object)
    return Lives(
        reps=pd.Index(reps, dtype="object"),
        segments=segments,
        rep=np.asarray(rep, dtype=np.int64),
        segment=_positions(names, segments),
        created=day_numbers(ordered["created_on"]),
        closed=day_numbers(ordered["closed_on"]),
        won=outcome == "won",
        lost=outcome == "lost",
        amount=ordered["amount"].to_numpy(dtype=np.float64),
    )


def _positions(names: pd.Series, segments: tuple[str, ...]) -> IntArray:
    found = pd.Index(segments, dtype="object").get_indexer(pd.Index(names.fillna("").astype("object")))
    return np.asarray(np.where(found < 0, len(segments), found), dtype=np.int64)
