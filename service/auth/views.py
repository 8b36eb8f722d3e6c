"""Who looked at somebody else's forecast: noted in memory, written to the audit trail in batches."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from service.storage.audit import AuditEntry, append
from service.storage.buffer import Buffer
from service.storage.engine import Storage


class ViewLog(Buffer[AuditEntry]):
    """Notes of looks on their way to the audit trail.

    Args:
        storage: Operational database.
    """

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage, "views")

    def note(self, actor: str, subject: str, request_id: str) -> None:
        """Remember that `actor` looked at `subject`."""
        self._pending.append(AuditEntry(actor, "view", subject, request_id=request_id))

    def write(self, connection: Connection, notes: Sequence[AuditEntry]) -> None:
        """Append looks to the audit trail."""
        append(connection, notes)
