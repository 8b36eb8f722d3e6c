"""The pages that tell where a gap comes from; they read what the API reads, through the same scope."""

from __future__ import annotations

import json
from urllib.parse import quote

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from models.diagnosis.documents import DiagnosisDoc
from service.auth.policy import SeesPeople
from service.auth.principal import Scope
from service.context import Context
from service.diagnosis.repository import DiagnosisRepository
from service.errors import Refused
from service.forecasts.repository import ForecastRepository
from service.http.language import language_of
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.scorecards.endpoints import note_view
from service.scorecards.repository import ScorecardRepository
from service.web.rendering import page
from service.web.texts import say
from service.web.views.diagnosis import diagnosis_page

router = APIRouter(include_in_schema=False)


@router.get("/reps/{rep_id}/diagnosis")
async def rep_diagnosis(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show where a rep's gap comes from."""
    name, document = await context.storage.read(lambda connection: _of_rep(connection, scope, rep_id))
    note_view(context, scope, request, rep_id)
    own = rep_id == scope.own
    home = "/me" if own else f"/reps/{quote(rep_id, safe='')}"
    return await _page(request, scope, document, name=name, own=own, home=home)


@router.get("/teams/{team_id}/diagnosis")
async def team_diagnosis(team_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show where a team's gap comes from."""
    name, document = await context.storage.read(lambda connection: _of_team(connection, scope, team_id))
    context.views.note(scope.person, f"team:{team_id}", request_id_of(request.scope))
    home = f"/teams/{quote(team_id, safe='')}"
    return await _page(request, scope, document, name=name, own=False, home=home)


async def _page(
    request: Request, scope: Scope, document: DiagnosisDoc | None, *, name: str, own: bool, home: str
) -> Response:
    lang = language_of(request)
    if document is None:
        values = {"title": say("diagnosis.open", lang), "detail": say("diagnosis.none", lang), "home": home}
        return await page(request, "no_diagnosis.html", {**values, "name": name}, scope=scope)
    view = diagnosis_page(document, name=name, own=own, lang=lang)
    return await page(request, "diagnosis.html", {"view": view, "name": name, "own": own, "home": home}, scope=scope)


def _of_rep(connection: Connection, scope: Scope, rep_id: str) -> tuple[str, DiagnosisDoc | None]:
    card = ScorecardRepository(connection, scope).one(rep_id)
    if card is None:
        raise Refused("not-found")
    return str(json.loads(card)["rep"]["name"]), DiagnosisRepository(connection, scope).of_rep(rep_id)


def _of_team(connection: Connection, scope: Scope, team_id: str) -> tuple[str, DiagnosisDoc | None]:
    total = ForecastRepository(connection, scope).team(team_id)
    if total is None:
        raise Refused("not-found")
    document = json.loads(total)
    return str(document["team_name"]), document.get("diagnosis")
