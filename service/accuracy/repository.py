"""Kept backtests, read through the scope of whoever asks."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Row, and_, select

from models.accuracy.documents import BacktestDoc, RepBacktestDoc, TeamBacktestDoc
from service.accuracy.schemas import Missing, Run
from service.accuracy.settled import Settled
from service.auth.principal import Scope
from service.scorecards.repository import CURRENT
from service.storage.snapshots import SERVED, unpacked
from service.storage.tables import (
    backtests,
    forecast_rows,
    outcomes,
    rep_backtests,
    snapshots,
    team_backtests,
    team_forecasts,
)

TARGET = ("rep_id", "period_start", "period_end", "metric")


@dataclass(frozen=True)
class Served:
    """The backtest of the model that is served."""

    run: Run
    document: BacktestDoc


@dataclass(frozen=True)
class AccuracyRepository:
    """Reads backtests.

    Attributes:
        connection: An open connection.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def served(self) -> Served | Missing:
        """Return the newest backtest of the served model, or why there is none; it says nothing about anybody."""
        bundle = self.connection.execute(
            select(snapshots.c.bundle_sha).where(snapshots.c.snapshot_id == CURRENT)
        ).scalar_one_or_none()
        if bundle is None:
            return "not_scored"
        newest = select(backtests).where(backtests.c.bundle_sha == bundle).order_by(backtests.c.seq.desc()).limit(1)
        row = self.connection.execute(newest).first()
        if row is None:
            return "not_kept"
        document = cast(BacktestDoc, unpacked(row.document))
        run = Run(
            run_id=row.run_id,
            model_version=row.model_version,
            dataset_version=row.dataset_version,
            as_of=row.as_of,
            recorded_at=row.recorded_at,
            served=document["served"],
            nominal_coverage=document["nominal_coverage"],
        )
        return Served(run, document)

    def teams(self, run_id: str) -> list[tuple[str, str, TeamBacktestDoc]]:
        """Return id, name and backtest of each team of today whose every member the caller sees, by name."""
        here = and_(
            team_forecasts.c.snapshot_id == CURRENT,
            team_forecasts.c.team_id == team_backtests.c.team_id,
            self.scope.sees_team(team_forecasts.c.snapshot_id, team_forecasts.c.team_id),
        )
        query = (
            select(team_forecasts.c.team_id, team_forecasts.c.team_name, team_backtests.c.document)
            .join_from(team_backtests, team_forecasts, here)
            .where(team_backtests.c.run_id == run_id)
            .order_by(team_forecasts.c.team_name, team_forecasts.c.team_id)
        )
        return [(row[0], row[1], cast(TeamBacktestDoc, unpacked(row[2]))) for row in self.connection.execute(query)]

    def settled(self, rep_id: str | None = None) -> list[Settled]:
        """Return the called periods in scope whose outcome is known, with what was served while they ran.

        Args:
            rep_id: One rep alone; everybody in scope where left out.
        """
        query = select(outcomes).where(self.scope.sees(outcomes.c.rep_id))
        query = query if rep_id is None else query.where(outcomes.c.rep_id == rep_id)
        found = self.connection.execute(query.order_by(*(outcomes.c[name] for name in TARGET))).all()
        return [
            Settled(
                rep_id=row.rep_id,
                period_start=row.period_start,
                period_end=row.period_end,
                metric=row.metric,
                attained=row.attained,
                rows=self._served_rows(row),
            )
            for row in found
        ]

    def _served_rows(self, target: Row[Any]) -> list[tuple[str, dict[str, Any]]]:
        same = and_(*(forecast_rows.c[name] == getattr(target, name) for name in TARGET))
        query = (
            select(snapshots.c.as_of, forecast_rows.c.row)
            .join_from(forecast_rows, snapshots, forecast_rows.c.snapshot_id == snapshots.c.snapshot_id)
            .where(same, snapshots.c.status == SERVED, self.scope.sees(forecast_rows.c.rep_id))
            .order_by(snapshots.c.as_of, snapshots.c.seq)
        )
        return [(row[0], json.loads(row[1])) for row in self.connection.execute(query)]

    def reps(self, run_id: str, rep_ids: Collection[str]) -> dict[str, RepBacktestDoc]:
        """Return the backtests of those of `rep_ids` that are in scope."""
        query = select(rep_backtests.c.rep_id, rep_backtests.c.document).where(
            rep_backtests.c.run_id == run_id,
            rep_backtests.c.rep_id.in_(list(rep_ids)),
            self.scope.sees(rep_backtests.c.rep_id),
        )
        return {row[0]: cast(RepBacktestDoc, unpacked(row[1])) for row in self.connection.execute(query)}
