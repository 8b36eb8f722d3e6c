"""What changed, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from service.auth.policy import SeesPeople
from service.auth.principal import Scope
from service.changes.repository import LedgerRepository
from service.changes.schemas import Changes, SinceQuery
from service.changes.service import rep_changes, team_changes
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.scorecards.endpoints import note_view

router = APIRouter(prefix="/v1", tags=["forecasts"])


@router.get("/reps/{rep_id}/changes", **documented(Changes, "What changed in a rep's forecast"))
async def changes_of_rep(
    rep_id: Id, request: Request, scope: SeesPeople, context: Context, query: Annotated[SinceQuery, Query()]
) -> Changes:
    """Return the move between two forecasts of the current period in lines that add up to it."""
    since = query.since.isoformat()
    found = await context.storage.read(lambda connection: read_rep(connection, scope, rep_id, since))
    if found is None:
        raise Refused("not-found")
    note_view(context, scope, request, rep_id)
    return found


@router.get("/teams/{team_id}/changes", **documented(Changes, "What changed in a team's forecast"))
async def changes_of_team(
    team_id: Id, request: Request, scope: SeesPeople, context: Context, query: Annotated[SinceQuery, Query()]
) -> Changes:
    """Return the move of the sum of a team's members, all of whom the caller may see, in currency."""
    since = query.since.isoformat()
    found = await context.storage.read(lambda connection: read_team(connection, scope, team_id, since))
    if found is None:
        raise Refused("not-found")
    return found


def read_rep(connection: Connection, scope: Scope, rep_id: str, since: str) -> Changes | None:
    """Return what changed for a rep in scope, None where there is nothing to compare."""
    repository = LedgerRepository(connection, scope)
    return rep_changes(repository, repository.keys(), rep_id, since)


def read_team(connection: Connection, scope: Scope, team_id: str, since: str) -> Changes | None:
    """Return what changed for a team in scope, None where there is nothing to compare."""
    repository = LedgerRepository(connection, scope)
    keys = repository.keys()
    members = repository.members(keys[-1].snapshot_id, team_id) if keys else []
    return team_changes(repository, keys, team_id, members, since) if members else None
