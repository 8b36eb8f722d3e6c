"""Who looked at somebody else's forecast: collected in memory, written to the audit trail in batches.

A write to disk for each look would make reading as slow as writing. What is lost when the process is killed is the
looks of the last second.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.storage.audit import AuditEntry, append
from service.storage.engine import Storage

EVERY_SECONDS = 1.0
LOG = logging.getLogger("paceline.service")


class ViewLog:
    """Buffer between page views and the audit trail.

    Args:
        storage: Operational database.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._pending: list[AuditEntry] = []

    def note(self, actor: str, subject: str, request_id: str) -> None:
        """Remember that `actor` looked at `subject`."""
        self._pending.append(AuditEntry(actor, "view", subject, request_id=request_id))

    async def flush(self) -> None:
        """Write what is pending."""
        pending, self._pending = self._pending, []
        if not pending:
            return

        def write(connection: Connection) -> None:
            append(connection, pending)

        try:
            await self._storage.write(write)
        except BaseException:
            self._pending = [*pending, *self._pending]
            raise

    async def keep_flushing(self) -> None:
        """Write once a second, until cancelled; what cannot be written now is kept for the next second."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.flush()
            except SQLAlchemyError:
                LOG.exception("views wait to be written to the audit trail", extra={"pending": len(self._pending)})
