"""Diagnosis over HTTP."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from models.diagnosis.documents import DiagnosisDoc
from service.auth.policy import SeesPeople
from service.context import Context
from service.diagnosis.repository import DiagnosisRepository
from service.diagnosis.schemas import Diagnosis
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.scorecards.endpoints import note_view

router = APIRouter(prefix="/v1", tags=["forecasts"])


@router.get("/reps/{rep_id}/diagnosis", **documented(Diagnosis, "Where a rep's expected miss comes from"))
async def diagnosis_of_rep(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Return the miss in causes, how hard the quota is, the funnel, and what the top quarter does differently."""
    found = await context.storage.read(lambda connection: DiagnosisRepository(connection, scope).of_rep(rep_id))
    if found is not None:
        note_view(context, scope, request, rep_id)
    return _answer(found)


@router.get("/teams/{team_id}/diagnosis", **documented(Diagnosis, "Where a team's expected miss comes from"))
async def diagnosis_of_team(team_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Return the same for a team all of whose members the caller may see, and which training would pay most."""
    found = await context.storage.read(lambda connection: DiagnosisRepository(connection, scope).of_team(team_id))
    if found is not None:
        context.views.note(scope.person, f"team:{team_id}", request_id_of(request.scope))
    return _answer(found)


def _answer(found: DiagnosisDoc | None) -> Response:
    if found is None:
        raise Refused("not-found")
    return Response(json.dumps(found, ensure_ascii=False, allow_nan=False).encode(), media_type="application/json")
