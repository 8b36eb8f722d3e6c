"""What is logged of a choice of plays, so that it can be repeated, judged and learned from later."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from models.coaching.decision_docs import DecisionDoc, PlayContextDoc
from models.coaching.guardrails import Candidate
from models.coaching.learning.habits import Habits
from models.coaching.playbook import GapPlay


def play_contexts(fitting: Sequence[Candidate], habits: Habits) -> dict[str, PlayContextDoc]:
    """Return what is known about each gap play of one rep.

    Args:
        fitting: Plays that fit and do not rest, with the effects that the simple rule expects.
        habits: How metrics move by themselves.
    """
    found = {}
    for one in fitting:
        if not isinstance(one.play, GapPlay):
            continue
        feature = one.play.mechanism.feature
        foreseen = habits.expected(feature, one.own)
        found[one.play.id] = PlayContextDoc(
            gap=one.gap,
            expected=one.mid,
            metric=feature,
            own=_finite(one.own),
            goal=_finite(one.goal),
            foreseen=None if foreseen is None else foreseen[0],
            spread=None if foreseen is None else foreseen[1],
        )
    return found


def decision(
    record: Mapping[str, object],
    *,
    policy: str,
    standing: tuple[float, float],
    plays: dict[str, PlayContextDoc],
    target: Mapping[str, object],
) -> DecisionDoc:
    """Return the document of one choice.

    Args:
        record: From `Decisions.records` or the rule.
        policy: Name of what chose.
        standing: Rank and newness.
        plays: From `play_contexts`.
        target: `period_start, period_end, metric, quota, forecast` of the rep's current period, days as ISO text.
    """
    rank, newness = standing
    quota = float(str(target["quota"]))
    return DecisionDoc(
        schema=1,
        rep_id=str(record["rep_id"]),
        policy=policy,
        action_set=list(record["action_set"]),  # type: ignore[call-overload]  # a record is JSON
        propensities=dict(record["propensities"]),  # type: ignore[call-overload]
        chosen=None if record["chosen"] is None else str(record["chosen"]),
        seed=int(str(record["seed"])),
        about=str(record["about"]),
        rank=float(np.nan_to_num(rank, nan=0.5)),
        newness=float(newness),
        plays=plays,
        period_start=str(target["period_start"]),
        period_end=str(target["period_end"]),
        metric=str(target["metric"]),
        quota=quota if quota > 0 else None,
        forecast=float(str(target["forecast"])),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
