"""What the feedback route takes and answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from service.http.parameters import NO_NUL
from service.scorecards.schemas import Strict

State = Literal["done", "later", "not_useful"]


class FeedbackRequest(Strict):
    """What became of a suggestion."""

    state: State
    reason: str | None = Field(
        default=None, max_length=500, pattern=NO_NUL, description="Why, in the person's own words."
    )


class Feedback(BaseModel):
    """The answer that stands."""

    suggestion_id: str
    state: State
    reason: str | None
    recorded_at: str
