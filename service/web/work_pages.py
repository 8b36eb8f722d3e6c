"""The working pages: what-if and 1:1; they read what the API reads, through the same scope."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from features.domain.errors import DataMissing
from service.auth.policy import SeesPeople
from service.auth.principal import Scope
from service.context import Context
from service.errors import Refused
from service.http.language import language_of
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.one_on_one.endpoints import keep_notes, read_agenda
from service.one_on_one.schemas import MOST, Notes
from service.one_on_one.service import monday_of
from service.scorecards.endpoints import note_view
from service.scorecards.repository import ScorecardRepository
from service.scoring.documents import ScorecardDoc
from service.web.forms import fields_of
from service.web.rendering import page, render
from service.web.views import rep as rep_view
from service.web.views.agenda import agenda_page
from service.web.views.whatif import AnswerWords, answer_words, asked_in, levers
from service.whatif.repository import DetailRepository
from service.whatif.schemas import WhatIfRequest
from service.whatif.service import what_if

router = APIRouter(include_in_schema=False)
FORM_FIELDS = 8 + 4 * MOST


@router.get("/reps/{rep_id}/what-if")
async def what_if_page(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show the sliders with the model's answer, or the answer alone for the script that moves them."""
    card = await _card(context, scope, rep_id)
    asked, lang = asked_in(request.query_params), language_of(request)
    found = await _answer(context, scope, rep_id, asked, lang)
    if rep_id != scope.own:
        note_view(context, scope, request, rep_id)
    if "fragment" in request.query_params:
        return render(request, "whatif_answer.html", {"found": found})
    values = {
        "rep_id": rep_id,
        "name": card["rep"]["name"],
        "back": _home(scope, rep_id),
        "levers": levers(card["forecasts"][0], asked, lang) if card["forecasts"] else [],
        "found": found,
    }
    return await page(request, "whatif.html", values, scope=scope)


@router.get("/reps/{rep_id}/one-on-one")
async def one_on_one_page(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show the agenda of a week, ready to be printed."""
    week = _week(request, context)
    card = await _card(context, scope, rep_id)
    found = await context.storage.read(lambda connection: read_agenda(connection, scope, rep_id, week))
    if found is None:
        raise Refused("not-found")
    note_view(context, scope, request, rep_id)
    lang, own = language_of(request), rep_id == scope.own
    headline, lead = rep_view.headline_of(card, lang=lang, own=own)
    view = agenda_page(found, headline, lead, lang=lang, own=own)
    values = {"view": view, "saved": "saved" in request.query_params}
    return await page(request, "agenda.html", values, scope=scope)


@router.post("/reps/{rep_id}/one-on-one")
async def write_one_on_one_form(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Keep what the two wrote into the page."""
    week = _week(request, context).isoformat()
    notes = notes_of(await fields_of(request, most=FORM_FIELDS))
    await keep_notes(context, scope, rep_id, week, notes, request_id=request_id_of(request.scope))
    return RedirectResponse(f"/reps/{quote(rep_id, safe='')}/one-on-one?week={week}&saved=1", 303)


def notes_of(fields: dict[str, str]) -> Notes:
    """Return the notes of a form; agreements without a text are left out.

    Raises:
        Refused: A field does not fit.
    """
    rows = [
        {
            "text": fields[f"text{number}"].strip(),
            "who": fields.get(f"who{number}", "rep"),
            "due": fields.get(f"due{number}") or None,
            "state": fields.get(f"state{number}", "open"),
        }
        for number in range(MOST)
        if fields.get(f"text{number}", "").strip()
    ]
    try:
        return Notes.model_validate(
            {
                "revision": int(fields.get("revision", "0")),
                "idea": fields.get("idea", "").replace("\r\n", "\n"),
                "notes": fields.get("notes", "").replace("\r\n", "\n"),
                "commitments": rows,
                "open_to_line": fields.get("open_to_line") == "yes",
            }
        )
    except (ValidationError, ValueError) as error:
        raise Refused("invalid") from error


async def _card(context: Context, scope: Scope, rep_id: str) -> ScorecardDoc:
    document = await context.storage.read(lambda connection: ScorecardRepository(connection, scope).one(rep_id))
    if document is None:
        raise Refused("not-found")
    found: ScorecardDoc = json.loads(document)
    return found


async def _answer(context: Context, scope: Scope, rep_id: str, asked: WhatIfRequest, lang: str) -> AnswerWords | None:
    kept = await context.storage.read(lambda connection: DetailRepository(connection, scope).one(rep_id))
    if kept is None:
        return None
    try:
        return answer_words(await to_thread.run_sync(what_if, rep_id, *kept, asked), lang)
    except DataMissing:
        return None


def _week(request: Request, context: Context) -> date:
    told = request.query_params.get("week", "")
    try:
        return monday_of(date.fromisoformat(told) if told else context.now().date())
    except ValueError as error:
        raise Refused("invalid", errors=[{"pointer": "/query/week", "code": "date"}]) from error


def _home(scope: Scope, rep_id: str) -> str:
    return "/me" if rep_id == scope.own else f"/reps/{quote(rep_id, safe='')}"
