"""Scorecards over HTTP: one's own, one rep's, a team's, and forecasts for scorecards of other systems."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from service.auth.policy import SeesPeople
from service.auth.principal import Scope
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.scorecards.repository import ScorecardRepository
from service.scorecards.schemas import AttachRequest, AttachResponse, PageQuery, Scorecard, TeamScorecards
from service.scorecards.service import attach, join_items

router = APIRouter(prefix="/v1", tags=["scorecards"])
JSON = "application/json"


@router.get("/me/scorecard", **documented(Scorecard, "My scorecard"))
async def my_scorecard(scope: SeesPeople, context: Context) -> Response:
    """Return the caller's own scorecard as it was scored."""
    own = scope.own or ""
    document = _found(await context.storage.read(lambda connection: ScorecardRepository(connection, scope).one(own)))
    context.shown.note(scope.person, own, document, own=True)
    return Response(document, media_type=JSON)


@router.get("/reps/{rep_id}/scorecard", **documented(Scorecard, "Scorecard of a rep"))
async def rep_scorecard(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Return the scorecard of a rep in the caller's scope."""
    document = _found(await context.storage.read(lambda connection: ScorecardRepository(connection, scope).one(rep_id)))
    note_view(context, scope, request, rep_id)
    context.shown.note(scope.person, rep_id, document, own=rep_id == scope.own)
    return Response(document, media_type=JSON)


@router.get("/teams/{team_id}/scorecards", **documented(TeamScorecards, "Scorecards of a team"))
async def team_scorecards(
    team_id: Id,
    request: Request,
    scope: SeesPeople,
    context: Context,
    page: Annotated[PageQuery, Query()],
) -> Response:
    """Return scorecards of the team's reps that are in the caller's scope, in order of their ids."""
    found = await context.storage.read(
        lambda connection: ScorecardRepository(connection, scope).of_team(
            team_id, after=page.after, limit=page.limit + 1
        )
    )
    if not found and not page.after:
        raise Refused("not-found")
    items, cursor = found[: page.limit], found[page.limit - 1][0] if len(found) > page.limit else None
    for rep_id, document in items:
        note_view(context, scope, request, rep_id)
        context.shown.note(scope.person, rep_id, document, own=rep_id == scope.own)
    return Response(join_items({"team_id": team_id}, [document for _, document in items], cursor), media_type=JSON)


@router.post("/scorecards/attach", **documented(AttachResponse, "Attach forecasts to scorecards of another system"))
async def attach_forecasts(body: AttachRequest, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Return scorecards as they were sent, each with forecast, drivers and suggestions of its rep, or a reason."""
    wanted = {card.rep_id for card in body.scorecards}
    stored = await context.storage.read(lambda connection: ScorecardRepository(connection, scope).many(wanted))
    for rep_id in stored:
        note_view(context, scope, request, rep_id)
    results = attach(body.scorecards, stored)
    for rep_id in {card.rep_id for card, found in zip(body.scorecards, results, strict=True) if found["attached"]}:
        context.shown.note(scope.person, rep_id, stored[rep_id], own=rep_id == scope.own)
    answer = json.dumps({"results": results}, ensure_ascii=False, allow_nan=False)
    return Response(answer.encode(), media_type=JSON)


def note_view(context: Context, scope: Scope, request: Request, rep_id: str) -> None:
    """Remember that somebody looked at another person's forecast; looking at one's own is nobody's business."""
    if rep_id != scope.own:
        context.views.note(scope.person, f"rep:{rep_id}", request_id_of(request.scope))


def _found(document: bytes | None) -> bytes:
    if document is None:
        raise Refused("not-found")
    return document
