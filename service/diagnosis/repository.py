"""Stored diagnoses of the current snapshot, read through the scope of whoever asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, select

from models.diagnosis.documents import DiagnosisDoc
from service.auth.principal import Scope
from service.scorecards.repository import CURRENT
from service.scoring.detail_docs import RepDetailDoc
from service.scoring.documents import TeamForecastDoc
from service.storage.snapshots import unpacked
from service.storage.tables import rep_details, team_forecasts


@dataclass(frozen=True)
class DiagnosisRepository:
    """Reads diagnoses.

    Attributes:
        connection: An open connection.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def of_rep(self, rep_id: str) -> DiagnosisDoc | None:
        """Return a rep's diagnosis; None if there is none or the rep is out of scope."""
        query = select(rep_details.c.document).where(
            rep_details.c.snapshot_id == CURRENT,
            rep_details.c.rep_id == rep_id,
            self.scope.sees(rep_details.c.rep_id),
        )
        found = self.connection.execute(query).scalar_one_or_none()
        return None if found is None else cast(RepDetailDoc, unpacked(found)).get("diagnosis")

    def of_team(self, team_id: str) -> DiagnosisDoc | None:
        """Return a team's diagnosis; None if there is none or the caller does not see every member."""
        query = select(team_forecasts.c.document).where(
            team_forecasts.c.snapshot_id == CURRENT,
            team_forecasts.c.team_id == team_id,
            self.scope.sees_team(team_forecasts.c.snapshot_id, team_forecasts.c.team_id),
        )
        found = self.connection.execute(query).scalar_one_or_none()
        return None if found is None else cast(TeamForecastDoc, json.loads(found)).get("diagnosis")
