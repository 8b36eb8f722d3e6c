"""Turns the misses in causes into the documents of reps and teams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.contracts import FloatArray
from models.diagnosis.documents import CauseDoc, MissDoc
from models.diagnosis.miss import POINTS, MissSplit, tails
from models.diagnosis.shares import CAUSES
from models.diagnosis.wording import LABELS, miss_headline
from models.explain.documents import Text

if TYPE_CHECKING:
    from models.diagnosis.diagnose import Case

Rows = npt.NDArray[np.int64]
OUTCOMES = (0.1, 0.9)
"""Levels of 8 in 10 outcomes."""


def rep_miss(case: Case, split: MissSplit, row: int) -> MissDoc | None:
    """Return one rep's miss; None where there is nobody alike, no quota or no deal.

    Args:
        case: What was scored.
        split: All misses.
        row: Row of the paths.
    """
    at = int(np.searchsorted(split.rows, row))
    if at == len(split.rows) or split.rows[at] != row or not split.alike[at]:
        return None
    quota = float(split.quota[at])
    ends = POINTS * (1.0 - np.quantile(case.attained[row], OUTCOMES) / quota)
    causes = _causes(split.causes[:, at], split.ends(case.settings.range_level)[:, :, at], quota)
    flagged, miss = int(row in case.flagged), float(split.miss[at])
    return MissDoc(
        points=miss,
        amount=miss * quota / POINTS,
        low=float(ends[1]),
        high=float(ends[0]),
        flagged=flagged,
        people=1,
        plan_first=False,
        headline=_headline(miss, causes, flagged=flagged, people=1, plan_first=False),
        reference_label=split.peers.labels[at],
        peers=int(split.peers.others[at]),
        causes=sorted(causes, key=lambda cause: -abs(cause["points"])),
    )


def team_miss(case: Case, split: MissSplit, team: str, rows: Rows) -> MissDoc | None:
    """Return a team's miss in causes; None without a quota, or where nobody's miss can be split.

    Members' causes are summed in currency. A team goal beyond the quotas of its members is part of the plan; the miss
    of members who cannot be compared stands apart.

    Args:
        case: What was scored.
        split: All misses.
        team: The team.
        rows: Rows of the paths of its members.
    """
    quotas = case.paths.targets["quota"].to_numpy(dtype=np.float64)[rows]
    mine = rows[quotas > 0]
    goal = case.goals.get(team, float(quotas[quotas > 0].sum()))
    at = np.flatnonzero(np.isin(split.rows, mine))
    if goal <= 0 or not len(at):
        return None
    everybody = case.attained[rows].sum(axis=0)
    share = split.quota[at] / goal
    parts, draws = split.causes[:, at] @ share, split.draws[:, :, at] @ share
    miss = POINTS * (1.0 - float(everybody.mean()) / goal)
    beyond = POINTS * (goal - float(quotas[quotas > 0].sum())) / goal
    parts[0] += beyond
    draws[:, 0] += beyond
    causes = _causes(parts, np.quantile(draws, tails(case.settings.range_level), axis=0), goal)
    if len(at) < len(rows):
        causes.append(_apart(miss - sum(cause["points"] for cause in causes), goal))
    flagged = sum(int(row) in case.flagged for row in rows)
    first = flagged > case.settings.plan_first_above * len(rows)
    ends = POINTS * (1.0 - np.quantile(everybody, OUTCOMES) / goal)
    return MissDoc(
        points=miss,
        amount=miss * goal / POINTS,
        low=float(ends[1]),
        high=float(ends[0]),
        flagged=flagged,
        people=len(rows),
        plan_first=first,
        headline=_headline(miss, causes, flagged=flagged, people=len(rows), plan_first=first),
        reference_label=_together(split, at),
        peers=int(split.peers.others[at].min()),
        causes=sorted(causes, key=lambda one: (not (first and one["code"] == "plan"), -abs(one["points"]))),
    )


def _together(split: MissSplit, at: Rows) -> Text:
    people = len(at)
    if people == 1:
        return Text(en="1 member against similar reps", zh="1 名成员与各自的同类销售比较")
    return Text(en=f"{people} members, each against similar reps", zh=f"{people} 名成员分别与各自的同类销售比较")


def _causes(parts: FloatArray, ends: FloatArray, quota: float) -> list[CauseDoc]:
    """Return the documents of five causes, given their points and both ends of their ranges, shape (2, 5)."""
    low, high = ends
    found = []
    for index, code in enumerate(CAUSES):
        label, note, who = LABELS[code]
        value = float(parts[index])
        least, most = min(float(low[index]), value), max(float(high[index]), value)
        found.append(
            CauseDoc(
                code=code,
                label=label,
                note=note,
                points=value,
                low=least,
                high=most,
                amount=value * quota / POINTS,
                sure=least > 0 or most < 0,
                controllable=who,
            )
        )
    return found


def _apart(points: float, goal: float) -> CauseDoc:
    label, note, who = LABELS["apart"]
    return CauseDoc(
        code="apart",
        label=label,
        note=note,
        points=points,
        low=points,
        high=points,
        amount=points * goal / POINTS,
        sure=False,
        controllable=who,
    )


def _headline(miss: float, causes: Sequence[CauseDoc], *, flagged: int, people: int, plan_first: bool) -> Text:
    told = {cause["code"]: (cause["points"], cause["low"], cause["high"]) for cause in causes}
    return miss_headline(miss, told, flagged=flagged, people=people, plan_first=plan_first)
