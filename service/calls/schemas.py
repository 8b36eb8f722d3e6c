"""What the routes of calls take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from service.http.parameters import NO_NUL
from service.scorecards.schemas import Strict

LARGEST = 1e15
"""Amounts beyond it are slips of the keyboard."""


class CallRequest(Strict):
    """Somebody's own number for an open period."""

    period_start: Annotated[date, Field(strict=False)]
    period_end: Annotated[date, Field(strict=False)]
    metric: str = Field(default="revenue", min_length=1, max_length=100, pattern=NO_NUL)
    amount: Annotated[
        float, Field(strict=False, ge=-LARGEST, le=LARGEST, description="Total of the period, currency of its quota.")
    ]
    note: str = Field(default="", max_length=1000, pattern=r"^[^\x00]*$", description="Why.")


class Call(BaseModel):
    """A call as it was recorded."""

    rep_id: str
    period_start: str
    period_end: str
    metric: str
    amount: float
    note: str
    by: str = Field(description="Name of the person who called it.")
    recorded_at: str


class Calls(BaseModel):
    """Calls of a rep, newest first."""

    calls: list[Call]
