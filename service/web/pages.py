"""The pages: team review, rep, status, sign-in; they read what the API reads, through the same scope."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from features.domain.vocabulary import Role
from service.accuracy.endpoints import read_rep_accuracy
from service.accuracy.repository import AccuracyRepository, Served
from service.auth.policy import SeesPeople, SignedIn
from service.auth.principal import Scope
from service.calls.repository import CallRepository
from service.changes.endpoints import read_rep, read_team
from service.coaching.queue import Queue, read_queue
from service.coaching.repository import FeedbackRepository
from service.context import Context, context_of
from service.errors import Problem, Refused
from service.forecasts.repository import ForecastRepository
from service.http.language import language_of
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.jobs.diary import Entry, read_diary
from service.jobs.drift_note import DriftNote, read_drift_note
from service.scorecards.repository import ScorecardRepository
from service.scoring.documents import ScorecardDoc, TeamForecastDoc
from service.web.rendering import freshness_of, page, render
from service.web.repository import last_import_at, last_imports, last_snapshots, newest_faults, served_as_of
from service.web.texts import pick
from service.web.views.accuracy import reliability
from service.web.views.calls import call_block
from service.web.views.changes import change_block
from service.web.views.coaching import queue_block
from service.web.views.overview import team_cards
from service.web.views.past import past_rows
from service.web.views.rep import rep_page
from service.web.views.status import status_page
from service.web.views.team import team_page
from service.web.views.wording import has_numbers

router = APIRouter(include_in_schema=False)
WEEK = timedelta(days=7)


@router.get("/")
async def start(request: Request, scope: SignedIn) -> Response:
    """Send each person to where their work begins."""
    starts = {Role.REP: "/me", Role.DATA_SCIENTIST: "/status"}
    return RedirectResponse(f"{starts.get(scope.principal.role, '/team')}?lang={language_of(request)}", 303)


@router.get("/team")
async def teams(request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show the caller's team, or the list of teams where there are several."""
    found = await context.storage.read(lambda connection: ForecastRepository(connection, scope).teams())
    if len(found) == 1:
        return await _team(request, found[0][0], scope, context)
    if not found:
        return await _empty(request, scope, context)
    lang = language_of(request)
    cards = team_cards(found, lang=lang)
    return await page(request, "teams.html", {"cards": cards}, scope=scope)


@router.get("/teams/{team_id}")
async def team(team_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show one team."""
    return await _team(request, team_id, scope, context)


@router.get("/me")
async def me(request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show the caller their own page."""
    if scope.own is None:
        return RedirectResponse("/team", 303)
    return await _rep(request, scope.own, scope, context)


@router.get("/reps/{rep_id}")
async def rep(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> Response:
    """Show a rep in the caller's scope."""
    return await _rep(request, rep_id, scope, context)


@router.get("/status")
async def status(request: Request, scope: SignedIn, context: Context) -> Response:
    """Show what was imported, scored and served."""
    imports, snapshots, faults = await context.storage.read(
        lambda connection: (last_imports(connection), last_snapshots(connection), newest_faults(connection))
    )
    fresh = await context.storage.read(lambda connection: freshness_of(request, connection))
    runs = await to_thread.run_sync(_worker_runs, context.settings.database)
    drift = await to_thread.run_sync(_last_look, context.settings.database)
    view = status_page(imports, snapshots, fresh, lang=language_of(request), runs=runs, drift=drift, faults=faults)
    return await page(request, "status.html", {"view": view}, scope=scope)


def _worker_runs(database: Path | str) -> list[Entry]:
    """Return the worker's runs; its diary lies in the home folder, of which a database elsewhere knows nothing."""
    return read_diary(database) if isinstance(database, Path) else []


def _last_look(database: Path | str) -> DriftNote | None:
    """Return what `paceline monitor` last found; it lies beside the worker's diary."""
    return read_drift_note(database) if isinstance(database, Path) else None


def problem_page(request: Request, problem: Problem, *, lang: str, request_id: str) -> Response:
    """Return the page for a problem; it reads nothing, so that it can be shown when nothing can be read."""
    values = {
        "title": pick(problem.title, lang),
        "detail": pick(problem.detail, lang),
        "gone": problem.status == 404,
        "request_id": "" if problem.status == 404 else request_id,
    }
    return render(request, "problem.html", values, status=problem.status)


async def _team(request: Request, team_id: str, scope: Scope, context: Context) -> Response:
    cards, total, before = await context.storage.read(lambda connection: _read_team(connection, scope, team_id))
    since = _week_before(cards[0]["as_of"]) if cards else ""
    changed = await context.storage.read(lambda connection: read_team(connection, scope, team_id, since))
    if not cards or scope.principal.role is Role.REP:
        raise Refused("not-found")
    for card in cards:
        if card["rep"]["rep_id"] != scope.own:
            context.views.note(scope.person, f"rep:{card['rep']['rep_id']}", request_id_of(request.scope))
    view = team_page(
        total,
        cards,
        before,
        team_id=team_id,
        lang=language_of(request),
        wide_points=context.settings.wide_points,
    )
    queue = await context.storage.read(lambda connection: _queue(request, connection, scope, team_id))
    if queue is not None:
        context.shown.note_queue(scope.person, queue)
    values = {
        "view": view,
        "changed": change_block(changed, language_of(request)),
        "queue": None if queue is None else queue_block(queue, language_of(request)),
    }
    return await page(request, "team.html", values, scope=scope)


def _queue(request: Request, connection: Connection, scope: Scope, team_id: str) -> Queue | None:
    """Return the manager's queue, None while the data is too old for suggestions."""
    if freshness_of(request, connection).hides:
        return None
    return read_queue(connection, scope, team_id, context_of(request).suggesting.tips_per_week)


def _read_team(
    connection: Connection, scope: Scope, team_id: str
) -> tuple[list[ScorecardDoc], TeamForecastDoc | None, dict[str, list[dict[str, Any]]]]:
    forecasts = ForecastRepository(connection, scope)
    found = ScorecardRepository(connection, scope).of_team(team_id)
    cards: list[ScorecardDoc] = [json.loads(document) for _, document in found]
    total = forecasts.team(team_id)
    as_of = served_as_of(connection)
    before = forecasts.week_before([rep_id for rep_id, _ in found], _week_before(as_of)) if as_of else {}
    return cards, json.loads(total) if total else None, before


def _week_before(as_of: str) -> str:
    return (date.fromisoformat(as_of) - WEEK).isoformat()


async def _rep(request: Request, rep_id: str, scope: Scope, context: Context) -> Response:
    document = await context.storage.read(lambda connection: ScorecardRepository(connection, scope).one(rep_id))
    if document is None:
        if rep_id == scope.own:
            return await _empty(request, scope, context, scored_state="no_card")
        raise Refused("not-found")
    card: ScorecardDoc = json.loads(document)
    ids = [suggestion["suggestion_id"] for suggestion in card["suggestions"]]
    since = _week_before(card["as_of"])
    answers, approved, fresh, changed = await context.storage.read(
        lambda connection: (
            FeedbackRepository(connection, scope).standing(ids),
            FeedbackRepository(connection, scope).approved(ids),
            freshness_of(request, connection),
            read_rep(connection, scope, rep_id, since),
        )
    )
    own = rep_id == scope.own
    if not own:
        context.views.note(scope.person, f"rep:{rep_id}", request_id_of(request.scope))
    if not fresh.hides:
        context.shown.note(scope.person, rep_id, document, own=own)
    wide = context.settings.wide_points
    view = rep_page(
        card,
        answers,
        lang=language_of(request),
        own=own,
        paused=fresh.hides,
        wide_points=wide,
        changed=changed,
        approved=approved,
    )
    beside = await context.storage.read(lambda connection: _beside(connection, scope, card, language_of(request)))
    values = {"view": view, **beside, "kept": "kept" in request.query_params}
    return await page(request, "rep.html", values, scope=scope)


def _beside(connection: Connection, scope: Scope, card: ScorecardDoc, lang: str) -> dict[str, object]:
    """Return what stands beside the first forecast: people's own numbers, and how good it was in the past."""
    forecast = card["forecasts"][0] if card["forecasts"] else None
    if forecast is None or not has_numbers(forecast):
        return {"call": None, "reliability": "", "past": []}
    rep_id, calls = card["rep"]["rep_id"], CallRepository(connection, scope)
    standing = calls.standing(rep_id, [forecast["period_start"]])
    block = call_block(forecast, standing, may_give=calls.side(rep_id) is not None, lang=lang)
    served = AccuracyRepository(connection, scope).served()
    if not isinstance(served, Served):
        return {"call": block, "reliability": "", "past": []}
    past = past_rows(read_rep_accuracy(connection, scope, rep_id), currency=forecast["currency"], lang=lang)
    held = reliability(served.document["lines"], served.run.served, forecast["elapsed"], lang)
    return {"call": block, "reliability": held, "past": past}


async def _empty(request: Request, scope: Scope, context: Context, *, scored_state: str = "no_team") -> Response:
    imported, scored = await context.storage.read(
        lambda connection: (last_import_at(connection), served_as_of(connection))
    )
    state = scored_state if scored else "unscored" if imported else "empty"
    return await page(request, "empty.html", {"state": state}, scope=scope)
