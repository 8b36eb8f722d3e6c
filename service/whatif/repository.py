"""What is kept beside scorecards of the current snapshot, read through the scope of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, select

from service.auth.principal import Scope
from service.scorecards.repository import CURRENT
from service.scoring.detail_docs import RepDetailDoc
from service.storage.snapshots import unpacked
from service.storage.tables import rep_details, snapshot_details


@dataclass(frozen=True)
class DetailRepository:
    """Reads details.

    Attributes:
        connection: An open connection.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def one(self, rep_id: str) -> tuple[RepDetailDoc, dict[str, Any] | None] | None:
        """Return a rep's details and what all reps share; None if there are none or the rep is out of scope."""
        query = (
            select(rep_details.c.document, snapshot_details.c.document)
            .select_from(rep_details)
            .outerjoin(snapshot_details, snapshot_details.c.snapshot_id == rep_details.c.snapshot_id)
            .where(
                rep_details.c.snapshot_id == CURRENT,
                rep_details.c.rep_id == rep_id,
                self.scope.sees(rep_details.c.rep_id),
            )
        )
        row = self.connection.execute(query).first()
        if row is None:
            return None
        return cast(RepDetailDoc, unpacked(row[0])), None if row[1] is None else unpacked(row[1])
