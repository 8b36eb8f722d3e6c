"""The rep's page: where it stands, where it goes, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from service.changes.schemas import Changes
from service.coaching.schemas import Feedback
from service.scoring.documents import ForecastDoc, KpiDoc, ScorecardDoc, SuggestionDoc
from service.web import charts, formats
from service.web.texts import pick, say
from service.web.views import wording
from service.web.views.changes import ChangeBlock, change_block
from service.web.views.deals import DealBlock, deal_block
from service.web.views.whatif import Lever, levers
from service.whatif.schemas import WhatIfRequest

FIRST_KPIS = 10


@dataclass(frozen=True)
class SuggestionCard:
    """One suggestion with its buttons."""

    suggestion_id: str
    title: str
    why: str
    steps: list[str]
    check: str
    effect: str
    strength: bool
    evidence: str
    label: str
    due: str
    for_manager: bool
    answer: str
    answered: str
    reason: str
    approved: bool
    may_approve: bool


@dataclass(frozen=True)
class Standing:
    """The current period's forecast, drawn."""

    booked: str
    booked_of: str
    left: str
    pace: Markup
    facts: list[tuple[str, str]]
    chance: str
    middle: str
    likely: str
    dots: Markup
    fan_title: str
    fan: Markup
    fan_narrow: Markup
    accounting: Markup
    parts: list[tuple[str, str, str]]
    why_title: str
    why_peers: str
    waterfall: Markup
    waterfall_narrow: Markup
    drivers: list[tuple[str, str, str, str]]
    sentences: list[str]


@dataclass(frozen=True)
class RepPage:
    """Everything that the page shows."""

    rep_id: str
    name: str
    team_id: str
    team_name: str
    own: bool
    headline: str
    lead: str
    tags: list[tuple[str, str]]
    notes: list[str]
    strengths: list[str]
    standing: Standing | None
    suggestions: list[SuggestionCard]
    no_suggestion: str
    things: str
    kpis: list[tuple[str, str, str]]
    more_kpis: list[tuple[str, str, str]]
    others: list[tuple[str, str, str, str]]
    deals: DealBlock | None
    changes: ChangeBlock | None
    levers: list[Lever]
    provenance: str
    who_sees: str


def rep_page(
    card: ScorecardDoc,
    answers: Mapping[str, Feedback],
    *,
    lang: str,
    own: bool,
    paused: bool,
    wide_points: float,
    changed: Changes | None = None,
    approved: Collection[str] = (),
) -> RepPage:
    """Return the page of one rep.

    Args:
        card: The scorecard.
        answers: What was answered to its suggestions.
        lang: `en` or `zh`.
        own: Whether the rep is looking.
        paused: Whether the data is too old for suggestions.
        wide_points: Width from which a range is called wide, points of quota.
        changed: What changed since last week.
        approved: Suggestions that a manager found fitting.
    """
    rep = card["rep"]
    forecast, shown = _leading(card)
    suggestions = _suggestions([] if paused else card["suggestions"], answers, approved, lang=lang, own=own)
    kpis = [_kpi(kpi, forecast["currency"] if forecast else "", lang) for kpi in card["kpis"]]
    return RepPage(
        rep_id=rep["rep_id"],
        name=rep["name"],
        team_id=rep["team_id"] or "",
        team_name=rep["team_name"] or rep["team_id"] or "",
        own=own,
        headline=_headline(rep["name"], forecast, shown, lang=lang, own=own),
        lead=_lead(forecast, shown, lang),
        tags=_tags(forecast, lang, wide_points),
        notes=_notes(forecast, lang, wide_points),
        strengths=[pick(text, lang) for text in card["strengths"]],
        standing=None if shown is None else _standing(shown, lang, own=own),
        suggestions=suggestions,
        no_suggestion=_no_suggestion(card, lang, paused=paused),
        things=_things(len(suggestions), lang),
        kpis=kpis[:FIRST_KPIS],
        more_kpis=kpis[FIRST_KPIS:],
        others=_others(card["forecasts"], lang),
        deals=None if shown is None else deal_block(shown, lang),
        changes=change_block(changed, lang),
        levers=_levers(shown, lang),
        provenance=wording.provenance(card, lang, grade=card["data_grade"]),
        who_sees=say("rep.who_sees_text", lang),
    )


def _suggestions(
    items: Sequence[SuggestionDoc],
    answers: Mapping[str, Feedback],
    approved: Collection[str],
    *,
    lang: str,
    own: bool,
) -> list[SuggestionCard]:
    return [_suggestion(item, answers, lang, own=own, approved=item["suggestion_id"] in approved) for item in items]


def _no_suggestion(card: ScorecardDoc, lang: str, *, paused: bool) -> str:
    """Return why nothing is suggested, "" where something may be."""
    if paused:
        return say("rep.paused", lang)
    return pick(card["no_suggestion"], lang) if card["no_suggestion"] else ""


def _leading(card: ScorecardDoc) -> tuple[ForecastDoc | None, ForecastDoc | None]:
    """Return the forecast that the page is about, and the same where it has numbers to show."""
    forecast = card["forecasts"][0] if card["forecasts"] else None
    return forecast, forecast if forecast is not None and wording.has_numbers(forecast) else None


def _levers(shown: ForecastDoc | None, lang: str) -> list[Lever]:
    return [] if shown is None or shown.get("deals") is None else levers(shown, WhatIfRequest(), lang)


def headline_of(card: ScorecardDoc, *, lang: str, own: bool) -> tuple[str, str]:
    """Return the headline of a rep's page and the sentence below it."""
    forecast, shown = _leading(card)
    return _headline(card["rep"]["name"], forecast, shown, lang=lang, own=own), _lead(forecast, shown, lang)


def _headline(name: str, forecast: ForecastDoc | None, shown: ForecastDoc | None, *, lang: str, own: bool) -> str:
    person = "own_headline" if own else "headline"
    if forecast is None or shown is None:
        return say(f"rep.{person}_none", lang, name=name)
    if forecast["status"] in wording.EARLY:
        return say(f"rep.{person}_early", lang, name=name)
    key = person if shown["quota"] else f"{person}_amount"
    return say(f"rep.{key}", lang, name=name, middle=wording.middle_of(shown, lang))


def _lead(forecast: ForecastDoc | None, shown: ForecastDoc | None, lang: str) -> str:
    if forecast is None:
        return ""
    if shown is None:
        return pick(forecast["reason"], lang)
    words = {
        "period": wording.period_of(shown, lang),
        "middle": wording.middle_of(shown, lang),
        "range": wording.range_of(shown, lang),
        "left": wording.left_of(shown, lang),
    }
    p_attain = shown["p_attain"]
    if p_attain is None or not shown["quota"]:
        return say("rep.lead_amount", lang, **words)
    key = "rep.lead_early" if shown["status"] in wording.EARLY else "rep.lead"
    chance = {"chance": wording.outcomes(p_attain, lang), "percent": wording.chance_percent(p_attain)}
    return say(key, lang, **words, **chance)


def _tags(forecast: ForecastDoc | None, lang: str, wide_points: float) -> list[tuple[str, str]]:
    if forecast is None or not wording.has_numbers(forecast):
        return [("o", say("state.withheld_tag", lang))]
    if forecast["status"] in wording.EARLY:
        return [("g", say("state.cold_tag", lang))]
    if forecast["status"] == "stale":
        return [("o", say("state.stale_tag", lang))]
    return [("g", say("state.wide_tag", lang))] if wording.is_wide(forecast, wide_points) else []


def _notes(forecast: ForecastDoc | None, lang: str, wide_points: float) -> list[str]:
    if forecast is None or not wording.has_numbers(forecast):
        return []
    stated = pick(forecast["reason"], lang) if forecast["status"] != "ok" else ""
    wide = say("state.wide", lang) if wording.is_wide(forecast, wide_points) else ""
    return [note for note in (stated, wide) if note]


def _standing(forecast: ForecastDoc, lang: str, *, own: bool) -> Standing:
    quota, currency, split = forecast["quota"], forecast["currency"], forecast["accounting"]
    explanation = forecast["explanation"]
    parts = (("booked", "part_booked"), ("open_deals", "part_open"), ("new_deals", "part_new"), ("mean", "part_total"))
    amounts = {"booked": split["booked"], "open_deals": split["open_deals"], "new_deals": split["new_deals"]}
    amounts["mean"] = split["mean"]
    middle = wording.middle_of(forecast, lang)
    drawn = explanation if quota else None
    return Standing(
        booked=formats.money(forecast["attained"], currency, lang),
        booked_of=say("rep.booked", lang) if not quota else _booked_of(forecast, quota, lang),
        left=wording.left_of(forecast, lang),
        pace=_safe(charts.pace_bar(forecast, lang=lang, uid="pace")) if quota else Markup(),
        facts=_facts(forecast, lang),
        chance=_chance(forecast, lang),
        middle=middle,
        likely=say("rep.likely", lang, range=wording.range_of(forecast, lang)),
        dots=_safe(charts.finish_dots(forecast, lang=lang, uid="dots")),
        fan_title=say("rep.fan", lang, period=wording.period_of(forecast, lang)),
        fan=_safe(charts.fan(forecast, lang=lang, uid="fan")),
        fan_narrow=_safe(charts.fan(forecast, lang=lang, uid="fann", narrow=True)),
        accounting=_safe(charts.accounting_bar(forecast, lang=lang, uid="acc")),
        parts=[(name, say(f"rep.{key}", lang), formats.money(amounts[name], currency, lang)) for name, key in parts],
        why_peers=say("rep.why_peers", lang, peers=pick(drawn["reference_label"], lang)) if drawn else "",
        why_title=say("rep.why", lang, middle=middle),
        waterfall=_safe(charts.waterfall(drawn, lang=lang, uid="why", currency=currency)) if drawn else Markup(),
        waterfall_narrow=_safe(charts.waterfall(drawn, lang=lang, uid="whyn", currency=currency, narrow=True))
        if drawn
        else Markup(),
        drivers=_driver_rows(forecast, lang),
        sentences=[pick(driver["sentence"], lang) for driver in (drawn["drivers"] if drawn and own else [])][:3],
    )


def _booked_of(forecast: ForecastDoc, quota: float, lang: str) -> str:
    share = formats.percent(forecast["attained"] / quota)
    return say("rep.booked_of", lang, quota=formats.money(quota, forecast["currency"], lang), share=share)


def _facts(forecast: ForecastDoc, lang: str) -> list[tuple[str, str]]:
    quota, currency = forecast["quota"], forecast["currency"]
    left = None if quota is None else max(quota - forecast["attained"], 0.0)
    coverage = forecast["pipeline_coverage"]
    rows = [
        ("rep.to_go", None if left is None else formats.money(left, currency, lang)),
        ("rep.pipeline", _amount(forecast["pipeline_open"], currency, lang)),
        ("rep.coverage", None if coverage is None else formats.value(coverage, "ratio", currency, lang)),
    ]
    return [(say(key, lang), words) for key, words in rows if words is not None]


def _amount(amount: float | None, currency: str, lang: str) -> str | None:
    return None if amount is None else formats.money(amount, currency, lang)


def _chance(forecast: ForecastDoc, lang: str) -> str:
    p_attain = forecast["p_attain"]
    if p_attain is None or not forecast["quota"]:
        return ""
    words = {"chance": wording.outcomes(p_attain, lang), "percent": wording.chance_percent(p_attain)}
    return say("rep.reaches", lang, **words)


def _driver_rows(forecast: ForecastDoc, lang: str) -> list[tuple[str, str, str, str]]:
    explanation = forecast["explanation"]
    if explanation is None:
        return []
    currency = forecast["currency"]
    return [
        (
            pick(driver["label"], lang),
            formats.value(driver["value"], driver["unit"], currency, lang),
            formats.value(driver["reference"], driver["unit"], currency, lang),
            formats.signed(driver["contribution"]),
        )
        for driver in explanation["drivers"]
    ]


def _suggestion(
    item: SuggestionDoc, answers: Mapping[str, Feedback], lang: str, *, own: bool, approved: bool
) -> SuggestionCard:
    strength = item["kind"] == "strength"
    answer = answers.get(item["suggestion_id"])
    effect = say(
        "rep.effect",
        lang,
        mid=formats.signed(item["effect_mid"], 0),
        low=formats.signed(item["effect_low"], 0),
        high=formats.signed(item["effect_high"], 0),
    )
    grade = say("rep.evidence", lang, grade=item["evidence_grade"])
    return SuggestionCard(
        suggestion_id=item["suggestion_id"],
        title=pick(item["title"], lang),
        why=pick(item["why"], lang),
        steps=[pick(step, lang) for step in item["steps"]],
        check=pick(item["success_check"], lang),
        effect=say("rep.keeps", lang) if strength else effect,
        strength=strength,
        evidence=f"{pick(item['evidence'], lang).rstrip('.。')} · {grade}",
        label=pick(item["label"], lang).rstrip(".。"),
        due=say("team.by", lang, day=formats.day(date.fromisoformat(item["due"]), lang, year=False)),
        for_manager=item["audience"] == "manager",
        answer=answer.state if answer else "",
        answered=say("rep.answered", lang, answer=say(f"rep.{answer.state}", lang)) if answer else "",
        reason=(answer.reason or "") if answer else "",
        approved=approved,
        may_approve=not own and not approved and answer is None and item["audience"] == "rep",
    )


def _things(count: int, lang: str) -> str:
    if count == 0:
        return say("rep.no_suggestions", lang)
    return say("rep.thing", lang) if count == 1 else say("rep.things", lang, count=count)


def _kpi(kpi: KpiDoc, currency: str, lang: str) -> tuple[str, str, str]:
    own = formats.value(kpi["value"], kpi["unit"], currency, lang)
    return pick(kpi["label"], lang), own, formats.value(kpi["reference"], kpi["unit"], currency, lang)


def _others(forecasts: Sequence[ForecastDoc], lang: str) -> list[tuple[str, str, str, str]]:
    several = len({forecast["metric"] for forecast in forecasts}) > 1
    return [_other(item, lang, named=several) for item in forecasts[1:] if wording.has_numbers(item)]


def _other(forecast: ForecastDoc, lang: str, *, named: bool) -> tuple[str, str, str, str]:
    p_attain = forecast["p_attain"]
    chance = "—" if p_attain is None else wording.chance_percent(p_attain)
    period = wording.period_of(forecast, lang)
    return (
        f"{wording.measure_of(forecast, lang)} · {period}" if named else period,
        wording.middle_of(forecast, lang),
        wording.range_of(forecast, lang),
        chance,
    )


def _safe(picture: str) -> Markup:
    # Every word inside was escaped by service.web.svg.
    return Markup(picture)  # noqa: S704
