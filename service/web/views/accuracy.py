"""The accuracy page: how far off forecasts were, beside pace alone and the calls of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from service.accuracy.schemas import Accuracy, CallCell
from service.web.accuracy_chart import MissRow, miss_chart
from service.web.texts import say

LEADS = ("day 0", "1/4", "1/2", "3/4")
MIDDLE = "1/2"
PACE = "pace"
EVEN = 0.5
"""Points below which forecasts leaned neither way."""


@dataclass(frozen=True)
class LeadRow:
    """One time of the period in words."""

    lead: str
    model: str
    pace: str
    calls: str
    inside: str
    lean: str
    rows: str


@dataclass(frozen=True)
class TeamRow:
    """One team half-way through a period, in words."""

    team: str
    model: str
    pace: str
    inside: str


@dataclass(frozen=True)
class AccuracyPage:
    """Everything that the page shows."""

    headline: str
    lead: str
    chart: Markup
    narrow: Markup
    rows: list[LeadRow]
    teams: list[TeamRow]
    has_calls: bool


def accuracy_page(found: Accuracy, names: Mapping[str, str], *, lang: str) -> AccuracyPage:
    """Return the page.

    Args:
        found: What the caller may know.
        names: Shown name by team.
        lang: `en` or `zh`.
    """
    backtest: Mapping[str, Any] | None = None if found.backtest is None else found.backtest.model_dump()
    if backtest is None or not backtest["company"]:
        return AccuracyPage(say("acc.headline_none", lang), say("acc.none", lang), Markup(), Markup(), [], [], False)
    company, served = backtest["company"], backtest["served"]
    model, pace = company.get(served, {}), company.get(PACE, {})
    misses = [
        MissRow(_lead(lead, lang), _value(model, lead), _value(pace, lead), _called(found.calls.get(lead)))
        for lead in LEADS
        if lead in model
    ]
    headline, beside = _headline(model, pace, len(backtest["periods"]), lang)
    told = "; ".join(
        say("acc.picture", lang, lead=row.lead, ours=_points(row.model), pace=_points(row.pace)) for row in misses
    )
    wide = miss_chart(misses, title=headline, description=told, uid="misses")
    narrow = miss_chart(misses, title=headline, description=told, uid="missesn", narrow=True)
    return AccuracyPage(
        headline=headline,
        lead=beside,
        chart=Markup(wide),  # noqa: S704 - escaped
        narrow=Markup(narrow),  # noqa: S704 - escaped
        rows=[_row(model, pace, found.calls.get(lead), lead, lang) for lead in LEADS if lead in model],
        teams=_teams(backtest["teams"], names, served, lang),
        has_calls=bool(found.calls),
    )


def _headline(model: Mapping[str, Any], pace: Mapping[str, Any], periods: int, lang: str) -> tuple[str, str]:
    ours = _value(model, MIDDLE)
    if ours is None:
        return say("acc.headline_none", lang), say("acc.few", lang, rows=str(model.get(MIDDLE, {}).get("rows", 0)))
    rows = sum(int(cell["rows"]) for cell in model.values())
    words = {"pace": _points(_value(pace, MIDDLE)), "rows": f"{rows:,}", "periods": str(periods)}
    return say("acc.headline", lang, ours=_points(ours)), say("acc.beside", lang, **words)


def _row(model: Mapping[str, Any], pace: Mapping[str, Any], calls: CallCell | None, lead: str, lang: str) -> LeadRow:
    cell = model[lead]
    return LeadRow(
        lead=_lead(lead, lang),
        model=_told(cell, lang),
        pace=_told(pace.get(lead), lang),
        calls="—" if calls is None else _told(calls.model_dump(), lang),
        inside=_inside(cell, lang),
        lean=_lean(cell.get("bias"), lang),
        rows=f"{cell['rows']:,}",
    )


def _teams(teams: Mapping[str, Any], names: Mapping[str, str], served: str, lang: str) -> list[TeamRow]:
    return [
        TeamRow(
            team=names.get(team, team),
            model=_told(cells.get(served, {}).get(MIDDLE), lang),
            pace=_told(cells.get(PACE, {}).get(MIDDLE), lang),
            inside=_inside(cells.get(served, {}).get(MIDDLE), lang),
        )
        for team, cells in sorted(teams.items())
    ]


def _lead(lead: str, lang: str) -> str:
    return say(f"acc.lead{LEADS.index(lead)}", lang)


def _value(cells: Mapping[str, Any], lead: str) -> float | None:
    value = cells.get(lead, {}).get("mae")
    return None if value is None else float(value)


def _called(cell: CallCell | None) -> float | None:
    return None if cell is None else cell.mae


def _told(cell: Mapping[str, Any] | None, lang: str) -> str:
    if cell is None:
        return "—"
    if cell.get("mae") is None:
        return say("acc.few", lang, rows=str(cell["rows"]))
    return _points(float(cell["mae"]))


def _inside(cell: Mapping[str, Any] | None, lang: str) -> str:
    if cell is None or cell.get("coverage_80") is None:
        return _told(cell, lang)
    return f"{float(cell['coverage_80']):.0%}"


def _lean(bias: float | None, lang: str) -> str:
    if bias is None:
        return "—"
    if abs(bias) < EVEN:
        return say("acc.even", lang)
    return say("acc.high" if bias > 0 else "acc.low", lang, points=_points(abs(bias)))


def _points(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f}"
