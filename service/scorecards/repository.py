"""Stored scorecards, read through the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from service.auth.principal import Scope
from service.coaching.approval import without_waiting
from service.storage.snapshots import SERVED
from service.storage.tables import rep_forecasts, snapshots, team_members

CURRENT = (
    select(snapshots.c.snapshot_id)
    .where(snapshots.c.status == SERVED)
    .order_by(snapshots.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
"""The snapshot that is served: the newest complete one."""


@dataclass(frozen=True)
class ScorecardRepository:
    """Reads scorecards of the current snapshot.

    Attributes:
        connection: An open connection.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def one(self, rep_id: str) -> bytes | None:
        """Return the scorecard of a rep as stored, None if there is none or it is out of scope."""
        query = select(self._shown()).where(self._visible(), rep_forecasts.c.rep_id == rep_id)
        document = self.connection.execute(query).scalar_one_or_none()
        return None if document is None else self._cleared(rep_id, document)

    def many(self, rep_ids: Collection[str]) -> dict[str, bytes]:
        """Return the scorecards of those of `rep_ids` that are in scope."""
        query = select(rep_forecasts.c.rep_id, self._shown()).where(
            self._visible(), rep_forecasts.c.rep_id.in_(list(rep_ids))
        )
        return {row[0]: self._cleared(row[0], row[1]) for row in self.connection.execute(query).all()}

    def of_team(self, team_id: str, *, after: str = "", limit: int = 200) -> list[tuple[str, bytes]]:
        """Return the scorecards in scope of a team's reps, in order of their ids.

        Args:
            team_id: The team.
            after: Only reps with a larger id.
            limit: At most so many.

        Returns:
            Pairs of rep id and stored scorecard.
        """
        member = and_(
            team_members.c.snapshot_id == rep_forecasts.c.snapshot_id, team_members.c.rep_id == rep_forecasts.c.rep_id
        )
        query = (
            select(rep_forecasts.c.rep_id, self._shown())
            .join_from(rep_forecasts, team_members, member)
            .where(self._visible(), team_members.c.team_id == team_id, rep_forecasts.c.rep_id > after)
            .order_by(rep_forecasts.c.rep_id)
            .limit(limit)
        )
        return [(row[0], self._cleared(row[0], row[1])) for row in self.connection.execute(query).all()]

    def _cleared(self, rep_id: str, document: bytes) -> bytes:
        """Return what of a scorecard may be seen: the own one only with what was approved, where that is asked for."""
        if not self.scope.awaits_approval or rep_id != self.scope.own:
            return document
        return without_waiting(self.connection, document)

    def _visible(self) -> ColumnElement[bool]:
        return and_(rep_forecasts.c.snapshot_id == CURRENT, self.scope.sees(rep_forecasts.c.rep_id))

    def _shown(self) -> ColumnElement[bytes]:
        own = func.coalesce(rep_forecasts.c.own_document, rep_forecasts.c.document)
        mine = rep_forecasts.c.rep_id == literal(self.scope.own or "")
        return case((mine, own), else_=rep_forecasts.c.document)
