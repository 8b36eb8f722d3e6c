"""What a backtest leaves for people to read, key for key as it is stored. Standard library only.

Errors are shares of quota (0.10 = 10 points of target), bias is relative (0.10 = a tenth too high in total), coverage
is a share of outcomes. Amounts are in the company's currency, days ISO dates, moments ISO timestamps in UTC.
"""

from __future__ import annotations

from typing import TypedDict


class MeasureDoc(TypedDict):
    """A measure with its range when whole periods are drawn again; without one where there is a single period."""

    value: float
    low: float | None
    high: float | None


class AccuracyLineDoc(TypedDict):
    """One forecaster at one lead; a measure is None where too few rep-periods or people stand behind it."""

    forecaster: str
    metric: str
    lead: str
    rep_periods: int
    reps: int
    periods: int
    insufficient: bool
    mae: MeasureDoc | None
    bias: MeasureDoc | None
    crps: MeasureDoc | None
    coverage: MeasureDoc | None


class LeadDoc(TypedDict):
    """One moment of a judged period: all that is known before `until` counts."""

    name: str
    day: str
    until: str


class JudgedPeriodDoc(TypedDict):
    """One period whose outcome was forecast."""

    period_start: str
    period_end: str
    leads: list[LeadDoc]


class FlagLineDoc(TypedDict):
    """What the at-risk flags that stood at one lead were worth; see `training.backtest.alert_summary`."""

    lead: str
    rows: int
    flagged: float | None
    waiting: float | None
    precision: float | None
    recall: float | None
    days_before_end: float | None
    churn: float | None


class BacktestDoc(TypedDict):
    """A whole company's backtest."""

    schema: int  # 1
    served: str
    nominal_coverage: float
    note: str
    periods: list[JudgedPeriodDoc]
    lines: list[AccuracyLineDoc]
    flags: list[FlagLineDoc]


class TeamBacktestDoc(TypedDict):
    """The same for the people who were in one team at the time."""

    schema: int  # 1
    lines: list[AccuracyLineDoc]


class SaidDoc(TypedDict):
    """What one forecaster said: middle, mean and the 8-in-10 range; `crps` in currency, `pit` the outcome's rank.

    The last two are None where only the figures that were served are known, not the worlds behind them.
    """

    middle: float
    mean: float
    low: float
    high: float
    crps: float | None
    pit: float | None


class RepLookDoc(TypedDict):
    """What was said at one lead, by forecaster."""

    lead: str
    said: dict[str, SaidDoc]


class RepPeriodDoc(TypedDict):
    """One closed period of one rep: what was said, and what came of it."""

    period_start: str
    period_end: str
    metric: str
    quota: float | None
    outcome: float
    looks: list[RepLookDoc]


class RepBacktestDoc(TypedDict):
    """One rep's judged periods, oldest first."""

    schema: int  # 1
    periods: list[RepPeriodDoc]
