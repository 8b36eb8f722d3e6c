"""Called periods that no backtest has judged yet: what was served at each lead, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from models.accuracy.documents import JudgedPeriodDoc, LeadDoc, RepLookDoc, RepPeriodDoc, SaidDoc

LEADS = (("day 0", 0.0), ("1/4", 0.25), ("1/2", 0.5), ("3/4", 0.75))
"""Names of the leads of the backtest, and the share of the period's days gone at each."""


@dataclass(frozen=True)
class Settled:
    """A called period whose outcome is known, with the rows that were served while it ran, oldest first.

    Attributes:
        rep_id: The rep.
        period_start: First day, ISO.
        period_end: Last day, ISO.
        metric: What was called.
        attained: What it came to, currency.
        rows: (as_of, row of `score --out`) of the served forecasts.
    """

    rep_id: str
    period_start: str
    period_end: str
    metric: str
    attained: float
    rows: Sequence[tuple[str, Mapping[str, Any]]]


def leads_of(period_start: str, period_end: str) -> JudgedPeriodDoc:
    """Return the moments at which a period is looked at; days are calendar days and end in UTC.

    Examples:
        >>> [lead["day"] for lead in leads_of("2026-01-01", "2026-01-31")["leads"]]
        ['2025-12-31', '2026-01-08', '2026-01-16', '2026-01-24']
    """
    start, end = date.fromisoformat(period_start), date.fromisoformat(period_end)
    days = (end - start).days + 1
    found = [(name, start + timedelta(days=ceil(share * days) - 1)) for name, share in LEADS]
    return JudgedPeriodDoc(
        period_start=period_start,
        period_end=period_end,
        leads=[
            LeadDoc(name=name, day=day.isoformat(), until=f"{(day + timedelta(days=1)).isoformat()}T00:00:00.000000Z")
            for name, day in found
        ],
    )


def as_served(settled: Settled, served: str) -> RepPeriodDoc | None:
    """Return a settled period as a backtest tells one: at each lead the forecast that was served by then.

    Args:
        settled: The period.
        served: Name of the forecaster that is served.

    Returns:
        None where no forecast with a quota was served while it ran. There is no rank of the outcome: the worlds of
        that day are gone, so that these periods count for error and bias, not for coverage.
    """
    quotas = [row["quota"] for _, row in settled.rows if row.get("quota")]
    if not quotas:
        return None
    looks = []
    for lead in leads_of(settled.period_start, settled.period_end)["leads"]:
        known = [row for as_of, row in settled.rows if as_of <= lead["day"] and row.get("q50") is not None]
        looks.append(RepLookDoc(lead=lead["name"], said={served: _said(known[-1])} if known else {}))
    return RepPeriodDoc(
        period_start=settled.period_start,
        period_end=settled.period_end,
        metric=settled.metric,
        quota=float(quotas[-1]),
        outcome=settled.attained,
        looks=looks,
    )


def _said(row: Mapping[str, Any]) -> SaidDoc:
    return SaidDoc(
        middle=float(row["q50"]),
        mean=float(row["forecast_mean"]),
        low=float(row["q10"]),
        high=float(row["q90"]),
        crps=None,
        pit=None,
    )
