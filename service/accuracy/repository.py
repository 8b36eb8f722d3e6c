"""Stored backtests, calls and outcomes, read through the scope of whoever asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, select

from models.bundle.accuracy import AccuracyDoc
from service.accuracy.service import JudgedCall, outcome_key
from service.auth.principal import Scope
from service.scorecards.repository import CURRENT
from service.storage.tables import accuracies, calls, forecast_rows, outcomes, snapshots, team_forecasts

TARGET = ("rep_id", "period_start", "period_end", "metric")


@dataclass(frozen=True)
class AccuracyRepository:
    """Reads how good forecasts were.

    Attributes:
        connection: An open connection.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def served(self) -> tuple[str, AccuracyDoc | None] | None:
        """Return the version of the served model and its backtest, None before the first forecast."""
        query = (
            select(snapshots.c.model_version, accuracies.c.document)
            .outerjoin(accuracies, accuracies.c.bundle_sha == snapshots.c.bundle_sha)
            .where(snapshots.c.snapshot_id == CURRENT)
        )
        row = self.connection.execute(query).first()
        if row is None:
            return None
        document: AccuracyDoc | None = None if row.document is None else json.loads(row.document)
        return str(row.model_version), document

    def teams(self) -> dict[str, str]:
        """Return the teams whose total is in scope, with their names."""
        seen = self.scope.sees_team(team_forecasts.c.snapshot_id, team_forecasts.c.team_id)
        named = select(team_forecasts.c.team_id, team_forecasts.c.team_name)
        query = named.where(team_forecasts.c.snapshot_id == CURRENT, seen)
        return {row.team_id: row.team_name for row in self.connection.execute(query)}

    def judged_calls(self) -> list[JudgedCall]:
        """Return the calls in scope whose period has settled, oldest first; those without a quota are left out."""
        came = and_(*(outcomes.c[name] == calls.c[name] for name in TARGET))
        told = and_(
            forecast_rows.c.snapshot_id == calls.c.snapshot_id,
            *(forecast_rows.c[name] == calls.c[name] for name in TARGET),
        )
        query = (
            select(calls, outcomes.c.attained, forecast_rows.c.row)
            .join(outcomes, came)
            .join(forecast_rows, told)
            .where(self.scope.sees(calls.c.rep_id))
            .order_by(calls.c.call_id)
        )
        found = []
        for row in self.connection.execute(query):
            served = json.loads(row.row)
            if served["quota"] is None or served["quota"] <= 0:
                continue
            found.append(
                JudgedCall(
                    who=row.actor,
                    target=outcome_key(row._asdict()),
                    called_on=_day(row.recorded_at),
                    amount=row.amount,
                    middle=served.get("q50"),
                    quota=float(served["quota"]),
                    attained=row.attained,
                )
            )
        return found


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).date()
