"""Which suggestions people have been shown: noted in memory, recorded once each, in batches.

A look that is lost when the process is killed is made up for by the next one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, and_, func, insert, select

from service.coaching.queue import Queue
from service.storage.buffer import Buffer
from service.storage.clock import utc_text
from service.storage.engine import Storage
from service.storage.tables import suggestion_events, suggestions

REMEMBERED = 100_000
"""Looks that are remembered as recorded; beyond that the memory starts anew and the database says what it knows."""
BEFORE_SHOWN = ("proposed", "approved")


@dataclass(frozen=True)
class Look:
    """Somebody looked at suggestions.

    Attributes:
        person: User id.
        ids: Returns the ids of what counts as shown; it is asked when looks are recorded, not while a page waits.
    """

    person: str
    ids: Callable[[], list[str]]


class ShownLog(Buffer[Look]):
    """Cards and queues that were looked at on their way to the events of their suggestions.

    Args:
        storage: Operational database.
        now: The clock.
    """

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        super().__init__(storage, "shown suggestions")
        self._now = now
        self._seen: set[tuple[str, int]] = set()

    def note(self, person: str, rep_id: str, document: bytes, *, own: bool) -> None:
        """Remember that somebody looks at a card.

        Args:
            person: User id of who looks.
            rep_id: Whom the card is about.
            document: The card as it is served.
            own: Whether the rep looks; otherwise what is addressed to the manager counts as shown.
        """
        audience = "rep" if own else "manager"
        self._note((f"{audience}:{rep_id}", hash(document)), Look(person, partial(shown_to, audience, document)))

    def note_queue(self, person: str, queue: Queue) -> None:
        """Remember that a manager looks at a queue: what it asks of the manager counts as shown.

        Args:
            person: User id of who looks.
            queue: The queue as it is served.
        """
        ids = [item.suggestion_id for item in queue.items if item.audience == "manager"]
        self._note((f"queue:{queue.team_id}", hash(tuple(ids))), Look(person, partial(list, ids)))

    def _note(self, key: tuple[str, int], look: Look) -> None:
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        if key not in self._seen:
            self._seen.add(key)
            self._pending.append(look)

    def write(self, connection: Connection, notes: Sequence[Look]) -> None:
        """Record what was shown."""
        moment = utc_text(self._now())
        for look in notes:
            record_shown(connection, look.ids(), look.person, moment)


def shown_to(audience: str, document: bytes) -> list[str]:
    """Return the ids of the suggestions on a card that are addressed to those who look, in order.

    Examples:
        >>> card = b'{"suggestions": [{"suggestion_id": "a", "audience": "rep"}]}'
        >>> shown_to("rep", card), shown_to("manager", card)
        (['a'], [])
    """
    return [
        str(suggestion["suggestion_id"])
        for suggestion in json.loads(document)["suggestions"]
        if suggestion["audience"] == audience
    ]


def record_shown(connection: Connection, suggestion_ids: list[str], person: str, moment: str) -> None:
    """Record suggestions as shown that never were and are not answered yet.

    Args:
        connection: An open write transaction.
        suggestion_ids: What is shown.
        person: User id of who looks.
        moment: When.
    """
    if not suggestion_ids:
        return
    # Rows of one suggestion are added one after another: two processes must not both find it not shown yet.
    connection.execute(
        select(suggestions.c.suggestion_id).where(suggestions.c.suggestion_id.in_(suggestion_ids)).with_for_update()
    )
    events = suggestion_events
    newest = (
        select(func.max(events.c.event_id))
        .where(events.c.suggestion_id.in_(suggestion_ids))
        .group_by(events.c.suggestion_id)
    )
    before = events.alias("before")
    ever = select(before.c.event_id).where(
        and_(before.c.suggestion_id == events.c.suggestion_id, before.c.state == "shown")
    )
    query = select(events.c.suggestion_id).where(
        events.c.event_id.in_(newest), events.c.state.in_(BEFORE_SHOWN), ~ever.exists()
    )
    rows = [
        {"suggestion_id": found, "actor": person, "state": "shown", "reason": None, "recorded_at": moment}
        for found in sorted(connection.execute(query).scalars())
    ]
    if rows:
        connection.execute(insert(events), rows)
