"""What the what-if route takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from service.http.documentation import model_of
from service.http.parameters import NO_NUL
from service.scorecards.schemas import Strict
from service.scoring.documents import Text

Sentence = model_of(Text)


class DealLever(Strict):
    """What becomes of one open deal."""

    deal_id: str = Field(min_length=1, max_length=200, pattern=NO_NUL, description="Id of an open deal of the rep.")
    outcome: Literal["won", "lost", "moved"] = Field(description="Won or lost now, or expected on another day.")
    to: Annotated[date, Field(strict=False)] | None = Field(default=None, description="New expected close, if moved.")

    @model_validator(mode="after")
    def _moved_needs_a_day(self) -> DealLever:
        if (self.outcome == "moved") != (self.to is not None):
            raise ValueError("`to` is the new day of a moved deal, and of no other")
        return self


class WhatIfRequest(Strict):
    """Levers; what is left out stays as it is."""

    pipeline: float = Field(default=0.0, ge=-1e12, le=1e12, description="Currency added to the open pipeline.")
    meetings: float = Field(default=0.0, ge=-50, le=50, description="Activities added per week.")
    win_points: float = Field(default=0.0, ge=-50, le=50, description="Percentage points added to the win rate.")
    size_percent: float = Field(default=0.0, ge=-90, le=200, description="Percent added to the amounts of deals.")
    quota: float | None = Field(default=None, gt=0, le=1e15, description="Another quota.")
    deals: list[DealLever] = Field(default_factory=list, max_length=20, description="Single deals.")
    aim: float = Field(default=0.8, gt=0, lt=1, description="Chance for which the pipeline needed is asked.")


class Outcome(BaseModel):
    """One forecast, currency; shares of quota can be had by dividing."""

    p10: float
    p50: float
    p90: float
    mean: float
    p_attain: float | None = Field(description="Chance of meeting the quota; null without one.")


class Needed(BaseModel):
    """Pipeline that must be added for the chance that was aimed for; null where even many deals are not enough."""

    chance: float
    pipeline: float | None
    deals: int | None


class WhatIfAnswer(BaseModel):
    """The model's response, not a promise."""

    rep_id: str
    as_of: str
    period_start: str
    period_end: str
    currency: str
    quota: float | None
    base: Outcome
    changed: Outcome
    points: float | None = Field(description="Change of the middle in points of the quota; null without one.")
    needed: Needed | None = Field(description="Null without a quota.")
    label: Sentence  # type: ignore[valid-type]  # made from the contract when the module loads
    notes: list[Sentence] = Field(description="Levers that could not be answered, and why.")  # type: ignore[valid-type]
