"""What the routes of calls take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.http.parameters import NO_NUL
from service.scorecards.schemas import Strict

Category = Literal["most_likely", "commit", "best_case", "worst_case"]
Side = Literal["rep", "manager"]
CATEGORIES: tuple[Category, ...] = ("most_likely", "commit", "best_case", "worst_case")
SIDES: tuple[Side, ...] = ("rep", "manager")
LARGEST = 1e15
"""Amounts beyond this are no sales."""


class CallRequest(Strict):
    """One's own number for a running period."""

    amount: float = Field(ge=0.0, le=LARGEST, description="Attained by the end of the period, in its currency.")
    category: Category = Field(
        default="most_likely",
        description="`most_likely`; `commit`: surely reached; `best_case`, `worst_case`: hardly beyond.",
    )
    note: str = Field(default="", max_length=500, pattern=NO_NUL, description="Why, in the person's own words.")
    period_start: Annotated[date, Field(strict=False)] | None = Field(
        default=None, description="First day; left out: the period that the scorecard shows first."
    )
    period_end: Annotated[date, Field(strict=False)] | None = Field(default=None, description="Last day.")
    metric: str | None = Field(default=None, max_length=100, pattern=NO_NUL, description="Measure, e.g. `revenue`.")


class Call(BaseModel):
    """One number as it was given; never changed afterwards."""

    call_id: int
    rep_id: str
    period_start: str
    period_end: str
    metric: str
    category: Category
    amount: float
    currency: str
    note: str
    side: Side = Field(description="Whether the rep gave it, or somebody who leads them.")
    by: str | None = Field(description="Name of who gave it; null once they are no user any more.")
    as_of: str = Field(description="Day to which the forecast knew the facts that stood beside it.")
    recorded_at: str


class CallsQuery(BaseModel):
    """Which part of the history."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200, description="At most so many numbers.")
    before: int | None = Field(default=None, ge=1, le=2**31 - 1, description="`next` of the page before.")


class Calls(BaseModel):
    """The numbers given for a rep, newest first."""

    rep_id: str
    standing: list[Call] = Field(description="The newest per running period, measure, category and side.")
    items: list[Call]
    next: int | None = Field(description="Send as `before` for the next page; null on the last.")
