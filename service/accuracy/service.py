"""Calls beside what came of them: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from models.bundle.accuracy import FEWEST, AccuracyDoc
from service.accuracy.schemas import CallCell

LEADS = (("day 0", 0.0), ("1/4", 0.25), ("1/2", 0.5), ("3/4", 0.75))
"""Lead times as in the backtest: name and share of the period that is gone."""
POINTS = 100.0


@dataclass(frozen=True)
class JudgedCall:
    """A call about a period that has settled.

    Attributes:
        who: The person who called it.
        target: Rep, period and measure.
        called_on: Day of the call.
        amount: What was called, currency.
        middle: Middle of the forecast that was served then, currency; None where there was none.
        quota: Quota of the forecast that was served then, currency, > 0.
        attained: What it came to, currency.
    """

    who: str
    target: tuple[str, date, date, str]
    called_on: date
    amount: float
    middle: float | None
    quota: float
    attained: float


def lead_of(day: date, start: date, end: date) -> str:
    """Return the lead time that lies nearest to a day of a period.

    Examples:
        >>> lead_of(date(2026, 1, 20), date(2026, 1, 1), date(2026, 3, 31))
        '1/4'
        >>> lead_of(date(2025, 12, 20), date(2026, 1, 1), date(2026, 3, 31))
        'day 0'
    """
    gone = (day - start).days / ((end - start).days + 1)
    return min(LEADS, key=lambda lead: abs(lead[1] - gone))[0]


def judge_calls(calls: Iterable[JudgedCall]) -> dict[str, CallCell]:
    """Return the cells of all lead times at which somebody called.

    Args:
        calls: Oldest first; of several by one person about one target at one lead time the last one counts.
    """
    standing = {(call.who, call.target, lead_of(call.called_on, *call.target[1:3])): call for call in calls}
    found: dict[str, list[JudgedCall]] = {}
    for (_, _, lead), call in standing.items():
        found.setdefault(lead, []).append(call)
    return {lead: _cell(found[lead]) for lead, _ in LEADS if lead in found}


def in_scope(document: AccuracyDoc, teams: Iterable[str]) -> AccuracyDoc:
    """Return the document with the cells of those teams alone."""
    kept = set(teams)
    return {**document, "teams": {team: cells for team, cells in document["teams"].items() if team in kept}}


def _cell(calls: list[JudgedCall]) -> CallCell:
    if len(calls) < FEWEST:
        return CallCell(rows=len(calls))
    off = [POINTS * (call.amount - call.attained) / call.quota for call in calls]
    served = [POINTS * abs(c.middle - c.attained) / c.quota for c in calls if c.middle is not None]
    return CallCell(
        rows=len(calls),
        mae=_mean([abs(value) for value in off]),
        bias=_mean(off),
        forecast_mae=_mean(served) if len(served) == len(calls) else None,
    )


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 6)


def outcome_key(row: Mapping[str, object]) -> tuple[str, date, date, str]:
    """Return rep, period and measure of a stored row."""
    days = (date.fromisoformat(str(row[name])) for name in ("period_start", "period_end"))
    return (str(row["rep_id"]), *days, str(row["metric"]))  # type: ignore[return-value]  # two days, as named
