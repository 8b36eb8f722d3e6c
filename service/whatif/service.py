"""Answers what-ifs from what a snapshot keeps: numpy alone, no model, no SQL, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from features.domain.errors import DataMissing
from service.scoring.detail_docs import GroundDoc, RepDetailDoc
from service.scoring.documents import Text
from service.whatif.schemas import Needed, Outcome, WhatIfAnswer, WhatIfRequest

if TYPE_CHECKING:
    from models.coaching.levers import Ground, Levers
    from models.simulation.worlds import Floats

NOT_HEARD: Mapping[str, Text] = {
    "no_meetings": {
        "en": "No activities are recorded in the last 4 weeks, so that more of them cannot be answered.",
        "zh": "近 4 周没有活动记录，因此无法推演增加活动的影响。",
    },
    "no_win_rate": {
        "en": "No win rate is known, so that a better one cannot be answered.",
        "zh": "赢单率未知，因此无法推演其提升的影响。",
    },
}


def what_if(
    rep_id: str, detail: RepDetailDoc, company: Mapping[str, Any] | None, request: WhatIfRequest
) -> WhatIfAnswer:
    """Return the model's response to levers.

    Args:
        rep_id: The rep.
        detail: What is kept about the rep.
        company: What all reps share.
        request: Levers.

    Raises:
        DataMissing: The period is not one that worlds are kept of, or a deal is named that is not open.
    """
    # The first question of a process loads numpy; pages and scorecards never do.
    from models.coaching.levers import LABEL, answer, pipeline_needed

    held = detail["ground"]
    if held is None or company is None:
        raise DataMissing(f"no worlds are kept of the current period of rep {rep_id!r}; only forecasts from deals are")
    ground, levers = ground_of(held, company), levers_of(request)
    ledger = detail["ledger"]
    quota_now = ledger["quota"]
    quota = levers.quota if levers.quota is not None else quota_now
    try:
        found = answer(ground, levers)
        needed = None if not quota else pipeline_needed(ground, levers, quota, request.aim)
    except KeyError as error:
        raise DataMissing(f"no open deal {error} of rep {rep_id!r} in the current period") from error
    base, changed = _outcome(found.base, quota_now), _outcome(found.changed, quota)
    return WhatIfAnswer(
        rep_id=rep_id,
        as_of=str(company["as_of"]),
        period_start=ledger["period_start"],
        period_end=ledger["period_end"],
        currency=ledger["currency"],
        quota=quota,
        base=base,
        changed=changed,
        points=_points(base, changed, quota_now, quota),
        needed=_needed(needed, request.aim) if quota else None,
        label=dict(LABEL),
        notes=[dict(NOT_HEARD[why]) for why in found.not_heard.values()],
    )


def ground_of(held: GroundDoc, company: Mapping[str, Any]) -> Ground:
    """Return what levers act on, with the rep's luck drawn again."""
    import numpy as np

    from models.coaching.levers import Ground
    from models.simulation.rep_worlds import CompanyDraws, RepWorlds, drawn_worlds

    draws = CompanyDraws.from_json(company)
    amounts = [float("nan") if amount is None else amount for amount in held["amounts"]]
    return Ground(
        drawn=drawn_worlds(draws, RepWorlds.from_json(held["worlds"])),
        amounts=np.asarray(amounts, dtype=np.float64),
        moved=np.asarray(held["moved"], dtype=np.float64).reshape(len(amounts), len(held["days"])),
        days=held["days"],
        as_of=date.fromisoformat(draws.as_of),
        win=held["win"],
        usual=(held["usual"][0], held["usual"][1]),
        meetings=held["meetings"],
    )


def levers_of(request: WhatIfRequest) -> Levers:
    """Return the levers of a request."""
    from models.coaching.levers import DealChange, Levers

    return Levers(
        pipeline=request.pipeline,
        meetings=request.meetings,
        win_points=request.win_points,
        size_percent=request.size_percent,
        quota=request.quota,
        deals=[DealChange(deal.deal_id, deal.outcome, deal.to) for deal in request.deals],
    )


def _outcome(worlds: Floats, quota: float | None) -> Outcome:
    import numpy as np

    p10, p50, p90 = np.quantile(worlds, (0.1, 0.5, 0.9))
    chance = float((worlds >= quota).mean()) if quota else None
    return Outcome(p10=float(p10), p50=float(p50), p90=float(p90), mean=float(worlds.mean()), p_attain=chance)


def _points(base: Outcome, changed: Outcome, before: float | None, after: float | None) -> float | None:
    if not before or not after:
        return None
    return 100.0 * (changed.p50 / after - base.p50 / before)


def _needed(found: tuple[float, int] | None, aim: float) -> Needed:
    if found is None:
        return Needed(chance=aim, pipeline=None, deals=None)
    return Needed(chance=aim, pipeline=found[0], deals=found[1])
