"""Attaching forecasts to scorecards of other systems: a pure function over stored documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from service.scorecards.schemas import ForeignScorecard
from service.scoring.documents import ForecastDoc, ScorecardDoc, Text

UNKNOWN: Text = {
    "en": "There is no such rep, or the rep is not for you to see.",
    "zh": "没有这位销售，或您无权查看。",
}
NO_PERIOD: Text = {
    "en": "There is no open forecast for the period of this scorecard.",
    "zh": "该周期没有进行中的预测。",
}
PROVENANCE = ("as_of", "scored_at", "model_version", "dataset_version", "data_grade")


def attach(cards: Sequence[ForeignScorecard], stored: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return each scorecard as it was, with what is known about its rep.

    Args:
        cards: Scorecards of another system.
        stored: Our scorecards of the reps in scope, by rep id.

    Returns:
        One result per card, in order: `scorecard`, `attached`, `reason`.
    """
    return [_result(card, stored.get(card.rep_id)) for card in cards]


def join_items(prefix: Mapping[str, object], items: Sequence[bytes], cursor: str | None) -> bytes:
    """Return `{...prefix, "items": [...], "next": cursor}` without parsing the items again.

    Examples:
        >>> join_items({"team_id": "t"}, [b"1", b"2"], None)
        b'{"team_id": "t", "items": [1,2], "next": null}'
    """
    head = json.dumps(dict(prefix), ensure_ascii=False).encode()[:-1]
    tail = json.dumps(cursor, ensure_ascii=False).encode()
    return head + b', "items": [' + b",".join(items) + b'], "next": ' + tail + b"}"


def _result(card: ForeignScorecard, stored: bytes | None) -> dict[str, Any]:
    as_it_was = card.model_dump(mode="json", exclude_unset=True)
    if stored is None:
        return {"scorecard": as_it_was, "attached": None, "reason": {"code": "unknown_rep", "text": UNKNOWN}}
    document: ScorecardDoc = json.loads(stored)
    forecasts = [forecast for forecast in document["forecasts"] if _fits(card, forecast)]
    if not forecasts:
        return {"scorecard": as_it_was, "attached": None, "reason": {"code": "no_matching_period", "text": NO_PERIOD}}
    provenance = {name: document[name] for name in PROVENANCE}  # type: ignore[literal-required]  # names of the contract
    attached = {**provenance, "forecasts": forecasts, "suggestions": document["suggestions"]}
    return {"scorecard": as_it_was, "attached": attached, "reason": None}


def _fits(card: ForeignScorecard, forecast: ForecastDoc) -> bool:
    starts = card.period_start is None or card.period_start.isoformat() == forecast["period_start"]
    return starts and (card.period_end is None or card.period_end.isoformat() == forecast["period_end"])
