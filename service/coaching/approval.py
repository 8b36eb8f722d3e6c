"""What a rep sees while suggestions wait for the agreement of somebody who leads the rep."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, select

from service.scoring.documents import ScorecardDoc, Text
from service.storage.snapshots import canonical_json
from service.storage.tables import suggestion_events

WAITING: Text = {
    "en": "There is a suggestion that your manager has not approved yet.",
    "zh": "有一条建议尚待您的经理认可。",
}


def without_waiting(connection: Connection, document: bytes) -> bytes:
    """Return a rep's own scorecard without the suggestions that nobody has approved.

    Args:
        connection: An open connection.
        document: The scorecard as the rep would see it otherwise.

    Returns:
        The same bytes where nothing waits.
    """
    card: ScorecardDoc = json.loads(document)
    ids = [suggestion["suggestion_id"] for suggestion in card["suggestions"]]
    approved = approved_of(connection, ids) if ids else frozenset[str]()
    return document if approved.issuperset(ids) else canonical_json(dict(cleared(card, approved)))


def approved_of(connection: Connection, suggestion_ids: Collection[str]) -> frozenset[str]:
    """Return which suggestions somebody has approved, whatever came after."""
    events = suggestion_events.c
    query = select(events.suggestion_id).where(
        events.suggestion_id.in_(list(suggestion_ids)), events.state == "approved"
    )
    return frozenset(connection.execute(query).scalars())


def cleared(card: ScorecardDoc, approved: Collection[str]) -> ScorecardDoc:
    """Return a scorecard with the approved suggestions alone; it says so where none is left."""
    kept = [suggestion for suggestion in card["suggestions"] if suggestion["suggestion_id"] in approved]
    nothing = card["no_suggestion"] if kept or not card["suggestions"] else WAITING
    return {**card, "suggestions": kept, "no_suggestion": nothing}
