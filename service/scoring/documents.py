"""The shape of what is stored and served: one scorecard document per rep, one forecast document per team.

Standard library only: the web process reads these documents and nothing heavier. Amounts are in `currency`, shares
are ratios (1.0 = quota met), points are percentage points of quota (1.0 point = 0.01 of quota). Days are ISO
dates, moments ISO timestamps in UTC. Every text that a person reads stands in English and Chinese.
"""

from __future__ import annotations

from typing import TypedDict


class Text(TypedDict):
    """One sentence in both languages."""

    en: str
    zh: str


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


class AccountingDoc(TypedDict):
    """Where the mean comes from, in currency.

    booked + open_deals + new_deals = mean; gap = quota - mean, None without a quota.
    """

    booked: float
    open_deals: float
    new_deals: float
    mean: float
    gap: float | None


class DriverDoc(TypedDict):
    """One reason: a concept, this rep's value beside similar reps', and its signed share in points of quota."""

    code: str
    label: Text
    value: float | None
    reference: float | None
    unit: str  # currency | share | count | days | ratio | points
    contribution: float  # points of quota, signed
    direction: str  # up | down
    controllable: str  # rep | manager | context | quota
    sentence: Text


class ExplanationDoc(TypedDict):
    """Reference + sum of contributions + mean_to_median = the median attainment, all in points of quota."""

    reference_label: Text
    peers: int
    reference: float
    drivers: list[DriverDoc]
    everything_else: float
    mean: float
    mean_to_median: float
    median: float


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


class KpiDoc(TypedDict):
    """One measured KPI of the rep at the as_of, from the feature registry."""

    code: str
    label: Text
    value: float | None
    reference: float | None
    unit: str
    controllable: str


class SuggestionDoc(TypedDict):
    """One proposed move: what, why, what it may be worth and how sure we are."""

    suggestion_id: str  # stable hash of rep, play, as_of
    play_id: str
    kind: str  # gap | strength
    audience: str  # rep | manager
    title: Text
    why: Text
    steps: list[Text]
    success_check: Text
    effect_low: float  # points of quota; all three 0.0 for a strength
    effect_mid: float
    effect_high: float
    evidence_grade: str  # A | B | C | D
    evidence: Text
    label: Text  # e.g. "model what-if blended with prior evidence, not proven"
    effort_hours: float
    due: str


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
