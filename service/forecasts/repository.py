"""Stored forecasts of teams, and the history of a rep's, read through the scope of whoever asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, select

from service.auth.principal import Scope
from service.scorecards.repository import CURRENT
from service.storage.tables import forecast_rows, rep_forecasts, snapshots, team_forecasts


@dataclass(frozen=True)
class ForecastRepository:
    """Reads forecasts.

    Attributes:
        connection: An open connection.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def team(self, team_id: str) -> bytes | None:
        """Return a team's forecast as stored, None if there is none or it is out of scope."""
        visible = self.scope.sees_team(team_forecasts.c.snapshot_id, team_forecasts.c.team_id)
        query = select(team_forecasts.c.document).where(
            team_forecasts.c.snapshot_id == CURRENT, team_forecasts.c.team_id == team_id, visible
        )
        return self.connection.execute(query).scalar_one_or_none()

    def teams(self) -> list[tuple[str, str, bytes | None]]:
        """Return the teams in which the caller sees somebody else: id, name, and the forecast where that is in scope.

        Ordered by name.
        """
        key = (team_forecasts.c.snapshot_id, team_forecasts.c.team_id)
        document = case((self.scope.sees_team(*key), team_forecasts.c.document), else_=None)
        query = (
            select(team_forecasts.c.team_id, team_forecasts.c.team_name, document)
            .where(team_forecasts.c.snapshot_id == CURRENT, self.scope.sees_someone(*key))
            .order_by(team_forecasts.c.team_name, team_forecasts.c.team_id)
        )
        return [(row[0], row[1], row[2]) for row in self.connection.execute(query)]

    def history(self, rep_id: str, *, before: int | None, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Return the snapshots that hold a rep's forecasts, newest first.

        Args:
            rep_id: The rep.
            before: Only snapshots with a smaller number.
            limit: At most so many.

        Returns:
            Pairs of number and snapshot with its `forecasts`; empty where the rep is out of scope.
        """
        query = (
            select(snapshots)
            .join_from(snapshots, rep_forecasts, snapshots.c.snapshot_id == rep_forecasts.c.snapshot_id)
            .where(rep_forecasts.c.rep_id == rep_id, self.scope.sees(rep_forecasts.c.rep_id))
            .order_by(snapshots.c.seq.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(snapshots.c.seq < before)
        found = [dict(row._mapping) for row in self.connection.execute(query)]
        rows = self._rows(rep_id, [item["snapshot_id"] for item in found])
        return [(item.pop("seq"), {**item, "forecasts": rows.get(item["snapshot_id"], [])}) for item in found]

    def _rows(self, rep_id: str, snapshot_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        query = (
            select(forecast_rows.c.snapshot_id, forecast_rows.c.row)
            .where(forecast_rows.c.rep_id == rep_id, forecast_rows.c.snapshot_id.in_(snapshot_ids))
            .where(self.scope.sees(forecast_rows.c.rep_id))
            .order_by(forecast_rows.c.period_start, forecast_rows.c.period_end, forecast_rows.c.metric)
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for snapshot_id, row in self.connection.execute(query):
            found.setdefault(snapshot_id, []).append(json.loads(row))
        return found

    def week_before(self, team_reps: list[str], as_of_limit: str) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of the newest snapshot whose as_of is at most `as_of_limit`, by rep.

        Args:
            team_reps: Reps to look up.
            as_of_limit: Latest as_of, ISO day.

        Returns:
            Rows by rep id; empty where there is no such snapshot.
        """
        newest = (
            select(snapshots.c.snapshot_id)
            .where(snapshots.c.as_of <= as_of_limit)
            .order_by(snapshots.c.as_of.desc(), snapshots.c.seq.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = select(forecast_rows.c.rep_id, forecast_rows.c.row).where(
            forecast_rows.c.snapshot_id == newest,
            forecast_rows.c.rep_id.in_(team_reps),
            self.scope.sees(forecast_rows.c.rep_id),
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for rep_id, row in self.connection.execute(query):
            found.setdefault(rep_id, []).append(json.loads(row))
        return found
