"""Calls over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import Connection

from service.auth.policy import SeesPeople
from service.calls.repository import CallRepository
from service.calls.schemas import Call, CallRequest, Calls
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.scorecards.endpoints import note_view

router = APIRouter(prefix="/v1", tags=["calls"])


@router.put("/reps/{rep_id}/calls", **documented(Call, "Call a number for an open period"))
async def put_call(rep_id: Id, body: CallRequest, request: Request, scope: SeesPeople, context: Context) -> Call:
    """Record the caller's own number; it stands beside the forecast and changes nothing of it."""
    request_id = request_id_of(request.scope)
    kept = await context.storage.write(
        lambda connection: CallRepository(connection, scope).record(rep_id, body, request_id=request_id)
    )
    if kept is None:
        raise Refused("not-found")
    return kept


@router.get("/reps/{rep_id}/calls", **documented(Calls, "Calls of a rep"))
async def get_calls(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Calls:
    """Return every call about a rep, newest first, with who called it and when."""

    def read(connection: Connection) -> Calls | None:
        repository = CallRepository(connection, scope)
        return Calls(calls=repository.of(rep_id)) if repository.known(rep_id) else None

    found = await context.storage.read(read)
    if found is None:
        raise Refused("not-found")
    note_view(context, scope, request, rep_id)
    return found
