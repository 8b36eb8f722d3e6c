"""Suggestions over HTTP: answers, approval, what they brought, and with whom to spend the next hour."""

from __future__ import annotations

from fastapi import APIRouter, Request

from service.auth.policy import LeadsPeople, MeasuresCoaching, SeesPeople
from service.coaching.effects import Effects, read_effects
from service.coaching.queue import Queue, read_queue
from service.coaching.repository import FeedbackRepository, IllegalStep
from service.coaching.schemas import Feedback, FeedbackRequest, Step
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of
from service.scorecards.endpoints import note_view
from service.storage.clock import utc_text

router = APIRouter(prefix="/v1", tags=["coaching"])


@router.post("/suggestions/{suggestion_id}/feedback", **documented(Feedback, "Answer a suggestion"))
async def give_feedback(
    suggestion_id: Id, body: FeedbackRequest, request: Request, scope: SeesPeople, context: Context
) -> Feedback:
    """Record what became of a suggestion; sending the same answer again changes nothing."""
    request_id, moment = request_id_of(request.scope), utc_text(context.now())
    answer = await context.storage.write(
        lambda connection: FeedbackRepository(connection, scope).record(
            suggestion_id, body.state, body.reason, request_id=request_id, moment=moment
        )
    )
    if answer is None:
        raise Refused("not-found")
    return answer


@router.post("/suggestions/{suggestion_id}/approve", **documented(Step, "Approve a suggestion", "conflict"))
async def approve(suggestion_id: Id, request: Request, scope: SeesPeople, context: Context) -> Step:
    """Say that a suggestion fits a rep whom the caller leads; a conflict where it has been answered already."""
    request_id, moment = request_id_of(request.scope), utc_text(context.now())
    try:
        step = await context.storage.write(
            lambda connection: FeedbackRepository(connection, scope).approve(
                suggestion_id, request_id=request_id, moment=moment
            )
        )
    except IllegalStep as error:
        raise Refused("conflict") from error
    if step is None:
        raise Refused("not-found")
    return step


@router.get("/coaching/effects", **documented(Effects, "What plays have brought"))
async def coaching_effects(_scope: MeasuresCoaching, context: Context) -> Effects:
    """Return per play how often it was shown and taken up and what may be said about its effect, over all reps."""
    return await context.storage.read(read_effects)


@router.get("/teams/{team_id}/queue", **documented(Queue, "With whom to spend the next hour"))
async def queue(team_id: Id, request: Request, scope: LeadsPeople, context: Context) -> Queue:
    """Return the team's reps whose open play is expected to bring most per hour, at most the tips of a week."""
    found = await context.storage.read(
        lambda connection: read_queue(connection, scope, team_id, context.suggesting.tips_per_week)
    )
    if found is None:
        raise Refused("not-found")
    context.shown.note_queue(scope.person, found)
    for item in found.items:
        note_view(context, scope, request, item.rep_id)
    return found
