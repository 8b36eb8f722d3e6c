"""The block of open deals on the rep's page: what each adds, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.scoring.documents import DealDoc, ForecastDoc, label_of
from service.web import formats
from service.web.texts import pick, say
from service.web.views import wording

SMALLEST_CORRECTION = 0.05


@dataclass(frozen=True)
class DealRow:
    """One open deal."""

    name: str
    about: str
    adds: str
    chance: str
    why: list[str]


@dataclass(frozen=True)
class DealBlock:
    """Everything that the block shows."""

    note: str
    rows: list[DealRow]
    sums: list[tuple[str, str]]


def deal_block(forecast: ForecastDoc, lang: str) -> DealBlock | None:
    """Return the block of a forecast's open deals, None where no deal is explained.

    Args:
        forecast: The forecast; those of earlier versions know no deals.
        lang: `en` or `zh`.
    """
    deals = forecast.get("deals")
    if deals is None or not deals["shown"]:
        return None
    sums = []
    if deals["others"]:
        sums.append((say("deal.others", lang, count=deals["others"]), formats.signed(deals["other_points"])))
    if abs(deals["correction"]) >= SMALLEST_CORRECTION:
        sums.append((say("deal.correction", lang), formats.signed(deals["correction"])))
    sums.append((say("deal.total", lang), formats.signed(deals["total"])))
    rows = [_row(deal, forecast["currency"], lang) for deal in deals["shown"]]
    return DealBlock(say("deal.note", lang, reference=pick(deals["reference_label"], lang)), rows, sums)


def _row(deal: DealDoc, currency: str, lang: str) -> DealRow:
    facts = [formats.money(deal["amount"], currency, lang)] if deal["amount"] is not None else []
    facts += [deal["stage"]] if deal["stage"] else []
    if deal["expected_close"]:
        facts.append(formats.day(date.fromisoformat(deal["expected_close"]), lang, year=False))
    chance = say(
        "deal.chance_usual",
        lang,
        chance=wording.chance_percent(deal["chance"]),
        usual=wording.chance_percent(deal["usual_chance"]),
    )
    name = label_of(deal)
    told = [_without_name(pick(reason["sentence"], lang), name) for reason in deal["reasons"]]
    return DealRow(
        name=name,
        about=" · ".join(facts),
        adds=formats.signed(deal["points"]),
        chance=chance,
        why=told or [say("deal.nothing", lang)],
    )


def _without_name(sentence: str, name: str) -> str:
    """Return a reason without the name of its deal, which stands beside it."""
    rest = sentence.removeprefix(name).lstrip(":： ")
    return rest[:1].upper() + rest[1:]
