"""Forecast history of a rep and the forecast of a team over HTTP."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from service.auth.policy import SeesPeople
from service.context import Context
from service.errors import Refused
from service.forecasts.repository import ForecastRepository
from service.forecasts.schemas import ForecastHistory, PastPageQuery, TeamForecast
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of

router = APIRouter(prefix="/v1", tags=["forecasts"])


@router.get("/reps/{rep_id}/forecasts", **documented(ForecastHistory, "Forecast snapshots of a rep"))
async def rep_forecasts(
    rep_id: Id, request: Request, scope: SeesPeople, context: Context, page: Annotated[PastPageQuery, Query()]
) -> Response:
    """Return what was forecast for a rep, snapshot by snapshot, newest first."""
    found = await context.storage.read(
        lambda connection: ForecastRepository(connection, scope).history(
            rep_id, before=page.before, limit=page.limit + 1
        )
    )
    if not found and page.before is None:
        raise Refused("not-found")
    if rep_id != scope.own:
        context.views.note(scope.person, f"rep:{rep_id}", request_id_of(request.scope))
    cursor = found[page.limit - 1][0] if len(found) > page.limit else None
    body = {"rep_id": rep_id, "items": [item for _, item in found[: page.limit]], "next": cursor}
    return Response(json.dumps(body, ensure_ascii=False).encode(), media_type="application/json")


@router.get("/teams/{team_id}/forecast", **documented(TeamForecast, "Forecast of a team"))
async def team_forecast(team_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Return the forecast of a team all of whose members the caller may see."""
    document = await context.storage.read(lambda connection: ForecastRepository(connection, scope).team(team_id))
    if document is None:
        raise Refused("not-found")
    context.views.note(scope.person, f"team:{team_id}", request_id_of(request.scope))
    return Response(document, media_type="application/json")
