"""Ledgers of past snapshots, read through the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, select

from service.auth.principal import Scope
from service.scoring.detail_docs import RepDetailDoc
from service.storage.snapshots import SERVED, unpacked
from service.storage.tables import rep_details, snapshots, team_forecasts, team_members


@dataclass(frozen=True)
class SnapshotKey:
    """What one needs to know about a snapshot to compare it."""

    seq: int
    snapshot_id: str
    as_of: str
    model_version: str
    bundle_sha: str


@dataclass(frozen=True)
class LedgerRepository:
    """Reads ledgers.

    Attributes:
        connection: An open connection.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def keys(self) -> list[SnapshotKey]:
        """Return the served snapshots that keep ledgers, oldest first; they say nothing about anybody."""
        columns = (snapshots.c.seq, snapshots.c.snapshot_id, snapshots.c.as_of, snapshots.c.model_version)
        query = (
            select(*columns, snapshots.c.bundle_sha)
            .where(snapshots.c.status == SERVED)
            .where(snapshots.c.snapshot_id.in_(select(rep_details.c.snapshot_id)))
            .order_by(snapshots.c.seq)
        )
        return [SnapshotKey(*row) for row in self.connection.execute(query)]

    def details(self, snapshot_id: str, rep_ids: Collection[str]) -> dict[str, RepDetailDoc]:
        """Return the details of those of `rep_ids` that are in scope."""
        query = select(rep_details.c.rep_id, rep_details.c.document).where(
            rep_details.c.snapshot_id == snapshot_id,
            rep_details.c.rep_id.in_(list(rep_ids)),
            self.scope.sees(rep_details.c.rep_id),
        )
        return {row[0]: cast(RepDetailDoc, unpacked(row[1])) for row in self.connection.execute(query)}

    def members(self, snapshot_id: str, team_id: str) -> list[str]:
        """Return a team's members in a snapshot, all of whom the caller must see; empty otherwise."""
        visible = select(team_forecasts.c.team_id).where(
            team_forecasts.c.snapshot_id == snapshot_id,
            team_forecasts.c.team_id == team_id,
            self.scope.sees_team(team_forecasts.c.snapshot_id, team_forecasts.c.team_id),
        )
        if self.connection.execute(visible).first() is None:
            return []
        query = (
            select(team_members.c.rep_id)
            .where(team_members.c.snapshot_id == snapshot_id, team_members.c.team_id == team_id)
            .order_by(team_members.c.rep_id)
        )
        return [row[0] for row in self.connection.execute(query)]
