"""The 1:1 over HTTP: the agenda of a week, and what the two write down."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from service.auth.policy import SeesPeople
from service.auth.principal import Scope
from service.changes.endpoints import read_rep
from service.coaching.repository import FeedbackRepository
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.one_on_one.repository import OneOnOneRepository, StaleRevision
from service.one_on_one.schemas import Agenda, Notes, WeekQuery
from service.one_on_one.service import agenda, monday_of
from service.scorecards.endpoints import note_view
from service.scorecards.repository import ScorecardRepository
from service.scoring.documents import ScorecardDoc

router = APIRouter(prefix="/v1", tags=["coaching"])
WEEK = timedelta(days=7)


@router.get("/reps/{rep_id}/one-on-one", **documented(Agenda, "Agenda of a 1:1"))
async def one_on_one(
    rep_id: Id, request: Request, scope: SeesPeople, context: Context, query: Annotated[WeekQuery, Query()]
) -> Agenda:
    """Return the agenda; notes and commitments are for the two alone unless they opened them."""
    week = monday_of(query.week or context.now().date())
    found = await context.storage.read(lambda connection: read_agenda(connection, scope, rep_id, week))
    if found is None:
        raise Refused("not-found")
    note_view(context, scope, request, rep_id)
    return found


@router.put("/reps/{rep_id}/one-on-one", **documented(Notes, "Write down a 1:1", "conflict"))
async def write_one_on_one(
    *,
    rep_id: Id,
    body: Notes,
    request: Request,
    scope: SeesPeople,
    context: Context,
    query: Annotated[WeekQuery, Query()],
) -> Notes:
    """Replace what the two wrote down in a week; only they can, and only from the revision that stands."""
    week = monday_of(query.week or context.now().date()).isoformat()
    request_id = request_id_of(request.scope)
    return await keep_notes(context, scope, rep_id, week, body, request_id=request_id)


async def keep_notes(context: Context, scope: Scope, rep_id: str, week: str, notes: Notes, *, request_id: str) -> Notes:
    """Keep notes, or refuse: not one of the two, or written from an old revision."""
    try:
        kept = await context.storage.write(
            lambda connection: OneOnOneRepository(connection, scope).write(rep_id, week, notes, request_id=request_id)
        )
    except StaleRevision as error:
        raise Refused("conflict") from error
    if kept is None:
        raise Refused("not-found")
    return kept


def read_agenda(connection: Connection, scope: Scope, rep_id: str, week: date) -> Agenda | None:
    """Return the agenda of a rep in scope, None where there is no scorecard."""
    document = ScorecardRepository(connection, scope).one(rep_id)
    if document is None:
        return None
    card: ScorecardDoc = json.loads(document)
    repository = OneOnOneRepository(connection, scope)
    one_of_two = repository.pair(rep_id) is not None
    notes, last = repository.notes(rep_id, week.isoformat()), repository.last(rep_id, week.isoformat())
    since = last.week if last is not None else (date.fromisoformat(card["as_of"]) - WEEK).isoformat()
    ids = [suggestion["suggestion_id"] for suggestion in card["suggestions"]]
    return agenda(
        card,
        read_rep(connection, scope, rep_id, since),
        FeedbackRepository(connection, scope).standing(ids),
        week=week,
        notes=notes if notes is not None or not one_of_two else Notes(),
        last=last,
        may_write=one_of_two,
    )
