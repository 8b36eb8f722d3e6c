"""The shape of what is stored and served: one scorecard document per rep, one forecast document per team.

Standard library only: the web process reads these documents and nothing heavier. Amounts are in `currency`, shares
are ratios (1.0 = quota met), points are percentage points of quota (1.0 point = 0.01 of quota). Days are ISO
dates, moments ISO timestamps in UTC. Every text that a person reads stands in English and Chinese.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from models.diagnosis.documents import DiagnosisDoc
from models.explain.documents import (
    AccountingDoc,
    DealDoc,
    DealReasonDoc,
    DealsDoc,
    DriverDoc,
    ExplanationDoc,
    SuggestionDoc,
    Text,
    label_of,
)

__all__ = [
    "AccountingDoc",
    "AlertDoc",
    "DealDoc",
    "DealReasonDoc",
    "DealsDoc",
    "DiagnosisDoc",
    "DriverDoc",
    "ExplanationDoc",
    "FanPoint",
    "ForecastDoc",
    "KpiDoc",
    "RepDoc",
    "ScorecardDoc",
    "SuggestionDoc",
    "TeamForecastDoc",
    "Text",
    "label_of",
]


class RepDoc(TypedDict):
    """Who the scorecard is about."""

    rep_id: str
    name: str
    team_id: str | None
    team_name: str | None
    segment: str | None
    region: str | None
    role: str | None
    hire_date: str | None


class FanPoint(TypedDict):
    """Cumulative attained amount on one day: known for the past (all equal), quantiles for the future."""

    day: str
    q05: float
    q10: float
    q25: float
    q50: float
    q75: float
    q90: float
    q95: float


class AlertDoc(TypedDict):
    """The at-risk flag of a running period, or its place in the queue for one."""

    since: str | None  # day of the scoring run that raised it; None while it waits
    waiting: bool  # likely enough, but the team has had its new flags of the week


class ForecastDoc(TypedDict):
    """One rep (or team), one open period, one measure."""

    period_start: str
    period_end: str
    grain: str
    metric: str
    currency: str
    status: str  # features.domain.vocabulary.Status
    reason: Text
    quota: float | None
    quota_source: str
    attained: float
    elapsed: float
    pace: float | None
    days_left: int
    mean: float
    quantiles: dict[str, float]  # "0.05" ... "0.95" -> currency
    p_attain: float | None
    p_below_80: float | None
    risk_band: str | None  # features.domain.vocabulary.RiskBand
    accounting: AccountingDoc
    explanation: ExplanationDoc | None
    dots: list[float]  # 20 equally likely finishes, currency, ascending
    booked_line: list[tuple[str, float]]  # (day, cumulative attained), from the period's first day to the as_of
    fan: list[FanPoint]  # from the as_of to the period's end; empty for periods not begun
    sample_paths: list[list[float]]  # 7 joint example paths on the fan's days, currency
    pipeline_open: float | None  # open pipeline, currency
    pipeline_coverage: float | None  # open pipeline / (quota - attained)
    alert: NotRequired[AlertDoc | None]  # None where nobody is flagged or waits to be
    deals: NotRequired[DealsDoc | None]  # the current period's open deals; None without quota or deal model


class KpiDoc(TypedDict):
    """One measured KPI of the rep at the as_of, from the feature registry."""

    code: str
    label: Text
    value: float | None
    reference: float | None
    unit: str
    controllable: str


class ScorecardDoc(TypedDict):
    """Everything that is served about one rep at one as_of."""

    schema: int  # 1
    rep: RepDoc
    as_of: str
    scored_at: str
    model_version: str
    dataset_version: str
    data_grade: str
    forecasts: list[ForecastDoc]  # the current period of the longest grain below year first
    strengths: list[Text]
    suggestions: list[SuggestionDoc]
    no_suggestion: Text | None  # why there is none
    kpis: list[KpiDoc]


class TeamForecastDoc(TypedDict):
    """A team's forecast: sums of the same joint paths as its reps'."""

    schema: int  # 1
    team_id: str
    team_name: str
    manager_rep_id: str | None
    rep_ids: list[str]
    as_of: str
    scored_at: str
    model_version: str
    dataset_version: str
    forecasts: list[ForecastDoc]
    diagnosis: NotRequired[DiagnosisDoc | None]  # of the current period
