"""What the scorecard routes take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.http.documentation import model_of
from service.http.parameters import NO_NUL
from service.scoring.documents import ForecastDoc, ScorecardDoc, SuggestionDoc, Text

Scorecard = model_of(ScorecardDoc)
Forecast = model_of(ForecastDoc)
Suggestion = model_of(SuggestionDoc)
Sentence = model_of(Text)

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]


class Strict(BaseModel):
    """Base of everything that is taken in: no coercion, no unknown members, no NaN."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class ForeignScorecard(Strict):
    """A scorecard of another system; its KPIs may be anything."""

    rep_id: Name = Field(description="The rep, by the id that was imported.")
    period_start: Annotated[date, Field(strict=False)] | None = Field(default=None, description="First day, if known.")
    period_end: Annotated[date, Field(strict=False)] | None = Field(default=None, description="Last day, if known.")
    kpis: dict[str, JsonValue] = Field(default_factory=dict, description="Any names, any JSON values.")
    attributes: dict[str, JsonValue] = Field(default_factory=dict, description="Anything else to carry along.")


class PageQuery(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=200, ge=1, le=200, description="At most so many items.")
    after: str = Field(default="", max_length=200, pattern=NO_NUL, description="`next` of the page before.")


class AttachRequest(Strict):
    """Scorecards that want a forecast."""

    scorecards: list[ForeignScorecard] = Field(min_length=1, max_length=100)


class AttachReason(BaseModel):
    """Why nothing was attached; the same for a rep that does not exist and one that is not yours."""

    code: Literal["unknown_rep", "no_matching_period"]
    text: Sentence  # type: ignore[valid-type]  # made from the contract when the module loads


class Attachment(BaseModel):
    """What is attached to a scorecard."""

    as_of: str
    scored_at: str
    model_version: str
    dataset_version: str
    data_grade: str
    forecasts: list[Forecast] = Field(description="Drivers stand in `explanation` of each.")  # type: ignore[valid-type]
    suggestions: list[Suggestion]  # type: ignore[valid-type]


class AttachedScorecard(BaseModel):
    """A scorecard as it was sent, and what was attached."""

    scorecard: ForeignScorecard
    attached: Attachment | None
    reason: AttachReason | None


class AttachResponse(BaseModel):
    """Results in the order of the request."""

    results: list[AttachedScorecard]


class TeamScorecards(BaseModel):
    """Scorecards of a team's reps, in order of their ids: a list to read, not a ranking."""

    team_id: str
    items: list[Scorecard]  # type: ignore[valid-type]
    next: str | None = Field(description="Send as `after` for the next page; null on the last.")
