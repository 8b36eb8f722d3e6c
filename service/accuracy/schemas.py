"""What the accuracy routes answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from models.accuracy.documents import AccuracyLineDoc, FlagLineDoc, JudgedPeriodDoc, MeasureDoc, SaidDoc
from service.calls.schemas import Category, Side
from service.http.documentation import model_of

Measure = model_of(MeasureDoc)
AccuracyLine = model_of(AccuracyLineDoc)
JudgedPeriod = model_of(JudgedPeriodDoc)
FlagLine = model_of(FlagLineDoc)
Said = model_of(SaidDoc)

Missing = Literal["not_scored", "not_kept", "too_few_periods"]
"""Why nothing is stated: nothing is served yet, the served model's backtest was not kept, too little had closed."""


class Run(BaseModel):
    """Training run whose backtest is told: the one of the model that is served."""

    run_id: str
    model_version: str
    dataset_version: str
    as_of: str
    recorded_at: str
    served: str = Field(description="Name of the forecaster that is served.")
    nominal_coverage: float = Field(description="Promise of the range; `coverage` is to be compared with it.")


class Beside(BaseModel):
    """A forecaster on the very same rep-periods as some calls."""

    forecaster: str
    mae: Measure  # type: ignore[valid-type]  # made from the contract when the module loads


class CallLine(BaseModel):
    """People's own numbers at one lead, beside forecasters on the very same rep-periods.

    Null where too few stand behind it. Errors are shares of quota, bias is relative.
    """

    category: Category
    side: Side
    metric: str
    lead: str
    rep_periods: int
    reps: int
    periods: int
    insufficient: bool
    mae: Measure | None  # type: ignore[valid-type]  # made from the contract when the module loads
    bias: Measure | None  # type: ignore[valid-type]
    reached: Measure | None = Field(description="Share of numbers that were attained.")  # type: ignore[valid-type]
    beside: list[Beside]
    bias_shrunk: float | None = Field(
        default=None, description="One person's bias, counted as far as its periods carry; null for groups."
    )


class TeamAccuracy(BaseModel):
    """The people who were in one team at the time."""

    team_id: str
    team_name: str
    lines: list[AccuracyLine]  # type: ignore[valid-type]


class Accuracy(BaseModel):
    """How good past forecasts were: the company, teams that the caller sees, and calls for people they see."""

    run: Run | None
    missing: Missing | None
    periods: list[JudgedPeriod]  # type: ignore[valid-type]
    company: list[AccuracyLine]  # type: ignore[valid-type]
    teams: list[TeamAccuracy]
    calls: list[CallLine]
    flags: list[FlagLine]  # type: ignore[valid-type]


class PastCall(BaseModel):
    """A number that stood at one lead."""

    category: Category
    side: Side
    amount: float


class PastLook(BaseModel):
    """What was said about a period at one lead, by forecasters and by people."""

    lead: str
    said: dict[str, Said]  # type: ignore[valid-type]
    calls: list[PastCall]


class PastPeriod(BaseModel):
    """One closed period: what was said, and what came of it; amounts in the company's currency."""

    period_start: str
    period_end: str
    metric: str
    quota: float | None
    outcome: float
    looks: list[PastLook]


class RepAccuracy(BaseModel):
    """How good past forecasts of one rep, and calls for them, were."""

    rep_id: str
    run: Run | None
    missing: Missing | None
    periods: list[PastPeriod]
    lines: list[AccuracyLine]  # type: ignore[valid-type]
    calls: list[CallLine]
