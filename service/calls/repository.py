"""Calls: facts that are added to, never changed; the newest one of a kind stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from features.domain.vocabulary import Role
from service.auth.principal import Scope
from service.calls.schemas import Call, CallRequest, Side
from service.scorecards.repository import CURRENT
from service.scoring.documents import ForecastDoc
from service.storage.audit import AuditEntry, append
from service.storage.tables import calls, hierarchy, users


@dataclass(frozen=True)
class Stamp:
    """When a call was made and with which knowledge.

    Attributes:
        as_of: Day to which the served forecast knows the facts, ISO.
        recorded_at: This moment, as it is stored.
        request_id: Request, for the audit trail.
    """

    as_of: str
    recorded_at: str
    request_id: str


@dataclass(frozen=True)
class CallRepository:
    """Reads and adds calls.

    Attributes:
        connection: An open connection; a write transaction for `record`.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def side(self, rep_id: str) -> Side | None:
        """Return as whom the caller may give a number for a rep: as the rep, as somebody who leads them, or not."""
        if rep_id == self.scope.own:
            return "rep"
        # An admin sees everybody and leads nobody by that alone.
        if self.scope.principal.role is not Role.MANAGER:
            return None
        seen = select(hierarchy.c.rep_id).where(hierarchy.c.rep_id == rep_id, self.scope.sees(hierarchy.c.rep_id))
        return None if self.connection.execute(seen).first() is None else "manager"

    def record(self, rep_id: str, forecast: ForecastDoc, given: CallRequest, stamp: Stamp) -> Call | None:
        """Add a call, unless the same person's same number stands already.

        Args:
            rep_id: The rep.
            forecast: The running period that the number is about.
            given: The number.
            stamp: When, and with which knowledge.

        Returns:
            The call that stands now; None where the caller may not give one.
        """
        side = self.side(rep_id)
        if side is None:
            return None
        key = {name: forecast[name] for name in ("period_start", "period_end", "metric")}
        row = {
            "rep_id": rep_id,
            **key,
            "category": given.category,
            "amount": round(given.amount, 2),
            "currency": forecast["currency"],
            "note": given.note,
            "side": side,
            "actor": self.scope.person,
            "as_of": stamp.as_of,
            "recorded_at": stamp.recorded_at,
            "snapshot_id": self.connection.execute(select(CURRENT)).scalar_one(),
        }
        standing = self._newest(row)
        same = ("amount", "note", "actor")
        if standing is None or any(standing[name] != row[name] for name in same):
            self.connection.execute(insert(calls).values(row))
            entry = AuditEntry(self.scope.person, "call", f"rep:{rep_id}", request_id=stamp.request_id)
            append(self.connection, [entry])
        return self._read(self._shown().where(*self._of(row)).order_by(calls.c.call_id.desc()).limit(1))[0]

    def history(self, rep_id: str, *, before: int | None, limit: int) -> list[Call]:
        """Return the calls for a rep, newest first; empty where the rep is out of scope."""
        query = self._shown().where(calls.c.rep_id == rep_id).order_by(calls.c.call_id.desc()).limit(limit)
        return self._read(query if before is None else query.where(calls.c.call_id < before))

    def standing(self, rep_id: str, periods: Collection[str]) -> list[Call]:
        """Return the newest call per period, metric, category and side.

        Args:
            rep_id: The rep.
            periods: First days of periods.
        """
        newest = (
            select(func.max(calls.c.call_id))
            .where(calls.c.rep_id == rep_id, calls.c.period_start.in_(list(periods)))
            .group_by(calls.c.period_start, calls.c.period_end, calls.c.metric, calls.c.category, calls.c.side)
        )
        query = self._shown().where(calls.c.call_id.in_(newest))
        return self._read(query.order_by(calls.c.period_start, calls.c.metric, calls.c.category, calls.c.side))

    def of_periods(self, periods: Collection[str], *, rep_id: str | None = None) -> list[Call]:
        """Return all calls in scope for periods that began on the given days, oldest first; of one rep where asked."""
        query = self._shown().where(calls.c.period_start.in_(list(periods))).order_by(calls.c.call_id)
        return self._read(query if rep_id is None else query.where(calls.c.rep_id == rep_id))

    def _newest(self, row: dict[str, Any]) -> dict[str, Any] | None:
        query = select(calls).where(*self._of(row)).order_by(calls.c.call_id.desc()).limit(1)
        found = self.connection.execute(query).first()
        return None if found is None else dict(found._mapping)

    @staticmethod
    def _of(row: dict[str, Any]) -> list[Any]:
        key = ("rep_id", "period_start", "period_end", "metric", "category", "side")
        return [calls.c[name] == row[name] for name in key]

    def _shown(self) -> Select[Any]:
        return (
            select(calls, users.c.name.label("by"))
            .join_from(calls, users, calls.c.actor == users.c.user_id, isouter=True)
            .where(self.scope.sees(calls.c.rep_id))
        )

    def _read(self, query: Select[Any]) -> list[Call]:
        return [Call.model_validate(dict(row._mapping)) for row in self.connection.execute(query)]
