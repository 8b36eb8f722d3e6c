"""The funnel: how many deals move on from each stage and how long they stand there, against similar reps.

Rates are occurrences over exposure: moves, losses and days at risk inside one window. Deals that still stand count with
the days they have stood, so that a funnel of young deals is not taken for a fast one. A stage's conversion is the share
of moves among moves and losses; its dwell is days at risk per deal that left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, ndtri

from models.contracts import FloatArray
from models.diagnosis.settings import DiagnosisSettings
from models.diagnosis.stage_line import BLANK, Four, StageLine

LONG_SHARE = 0.8
"""An open deal stands long once it has stood longer than this share of similar deals do, at a constant rate."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """What happened in each stage to each rep's deals in the window.

    Attributes:
        stages: Names, in the order in which deals enter them.
        moved: Deals that moved on or were won, shape (n_reps, n_stages).
        lost: Deals that were lost there.
        back: Deals that went back to an earlier stage.
        days: Days at risk.
        standing: Days that each deal that is open now has stood in its stage.
        standing_rep: Its rep's row.
        standing_stage: Its stage.
        standing_amount: Its amount, currency; NaN when unknown.
    """

    stages: tuple[str, ...]
    moved: FloatArray
    lost: FloatArray
    back: FloatArray
    days: FloatArray
    standing: FloatArray
    standing_rep: Rows
    standing_stage: Rows
    standing_amount: FloatArray

    @cached_property
    def counts(self) -> FloatArray:
        """Moved, lost, left and days, shape (4, n_reps, n_stages)."""
        return np.stack([self.moved, self.lost, self.moved + self.lost + self.back, self.days])


def tally(stays: pd.DataFrame, rep_ids: Sequence[str], days: int) -> Tally:
    """Count moves, losses and days at risk of each rep and stage.

    Args:
        stays: `features.stage_stays.STAY_COLUMNS`.
        rep_ids: Reps, in the order of the rows of the result.
        days: Length of the window.
    """
    order = stays.groupby("stage")["age_days"].mean().sort_values(kind="stable")
    stages = tuple(str(stage) for stage in order.index)
    rank = {stage: index for index, stage in enumerate(stages)}
    row = pd.Series(np.arange(len(rep_ids)), index=list(rep_ids))
    mine = stays[stays["rep_id"].isin(row.index)]
    rep = row.reindex(mine["rep_id"]).to_numpy(dtype=np.int64)
    stage = mine["stage"].map(rank).to_numpy(dtype=np.int64)
    then = mine["next_stage"].map(rank).to_numpy(dtype=np.float64)
    how = mine["how"].to_numpy(dtype=object)
    gone = np.nan_to_num(mine["left_days"].to_numpy(dtype=np.float64), nan=0.0)
    stood = np.clip(np.minimum(mine["entered_days"].to_numpy(dtype=np.float64), days) - gone, 0.0, None)
    shape = (len(rep_ids), len(stages))
    moved = (how == "won") | ((how == "moved") & (then > stage))

    def summed(values: npt.NDArray[np.generic]) -> FloatArray:
        flat = np.bincount(rep * shape[1] + stage, weights=values.astype(np.float64), minlength=shape[0] * shape[1])
        return np.asarray(flat.reshape(shape), dtype=np.float64)

    still = np.flatnonzero(how == "open")
    return Tally(
        stages=stages,
        moved=summed(moved),
        lost=summed(how == "lost"),
        back=summed((how == "moved") & ~moved),
        days=summed(stood),
        standing=mine["entered_days"].to_numpy(dtype=np.float64)[still],
        standing_rep=rep[still],
        standing_stage=stage[still],
        standing_amount=mine["amount"].to_numpy(dtype=np.float64)[still],
    )


@dataclass(frozen=True)
class Reference:
    """What similar reps' funnels look like, brought to the subject's size.

    Attributes:
        counts: Moved, lost, left and days in each draw of similar reps, shape (draws, 4, n_stages); the first counts
            each once.
        others: Similar people behind it.
    """

    counts: FloatArray
    others: int


@dataclass(frozen=True)
class Pools:
    """The funnels of all groups of similar reps, drawn again.

    Attributes:
        found: Counts of all reps.
        weights: Draws of people, shape (draws, n_reps); the first counts each once.
        members: Rows that stand for each group.
        sums: Weighted counts of each group, shape (draws, 4, n_stages).
    """

    found: Tally
    weights: FloatArray
    members: Mapping[int, Rows]
    sums: Mapping[int, FloatArray]

    @classmethod
    def of(cls, found: Tally, weights: FloatArray, members: Mapping[int, Rows]) -> Pools:
        """Add up every group once."""
        counts = found.counts
        sums = {n: np.einsum("dr,krs->dks", weights[:, rows], counts[:, rows]) for n, rows in members.items()}
        return cls(found, weights, members, sums)

    def without(self, number: int, subject: Rows) -> tuple[FloatArray, Rows]:
        """Return the mean counts per head of a group in each draw, the subject left out, and who is left."""
        rows = self.members[number]
        inside = np.isin(rows, subject)
        mine, others = rows[inside], rows[~inside]
        left = self.sums[number] - np.einsum("dr,krs->dks", self.weights[:, mine], self.found.counts[:, mine])
        heads = self.weights[:, others].sum(axis=1)
        return np.maximum(left, 0.0) / np.where(heads > 0, heads, 1.0)[:, None, None], others


def reference(pools: Pools, subject: Rows, group: npt.NDArray[np.int64]) -> Reference | None:
    """Return the funnel of similar reps for a rep or a team: each member's group, members of the subject left out.

    Args:
        pools: Funnels of all groups.
        subject: Rows of the subject.
        group: Group of similar reps of every row, -1 for none.

    Returns:
        None where nobody in the subject has a group with somebody outside of it.
    """
    total, seen = np.zeros((len(pools.weights), 4, len(pools.found.stages))), set[int]()
    for number in np.unique(group[subject]):
        if int(number) not in pools.members:
            continue
        per_head, others = pools.without(int(number), subject)
        if len(others):
            total += float((group[subject] == number).sum()) * per_head
            seen |= {int(row) for row in others}
    return Reference(total, len(seen)) if seen else None


def stage_lines(
    found: Tally,
    subject: Rows,
    similar: Reference,
    settings: DiagnosisSettings,
    *,
    weights: FloatArray | None = None,
) -> list[StageLine]:
    """Return every stage of a subject beside similar reps, with what can be claimed about it.

    A stage is claimed to stall or to leak where the difference would be as large by luck in at most `false_claims` of
    funnels without any: each one-sided test gets its share of that, over all stages and both measures (Bonferroni).

    Args:
        found: Counts of all reps.
        subject: Rows of the subject.
        similar: Funnel of similar reps.
        settings: Fewest deals, range and share of false claims.
        weights: Draws of people, shape (draws, n_reps), for a team; None for one rep.
    """
    own, theirs = found.counts[:, subject].sum(axis=1), similar.counts
    spread = _between(found, subject, weights)
    bar = -float(ndtri(settings.false_claims / (2 * len(found.stages))))
    reach = -float(ndtri((1.0 - settings.range_level) / 2.0))
    lines = []
    for at, stage in enumerate(found.stages):
        long, amount = _standing_long(found, subject, at, theirs[0, :, at])
        told = _Told(own[:, at], theirs[:, :, at], (float(spread[0][at]), float(spread[1][at])))
        enough = bool(own[2, at] >= settings.min_exits and theirs[0, 2, at] > 0)
        lines.append(
            StageLine(
                stage=stage,
                left=float(own[2, at]),
                conversion=told.conversion(reach) if enough else BLANK,
                dwell=told.dwell(reach) if enough else BLANK,
                stalls=enough and told.stalls(bar),
                leaks=enough and told.leaks(bar),
                long=long,
                long_amount=amount,
            )
        )
    return lines


@dataclass(frozen=True)
class _Told:
    """Log odds and log dwell of one stage, own and of similar reps, with their spreads.

    Attributes:
        own: Moved, lost, left and days, shape (4,).
        theirs: The same of similar reps in each draw, shape (draws, 4).
        between: Spread of own log odds and log dwell when members are drawn again; 0 for one rep.
    """

    own: FloatArray
    theirs: FloatArray
    between: tuple[float, float]

    @property
    def odds(self) -> tuple[float, float]:
        moved, lost = self.own[0] + 0.5, self.own[1] + 0.5
        return float(np.log(moved / lost)), max(float(np.sqrt(1 / moved + 1 / lost)), self.between[0])

    @property
    def stay(self) -> tuple[float, float]:
        left = self.own[2]
        return float(np.log(max(self.own[3], 1e-9) / left)), max(float(1 / np.sqrt(left)), self.between[1])

    @property
    def their_odds(self) -> FloatArray:
        return np.asarray(np.log((self.theirs[:, 0] + 0.5) / (self.theirs[:, 1] + 0.5)), dtype=np.float64)

    @property
    def their_stay(self) -> FloatArray:
        return np.asarray(
            np.log(np.maximum(self.theirs[:, 3], 1e-9) / np.maximum(self.theirs[:, 2], 1e-9)), dtype=float
        )

    def conversion(self, reach: float) -> Four:
        middle, spread = self.odds
        low, high = expit(middle - reach * spread), expit(middle + reach * spread)
        return float(expit(middle)), float(low), float(high), float(expit(self.their_odds[0]))

    def dwell(self, reach: float) -> Four:
        middle, spread = self.stay
        low, high = np.exp(middle - reach * spread), np.exp(middle + reach * spread)
        return float(np.exp(middle)), float(low), float(high), float(np.exp(self.their_stay[0]))

    def stalls(self, bar: float) -> bool:
        middle, spread = self.stay
        return bool(middle - self.their_stay[0] > bar * np.hypot(spread, self.their_stay.std()))

    def leaks(self, bar: float) -> bool:
        middle, spread = self.odds
        return bool(self.their_odds[0] - middle > bar * np.hypot(spread, self.their_odds.std()))


def _between(found: Tally, subject: Rows, weights: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """Return how a team's log odds and log dwell vary when its members are drawn again, shape (n_stages,) each."""
    zero = np.zeros(len(found.stages))
    if weights is None or len(subject) < 2:
        return zero, zero
    drawn = np.einsum("dr,krs->dks", weights[:, subject], found.counts[:, subject])
    odds = np.log((drawn[:, 0] + 0.5) / (drawn[:, 1] + 0.5))
    left = drawn[:, 2] > 0
    stay = np.where(
        left & (drawn[:, 3] > 0), np.log(np.maximum(drawn[:, 3], 1e-9) / np.where(left, drawn[:, 2], 1.0)), 0.0
    )
    return odds.std(axis=0), stay.std(axis=0)


def _standing_long(found: Tally, subject: Rows, at: int, theirs: FloatArray) -> tuple[int, float]:
    if theirs[2] <= 0:
        return 0, 0.0
    limit = -np.log(1.0 - LONG_SHARE) * theirs[3] / theirs[2]
    mine = np.isin(found.standing_rep, subject) & (found.standing_stage == at) & (found.standing > limit)
    return int(mine.sum()), float(np.nansum(found.standing_amount[mine]))
