"""What the two of a 1:1 wrote down: read by them alone, unless they opened it to those who see the rep."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, and_, delete, insert, or_, select

from service.auth.principal import Scope
from service.one_on_one.schemas import Notes, PastNotes
from service.storage.audit import AuditEntry, append
from service.storage.clock import utc_now
from service.storage.tables import hierarchy, one_on_ones


@dataclass(frozen=True)
class OneOnOneRepository:
    """Reads and writes notes.

    Attributes:
        connection: An open connection; a write transaction for `write`.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def pair(self, rep_id: str) -> str | None:
        """Return the manager of the pair that the caller is one of, None where the caller is not one of the two.

        The two are the rep and the direct manager of today; a manager above and an admin are not.
        """
        query = select(hierarchy.c.manager_rep_id).where(
            hierarchy.c.rep_id == rep_id, self.scope.sees(hierarchy.c.rep_id)
        )
        manager = self.connection.execute(query).scalar_one_or_none()
        own = self.scope.own
        return manager if manager is not None and own is not None and own in {rep_id, manager} else None

    def notes(self, rep_id: str, week: str) -> Notes | None:
        """Return the notes of a week that the caller may read."""
        row = self.connection.execute(self._readable(rep_id).where(one_on_ones.c.week == week)).first()
        if row is None:
            return None
        return Notes.model_validate_json(row.content).model_copy(
            update={"revision": row.revision, "open_to_line": bool(row.open_to_line)}
        )

    def last(self, rep_id: str, week: str) -> PastNotes | None:
        """Return the newest commitments of an earlier week that the caller may read."""
        query = self._readable(rep_id).where(one_on_ones.c.week < week).order_by(one_on_ones.c.week.desc()).limit(1)
        row = self.connection.execute(query).first()
        if row is None:
            return None
        held = Notes.model_validate_json(row.content)
        return PastNotes(week=row.week, commitments=held.commitments)

    def write(self, rep_id: str, week: str, notes: Notes, *, request_id: str) -> Notes | None:
        """Replace the notes of a week.

        Returns:
            The notes with their new revision; None where the caller is not one of the two.

        Raises:
            StaleRevision: Somebody wrote in between.
        """
        manager = self.pair(rep_id)
        if manager is None:
            return None
        key = and_(one_on_ones.c.rep_id == rep_id, one_on_ones.c.week == week, one_on_ones.c.manager_rep_id == manager)
        standing = self.connection.execute(select(one_on_ones.c.revision).where(key)).scalar_one_or_none() or 0
        if standing != notes.revision:
            raise StaleRevision(standing)
        kept = notes.model_copy(update={"revision": standing + 1})
        self.connection.execute(delete(one_on_ones).where(key))
        row = {
            "rep_id": rep_id,
            "week": week,
            "manager_rep_id": manager,
            "revision": kept.revision,
            "open_to_line": kept.open_to_line,
            "content": json.dumps(kept.model_dump(mode="json"), ensure_ascii=False),
            "updated_at": utc_now(),
        }
        self.connection.execute(insert(one_on_ones).values(row))
        entry = AuditEntry(self.scope.person, "one-on-one.write", f"rep:{rep_id}", request_id=request_id)
        append(self.connection, [entry])
        return kept

    def _readable(self, rep_id: str) -> Select[Any]:
        own = self.scope.own or ""
        # Notes stay with the pair that wrote them: a new manager does not inherit those of the one before.
        mine = or_(
            and_(one_on_ones.c.rep_id == own, one_on_ones.c.manager_rep_id == _manager_of(own)),
            one_on_ones.c.manager_rep_id == own,
        )
        return select(one_on_ones).where(
            one_on_ones.c.rep_id == rep_id,
            self.scope.sees(one_on_ones.c.rep_id),
            or_(mine, one_on_ones.c.open_to_line.is_(True)),
        )


class StaleRevision(Exception):
    """Notes were changed by the other one in between.

    Attributes:
        standing: Revision that stands.
    """

    def __init__(self, standing: int) -> None:
        super().__init__(f"the notes stand at revision {standing}; read them again before writing")
        self.standing = standing


def _manager_of(rep_id: str) -> ScalarSelect[Any]:
    return select(hierarchy.c.manager_rep_id).where(hierarchy.c.rep_id == rep_id).scalar_subquery()
