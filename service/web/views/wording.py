"""The sentences that more than one page needs: how likely, how far, how long, how old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from features.domain.vocabulary import Status
from service.scoring.documents import ForecastDoc, ScorecardDoc, TeamForecastDoc
from service.web import formats
from service.web.texts import say

WITHHELD = frozenset({Status.LEFT, Status.UNDECIDABLE})
"""Statuses whose numbers are not shown: they would be wrong, or about nobody."""
EARLY = frozenset({Status.COLD_START, Status.INSUFFICIENT_EXPOSURE})
MEASURES = frozenset({"revenue", "units", "deals", "collections"})
"""Measures that have a name in both languages."""

LEVELS = ("0.10", "0.25", "0.50", "0.75", "0.90")


@dataclass(frozen=True)
class Freshness:
    """How old the data is.

    Attributes:
        imported_at: Moment of the last import, None before the first.
        hours: Age in hours.
        warns: Whether pages say so.
        hides: Whether it is too old for suggestions.
    """

    imported_at: datetime | None
    hours: float
    warns: bool
    hides: bool

    @classmethod
    def of(cls, imported_at: str | None, now: datetime, *, stale_hours: int, hide_days: int) -> Freshness:
        """Judge the age of the last import.

        Args:
            imported_at: Its moment, ISO 8601 in UTC, None before the first import.
            now: This moment, UTC.
            stale_hours: Age from which pages say so.
            hide_days: Age from which suggestions are hidden.
        """
        if imported_at is None:
            return cls(None, 0.0, warns=False, hides=False)
        moment = datetime.fromisoformat(imported_at)
        hours = (now - moment).total_seconds() / 3600
        return cls(moment, hours, warns=hours > stale_hours, hides=hours > hide_days * 24)


def has_numbers(forecast: ForecastDoc) -> bool:
    """Return whether the forecast has figures that a person may see."""
    return forecast["status"] not in WITHHELD and all(level in forecast["quantiles"] for level in LEVELS)


def is_wide(forecast: ForecastDoc, wide_points: float) -> bool:
    """Return whether the middle number is only a rough guide: by its status, or by an 8-in-10 range this wide.

    Args:
        forecast: The forecast.
        wide_points: Width in points of quota.
    """
    if forecast["status"] == Status.WIDE:
        return True
    quota = forecast["quota"]
    if not quota or not has_numbers(forecast):
        return False
    return (forecast["quantiles"]["0.90"] - forecast["quantiles"]["0.10"]) / quota * 100 > wide_points


def middle_of(forecast: ForecastDoc, lang: str) -> str:
    """Return the median finish: percent of quota, or an amount where there is no quota."""
    middle, quota = forecast["quantiles"]["0.50"], forecast["quota"]
    return formats.percent(middle / quota) if quota else formats.money(middle, forecast["currency"], lang)


def range_of(forecast: ForecastDoc, lang: str) -> str:
    """Return the range of 8 in 10 outcomes: percent of quota, or amounts where there is no quota."""
    low, high, quota = forecast["quantiles"]["0.10"], forecast["quantiles"]["0.90"], forecast["quota"]
    if quota:
        return formats.percent_range(low / quota, high / quota, lang)
    return formats.money_range(low, high, forecast["currency"], lang)


def period_of(forecast: ForecastDoc, lang: str) -> str:
    """Return the name of the forecast's period."""
    start, end = date.fromisoformat(forecast["period_start"]), date.fromisoformat(forecast["period_end"])
    return formats.period(start, end, lang)


def measure_of(forecast: ForecastDoc, lang: str) -> str:
    """Return the name of what the forecast measures; a company's own measure is told as it calls it."""
    metric = forecast["metric"]
    return say(f"rep.measure_{metric}", lang) if metric in MEASURES else metric


def left_of(forecast: ForecastDoc, lang: str) -> str:
    """Return how many days of the period are left, as a sentence."""
    days = forecast["days_left"]
    if days <= 0:
        return say("rep.left_none", lang)
    return say("rep.left_one", lang) if days == 1 else say("rep.left", lang, days=days)


def outcomes(probability: float, lang: str) -> str:
    """Return a chance as outcomes of twenty.

    Examples:
        >>> outcomes(0.06, "en"), outcomes(0.44, "zh"), outcomes(0.001, "en")
        ('about 1 of 20 outcomes', '20 种结果中约 9 种', 'fewer than 1 of 20 outcomes')
    """
    if probability < 0.025:
        return say("rep.under_one", lang)
    if probability > 0.975:
        return say("rep.over_nineteen", lang)
    return say("rep.of_twenty", lang, count=round(probability * 20))


def chance_percent(probability: float) -> str:
    """Return a chance in percent; never certain, in either direction.

    Examples:
        >>> chance_percent(0.06), chance_percent(0.001), chance_percent(0.9999)
        ('6%', '<1%', '>99%')
    """
    if probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else formats.percent(probability)


def points(count: float, lang: str) -> str:
    """Return a size in points of quota.

    Examples:
        >>> points(4.2, "en"), points(1.0, "en"), points(4.2, "zh")
        ('4 pts', '1 pt', '4 个百分点')
    """
    whole = round(abs(count))
    if lang == "zh":
        return f"{whole} 个百分点"
    return f"{whole} pt" if whole == 1 else f"{whole} pts"


def provenance(document: ScorecardDoc | TeamForecastDoc, lang: str, *, grade: str) -> str:
    """Return which model and which data a page speaks from."""
    scored = datetime.fromisoformat(document["scored_at"])
    return say(
        "app.provenance",
        lang,
        model=document["model_version"],
        dataset=document["dataset_version"][:12],
        grade=grade,
        day=formats.day(date.fromisoformat(document["as_of"]), lang),
        scored=formats.moment(scored, lang),
    )
