"""Calls: facts that are added to, never changed; the newest one of a person stands."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, and_, insert, literal, select
from sqlalchemy.sql.functions import coalesce

from service.auth.principal import Scope
from service.calls.schemas import Call, CallRequest
from service.scorecards.repository import CURRENT
from service.storage.audit import AuditEntry, append
from service.storage.clock import utc_now
from service.storage.tables import calls, forecast_rows, rep_forecasts, users

MOST = 200
"""Calls of one rep that are answered at once."""


@dataclass(frozen=True)
class CallRepository:
    """Reads and adds calls.

    Attributes:
        connection: An open connection; a write transaction for `record`.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def record(self, rep_id: str, call: CallRequest, *, request_id: str) -> Call | None:
        """Add a call, unless the same person has called the same number last.

        Args:
            rep_id: The rep.
            call: The number.
            request_id: Request, for the audit trail.

        Returns:
            The person's call that stands now; None where no such period is open, or the rep is out of scope.
        """
        snapshot = self._open(rep_id, call)
        if snapshot is None:
            return None
        key = {**_key(call), "rep_id": rep_id}
        standing = self._own(key)
        if standing is None or (standing.amount, standing.note) != (call.amount, call.note):
            row = {**key, "amount": call.amount, "note": call.note, "actor": self.scope.person}
            self.connection.execute(insert(calls).values(**row, recorded_at=utc_now(), snapshot_id=snapshot))
            append(self.connection, [AuditEntry(self.scope.person, "call", f"rep:{rep_id}", request_id=request_id)])
        return self._own(key)

    def of(self, rep_id: str) -> list[Call]:
        """Return the calls of a rep in scope, newest first."""
        return [_call(row) for row in self.connection.execute(self._visible(rep_id).limit(MOST))]

    def known(self, rep_id: str) -> bool:
        """Return whether the rep has a scorecard in scope."""
        query = select(rep_forecasts.c.rep_id).where(
            rep_forecasts.c.snapshot_id == CURRENT,
            rep_forecasts.c.rep_id == rep_id,
            self.scope.sees(rep_forecasts.c.rep_id),
        )
        return self.connection.execute(query).first() is not None

    def _own(self, key: dict[str, str]) -> Call | None:
        """Return the caller's own newest call for a target."""
        same = [calls.c[name] == value for name, value in key.items()]
        query = self._visible(key["rep_id"]).where(*same, calls.c.actor == self.scope.person).limit(1)
        row = self.connection.execute(query).first()
        return None if row is None else _call(row)

    def _open(self, rep_id: str, call: CallRequest) -> str | None:
        """Return the served snapshot, None where it has no such period of the rep in scope."""
        row = forecast_rows.c
        same = and_(row.rep_id == rep_id, *(row[name] == value for name, value in _key(call).items()))
        query = select(row.snapshot_id, row.row).where(row.snapshot_id == CURRENT, same, self.scope.sees(row.rep_id))
        found = self.connection.execute(query).first()
        return None if found is None or json.loads(found.row)["status"] == "left" else str(found.snapshot_id)

    def _visible(self, rep_id: str) -> Select[tuple[object, ...]]:
        named = coalesce(users.c.name, literal("")).label("by")
        return (
            select(calls, named)
            .outerjoin(users, users.c.user_id == calls.c.actor)
            .where(calls.c.rep_id == rep_id, self.scope.sees(calls.c.rep_id))
            .order_by(calls.c.call_id.desc())
        )


def _key(call: CallRequest) -> dict[str, str]:
    return {
        "period_start": call.period_start.isoformat(),
        "period_end": call.period_end.isoformat(),
        "metric": call.metric,
    }


def _call(row: Row[tuple[object, ...]]) -> Call:
    return Call.model_validate({name: getattr(row, name) for name in Call.model_fields})
