"""Kept backtests, read through the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, and_, select

from models.accuracy.documents import BacktestDoc, RepBacktestDoc, TeamBacktestDoc
from service.accuracy.schemas import Missing, Run
from service.auth.principal import Scope
from service.scorecards.repository import CURRENT
from service.storage.snapshots import unpacked
from service.storage.tables import backtests, rep_backtests, snapshots, team_backtests, team_forecasts


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

    def reps(self, run_id: str, rep_ids: Collection[str]) -> dict[str, RepBacktestDoc]:
        """Return the backtests of those of `rep_ids` that are in scope."""
        query = select(rep_backtests.c.rep_id, rep_backtests.c.document).where(
            rep_backtests.c.run_id == run_id,
            rep_backtests.c.rep_id.in_(list(rep_ids)),
            self.scope.sees(rep_backtests.c.rep_id),
        )
        return {row[0]: cast(RepBacktestDoc, unpacked(row[1])) for row in self.connection.execute(query)}
