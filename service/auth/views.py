"""Who looked at somebody else's forecast: collected in memory, written to the audit trail in batches.

A write to disk for each look would make reading as slow as writing. What is lost when the process is killed is the
looks of the last second.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import Connection

from service.storage.audit import AuditEntry, append
from service.storage.engine import Storage

EVERY_SECONDS = 1.0
AT_MOST = 500


class ViewLog:
    """Buffer between page views and the audit trail.

    Args:
        storage: Operational database.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._pending: list[AuditEntry] = []
        self._full = asyncio.Event()

    def note(self, actor: str, subject: str, request_id: str) -> None:
        """Remember that `actor` looked at `subject`."""
        self._pending.append(AuditEntry(actor, "view", subject, request_id=request_id))
        if len(self._pending) >= AT_MOST:
            self._full.set()

    async def flush(self) -> None:
        """Write what is pending."""
        pending, self._pending = self._pending, []
        self._full.clear()
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
        """Write at least once a second, until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), EVERY_SECONDS)
            await self.flush()
