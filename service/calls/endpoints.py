"""Calls over HTTP: give a number, and read what was given."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from service.auth.policy import SeesPeople
from service.auth.principal import Scope
from service.calls.repository import CallRepository, Stamp
from service.calls.schemas import Call, CallRequest, Calls, CallsQuery
from service.calls.service import period_called
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.scorecards.endpoints import note_view
from service.scorecards.repository import ScorecardRepository
from service.scoring.documents import ScorecardDoc
from service.storage.clock import utc_text

router = APIRouter(prefix="/v1", tags=["forecasts"])


@router.get("/reps/{rep_id}/calls", **documented(Calls, "People's own numbers for a rep"))
async def calls_of_rep(
    rep_id: Id, request: Request, scope: SeesPeople, context: Context, page: Annotated[CallsQuery, Query()]
) -> Calls:
    """Return the numbers given for a rep in the caller's scope, newest first."""
    found = await context.storage.read(lambda connection: read_calls(connection, scope, rep_id, page))
    if found is None:
        raise Refused("not-found")
    note_view(context, scope, request, rep_id)
    return found


@router.put("/reps/{rep_id}/calls", **documented(Call, "Give one's own number for a rep's period"))
async def give_call(rep_id: Id, body: CallRequest, request: Request, scope: SeesPeople, context: Context) -> Call:
    """Keep the number of the rep, or of somebody who leads them; the same number again changes nothing."""
    return await keep_call(context, scope, rep_id, body, request_id=request_id_of(request.scope))


async def keep_call(context: Context, scope: Scope, rep_id: str, given: CallRequest, *, request_id: str) -> Call:
    """Keep a number, or refuse: the rep is not the caller's to speak about, or no such period is running.

    Raises:
        Refused: One of both.
    """
    moment = utc_text(context.now())

    def keep(connection: Connection) -> Call | None:
        card = _card(connection, scope, rep_id)
        repository = CallRepository(connection, scope)
        if card is None or repository.side(rep_id) is None:
            return None
        forecast = period_called(card, given)
        if forecast is None:
            raise Refused("invalid", errors=[{"pointer": "/body/period_start", "code": "not_running"}])
        return repository.record(rep_id, forecast, given, Stamp(card["as_of"], moment, request_id))

    kept = await context.storage.write(keep)
    if kept is None:
        raise Refused("not-found")
    return kept


def read_calls(connection: Connection, scope: Scope, rep_id: str, page: CallsQuery) -> Calls | None:
    """Return the numbers given for a rep in scope, None where there is no scorecard."""
    card = _card(connection, scope, rep_id)
    if card is None:
        return None
    repository = CallRepository(connection, scope)
    found = repository.history(rep_id, before=page.before, limit=page.limit + 1)
    running = {forecast["period_start"] for forecast in card["forecasts"]}
    return Calls(
        rep_id=rep_id,
        standing=repository.standing(rep_id, running),
        items=found[: page.limit],
        next=found[page.limit - 1].call_id if len(found) > page.limit else None,
    )


def _card(connection: Connection, scope: Scope, rep_id: str) -> ScorecardDoc | None:
    document = ScorecardRepository(connection, scope).one(rep_id)
    if document is None:
        return None
    card: ScorecardDoc = json.loads(document)
    return card
