"""The block of a rep's closed periods: what was said halfway, by Paceline and by people, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.accuracy.schemas import PastPeriod, RepAccuracy
from service.web import formats
from service.web.texts import say

HALFWAY = "1/2"
SHOWN = 8


@dataclass(frozen=True)
class PastRow:
    """One closed period; amounts as shares of target where there was one."""

    period: str
    target: str
    said: str
    range: str
    called: str
    attained: str


def past_rows(accuracy: RepAccuracy | None, *, currency: str, lang: str) -> list[PastRow]:
    """Return the closed periods of the page's measure, newest first.

    Args:
        accuracy: What `GET /v1/reps/{rep_id}/accuracy` answers, None where there is nothing.
        currency: Currency of amounts.
        lang: `en` or `zh`.
    """
    if accuracy is None or accuracy.run is None:
        return []
    served = accuracy.run.served
    rows = [_row(period, served, currency, lang) for period in reversed(accuracy.periods)]
    return [row for row in rows if row is not None][:SHOWN]


def _row(period: PastPeriod, served: str, currency: str, lang: str) -> PastRow | None:
    look = next((item for item in period.looks if item.lead == HALFWAY and served in item.said), None)
    if look is None:
        return None
    said: Mapping[str, Any] = look.said[served].model_dump()  # type: ignore[attr-defined]  # made from the contract
    own = [call for call in look.calls if call.category == "most_likely"]
    start, end = date.fromisoformat(period.period_start), date.fromisoformat(period.period_end)
    if period.quota:
        reach = formats.percent_range(said["low"] / period.quota, said["high"] / period.quota, lang)
    else:
        reach = formats.money_range(said["low"], said["high"], currency, lang)
    return PastRow(
        period=formats.period(start, end, lang),
        target="—" if not period.quota else formats.money(period.quota, currency, lang),
        said=_told(said["middle"], period.quota, currency, lang),
        range=say("chart.range", lang, range=reach),
        called=" · ".join(
            f"{say(f'call.side_{call.side}', lang)} {_told(call.amount, period.quota, currency, lang)}" for call in own
        )
        or "—",
        attained=_told(period.outcome, period.quota, currency, lang),
    )


def _told(amount: float, quota: float | None, currency: str, lang: str) -> str:
    return formats.percent(amount / quota) if quota else formats.money(amount, currency, lang)
