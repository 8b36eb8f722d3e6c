"""The append-only audit trail: every line carries the hash of the line before it, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, text

from service.storage.clock import utc_now
from service.storage.tables import audit

GENESIS = "0" * 64
BATCH = 1_000


@dataclass(frozen=True)
class AuditEntry:
    """Who did what to what.

    Attributes:
        actor: User id, or the name of the job.
        action: What was done, e.g. `view`, `feedback`, `token.issue`.
        object: What it was done to, e.g. `rep:R1`.
        outcome: `ok` or `refused`.
        request_id: Request that it happened in, empty outside of one.
    """

    actor: str
    action: str
    object: str
    outcome: str = "ok"
    request_id: str = ""


def entry_hash(seq: int, recorded_at: str, entry: AuditEntry, prev_hash: str) -> str:
    """Return the hash that chains one line to the line before it.

    Args:
        seq: Number of the line, 1 for the first.
        recorded_at: Moment of the line, ISO 8601 in UTC.
        entry: What the line says.
        prev_hash: Hash of the line before, 64 zeros for the first.

    Returns:
        SHA-256 in hexadecimal.
    """
    fields = [seq, recorded_at, entry.actor, entry.action, entry.object, entry.outcome, entry.request_id]
    canonical = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{prev_hash}{canonical}".encode()).hexdigest()


def append(connection: Connection, entries: Iterable[AuditEntry]) -> None:
    """Add lines to the trail inside the caller's write transaction.

    Args:
        connection: An open write transaction.
        entries: What happened, oldest first.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, prev_hash = (last.seq, last.hash) if last else (0, GENESIS)
    for entry in entries:
        seq += 1
        moment = utc_now()
        digest = entry_hash(seq, moment, entry, prev_hash)
        connection.execute(
            insert(audit).values(
                seq=seq,
                recorded_at=moment,
                actor=entry.actor,
                action=entry.action,
                object=entry.object,
                outcome=entry.outcome,
                request_id=entry.request_id,
                prev_hash=prev_hash,
                hash=digest,
            )
        )
        prev_hash = digest


def verify(connection: Connection) -> tuple[int, int | None]:
    """Check the whole chain.

    Args:
        connection: An open connection.

    Returns:
        The number of lines that hold, and the number of the first line that does not (None: all hold). Lines cut
        off the end leave a chain that holds: compare the count with the head that was noted elsewhere.
    """
    prev_hash, held = GENESIS, 0
    for row in connection.execute(select(audit).order_by(audit.c.seq)).yield_per(BATCH):
        entry = AuditEntry(row.actor, row.action, row.object, row.outcome, row.request_id)
        expected = entry_hash(held + 1, row.recorded_at, entry, prev_hash)
        if (row.seq, row.prev_hash, row.hash) != (held + 1, prev_hash, expected):
            return held, row.seq
        prev_hash, held = row.hash, held + 1
    return held, None
