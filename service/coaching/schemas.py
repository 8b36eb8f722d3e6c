"""What the routes of suggestions take and answer."""

from __future__ import annotations

from pydantic import BaseModel, Field

from service.coaching.lifecycle import Answer, State
from service.http.parameters import NO_NUL
from service.scorecards.schemas import Strict

LONGEST_REASON = 500


class FeedbackRequest(Strict):
    """What became of a suggestion."""

    state: Answer
    reason: str | None = Field(
        default=None, max_length=LONGEST_REASON, pattern=NO_NUL, description="Why, in the person's own words."
    )


class Feedback(BaseModel):
    """The answer that stands."""

    suggestion_id: str
    state: Answer
    reason: str | None
    recorded_at: str


class Step(BaseModel):
    """The state that a suggestion is in, since when."""

    suggestion_id: str
    state: State
    reason: str | None
    recorded_at: str
