"""The block of people's own numbers on the rep's page: what stands, and the form for one's own."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.calls.schemas import CATEGORIES, Call
from service.scoring.documents import ForecastDoc
from service.web import formats
from service.web.texts import say
from service.web.views import wording

UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "万": 1e4, "亿": 1e8}
AMOUNT = re.compile(r"(?P<number>\d[\d,，_\s]*(?:\.\d+)?)\s*(?P<unit>[kmb万亿%％]?)", re.IGNORECASE)


@dataclass(frozen=True)
class CallRow:
    """One number that stands."""

    who: str
    amount: str
    given: str
    note: str


@dataclass(frozen=True)
class CallBlock:
    """Everything that the block shows; the form only where the reader may give a number."""

    rows: list[CallRow]
    middle: str
    range: str
    may_give: bool
    label: str
    period_start: str
    period_end: str
    metric: str
    quota: str
    categories: list[tuple[str, str]]


def call_block(forecast: ForecastDoc, standing: Sequence[Call], *, may_give: bool, lang: str) -> CallBlock:
    """Return the block of one period.

    Args:
        forecast: The period's forecast.
        standing: Numbers that stand for running periods.
        may_give: Whether the reader is the rep or leads them.
        lang: `en` or `zh`.
    """
    keys = ("period_start", "period_end", "metric")
    here = [call for call in standing if all(getattr(call, key) == forecast[key] for key in keys)]  # type: ignore[literal-required]
    order = {category: place for place, category in enumerate(CATEGORIES)}
    quota = forecast["quota"]
    return CallBlock(
        rows=[_row(call, quota, lang) for call in sorted(here, key=lambda call: (order[call.category], call.side))],
        middle=_amount(forecast["quantiles"]["0.50"], forecast, lang),
        range=say("chart.range", lang, range=wording.range_of(forecast, lang)),
        may_give=may_give,
        label=say("call.amount", lang, period=wording.period_of(forecast, lang)),
        period_start=forecast["period_start"],
        period_end=forecast["period_end"],
        metric=forecast["metric"],
        quota="" if not quota else f"{quota!r}",
        categories=[(category, say(f"call.{category}", lang)) for category in CATEGORIES],
    )


def amount_in(words: str, quota: float | None) -> float:
    """Return the amount that a person wrote: a number, with a unit if they like, or a share of target.

    Args:
        words: What was written.
        quota: Target that a share is of, None where there is none.

    Raises:
        ValueError: It is no amount, or a share without a target.

    Examples:
        >>> amount_in("1.2M", None), amount_in("850,000", None), amount_in("120 万", None), amount_in("90%", 2e6)
        (1200000.0, 850000.0, 1200000.0, 1800000.0)
    """
    found = AMOUNT.fullmatch(words.strip().lstrip("$¥€£").strip())
    if found is None:
        raise ValueError(f"{words!r} is no amount; write 850000, 1.2M, 120万 or 90%")
    number, unit = float(re.sub(r"[,，_\s]", "", found["number"])), found["unit"].lower()
    if unit in {"%", "％"}:
        if not quota:
            raise ValueError("there is no target to take a share of; write an amount")
        return number / 100.0 * quota
    amount = number * UNITS[unit]
    if not math.isfinite(amount):
        raise ValueError(f"{words!r} is no amount")
    return amount


def _row(call: Call, quota: float | None, lang: str) -> CallRow:
    who = f"{say(f'call.side_{call.side}', lang)} · {say(f'call.{call.category}', lang)}"
    amount = formats.money(call.amount, call.currency, lang)
    if quota:
        amount = say("call.of_target", lang, amount=amount, share=formats.percent(call.amount / quota))
    day = formats.day(datetime.fromisoformat(call.recorded_at).date(), lang)
    given = say("call.given", lang, day=day, by=call.by) if call.by else day
    return CallRow(who, amount, given, call.note)


def _amount(amount: float, forecast: ForecastDoc, lang: str) -> str:
    told = formats.money(amount, forecast["currency"], lang)
    quota = forecast["quota"]
    return say("call.of_target", lang, amount=told, share=formats.percent(amount / quota)) if quota else told
