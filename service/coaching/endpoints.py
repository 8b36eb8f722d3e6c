"""Answers to suggestions over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request

from service.auth.policy import SeesPeople
from service.coaching.repository import FeedbackRepository
from service.coaching.schemas import Feedback, FeedbackRequest
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.http.problems import request_id_of

router = APIRouter(prefix="/v1", tags=["coaching"])


@router.post("/suggestions/{suggestion_id}/feedback", **documented(Feedback, "Answer a suggestion"))
async def give_feedback(
    suggestion_id: Id, body: FeedbackRequest, request: Request, scope: SeesPeople, context: Context
) -> Feedback:
    """Record what became of a suggestion; sending the same answer again changes nothing."""
    request_id = request_id_of(request.scope)
    answer = await context.storage.write(
        lambda connection: FeedbackRepository(connection, scope).record(
            suggestion_id, body.state, body.reason, request_id=request_id
        )
    )
    if answer is None:
        raise Refused("not-found")
    return answer
