"""Which suggestions people have been shown: collected in memory, recorded once each, in batches.

A write for each look would make reading as slow as writing. What is lost when the process is killed is the looks of
the last second, and the next look makes up for them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from service.storage.clock import utc_text
from service.storage.engine import Storage
from service.storage.tables import suggestion_events, suggestions

EVERY_SECONDS = 1.0
REMEMBERED = 100_000
"""Cards that are remembered as recorded; beyond that the memory starts anew and the database says what it knows."""
BEFORE_SHOWN = ("proposed", "approved")
LOG = logging.getLogger("paceline.service")


class ShownLog:
    """Buffer between cards that are looked at and the events of their suggestions.

    Args:
        storage: Operational database.
        now: The clock.
    """

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now
        self._seen: set[tuple[str, str, int]] = set()
        self._pending: list[tuple[tuple[str, str, int], str, str, bytes]] = []

    def note(self, person: str, rep_id: str, document: bytes, *, own: bool) -> None:
        """Remember that somebody looks at a card.

        Args:
            person: User id of who looks.
            rep_id: Whom the card is about.
            document: The card as it is served.
            own: Whether the rep looks; otherwise what is addressed to the manager counts as shown.
        """
        audience = "rep" if own else "manager"
        key = (rep_id, audience, hash(document))
        if key not in self._seen:
            self._seen.add(key)
            self._pending.append((key, person, audience, document))

    async def flush(self) -> None:
        """Record what is pending."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        moment = utc_text(self._now())

        def write(connection: Connection) -> None:
            for _, person, audience, document in pending:
                record_shown(connection, shown_to(audience, document), person, moment)

        try:
            await self._storage.write(write)
        except BaseException:
            self._pending = [*pending, *self._pending]
            raise
        if len(self._seen) > REMEMBERED:
            self._seen.clear()

    async def keep_flushing(self) -> None:
        """Record once a second, until cancelled; what cannot be written now is kept for the next second."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.flush()
            except SQLAlchemyError:
                LOG.exception("shown suggestions wait to be recorded", extra={"pending": len(self._pending)})


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
