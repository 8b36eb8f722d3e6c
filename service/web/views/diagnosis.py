"""The page that tells where a gap comes from: the plan, the deals, the stages, what others do, what would pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from models.diagnosis.documents import (
    CauseDoc,
    DiagnosisDoc,
    DifficultyDoc,
    HardQuotaDoc,
    MissDoc,
    QuotasDoc,
    StageDoc,
)
from service.web import diagnosis_charts as charts
from service.web import formats
from service.web.texts import pick, say
from service.web.views import wording


@dataclass(frozen=True)
class Picture:
    """One picture for wide and narrow screens, with its sentence and the same numbers as a table."""

    title: str
    note: str
    sentence: str
    wide: Markup
    narrow: Markup
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class QuotaRow:
    """How hard one period's quota is."""

    period: str
    state: str
    sentence: str
    hard: list[str]


@dataclass(frozen=True)
class DiagnosisPage:
    """Everything that the page shows, in the order in which it is told."""

    title: str
    lead: str
    headline: str
    plan_first: bool
    miss: Picture | None
    quotas: list[QuotaRow]
    pictures: list[Picture]
    missing: list[str]


def diagnosis_page(document: DiagnosisDoc, *, name: str, own: bool, lang: str) -> DiagnosisPage:
    """Return the page of one rep or team.

    Args:
        document: The diagnosis.
        name: Shown name of the rep or team.
        own: Whether the rep is looking.
        lang: `en` or `zh`.
    """
    miss = document["miss"]
    pictures = [_funnel(document, lang), _habits(document, lang), _trainings(document, lang)]
    return DiagnosisPage(
        title=say("diagnosis.own_title", lang) if own else say("diagnosis.title", lang, name=name),
        lead="" if miss is None else _lead(document, miss, lang),
        headline="" if miss is None else pick(miss["headline"], lang),
        plan_first=miss is not None and miss["plan_first"],
        miss=None if miss is None else _miss(miss, document["currency"], lang),
        quotas=_quotas(document, lang),
        pictures=[picture for picture in pictures if picture is not None],
        missing=[pick(text, lang) for text in document["missing"]],
    )


def _lead(document: DiagnosisDoc, miss: MissDoc, lang: str) -> str:
    start, end = date.fromisoformat(document["period_start"]), date.fromisoformat(document["period_end"])
    return say(
        "diagnosis.period",
        lang,
        period=formats.period(start, end, lang),
        mean=formats.percent(1.0 - miss["points"] / 100),
        range=formats.percent_range(1.0 - miss["high"] / 100, 1.0 - miss["low"] / 100, lang),
        day=formats.day(date.fromisoformat(document["as_of"]), lang),
    )


def _miss(miss: MissDoc, currency: str, lang: str) -> Picture:
    return Picture(
        title=say("diagnosis.split", lang),
        note=say("diagnosis.split_note", lang, reference=pick(miss["reference_label"], lang)),
        # Where the plan comes first the headline has been said above.
        sentence="" if miss["plan_first"] else pick(miss["headline"], lang),
        wide=_safe(charts.gap_waterfall(miss, lang=lang, uid="gap")),
        narrow=_safe(charts.gap_waterfall(miss, lang=lang, uid="gapn", narrow=True)),
        heads=[say(f"diagnosis.{key}", lang) for key in ("part", "what", "points", "range", "amount")],
        rows=[_cause_row(cause, currency, lang) for cause in miss["causes"]],
    )


def _cause_row(cause: CauseDoc, currency: str, lang: str) -> list[str]:
    ends = {"low": formats.signed(cause["low"]), "high": formats.signed(cause["high"])}
    return [
        pick(cause["label"], lang),
        pick(cause["note"], lang),
        formats.signed(cause["points"]),
        say("diagnosis.to", lang, **ends),
        formats.money(cause["amount"], currency, lang),
    ]


def _quotas(document: DiagnosisDoc, lang: str) -> list[QuotaRow]:
    own = [_quota_row(doc, lang, []) for doc in document["difficulty"]]
    return own + [
        _quota_row(doc, lang, _hard(doc["hard_quotas"], document["currency"], lang)) for doc in document["quotas"]
    ]


def _quota_row(doc: DifficultyDoc | QuotasDoc, lang: str, hard: list[str]) -> QuotaRow:
    start, end = date.fromisoformat(doc["period_start"]), date.fromisoformat(doc["period_end"])
    state = say("diagnosis.running" if doc["begun"] else "diagnosis.ahead", lang)
    return QuotaRow(formats.period(start, end, lang), state, pick(doc["sentence"], lang), hard)


def _hard(quotas: Sequence[HardQuotaDoc], currency: str, lang: str) -> list[str]:
    return [
        say(
            "diagnosis.hard_quota",
            lang,
            name=one["name"],
            quota=formats.money(one["quota"], currency, lang),
            chance=wording.chance_percent(one["chance"]),
        )
        for one in quotas
    ]


def _funnel(document: DiagnosisDoc, lang: str) -> Picture | None:
    found = document["funnel"]
    if found is None:
        return None
    sentence = pick(found["sentence"], lang)
    return Picture(
        title=say("diagnosis.funnel", lang),
        note=say("diagnosis.funnel_note", lang, reference=pick(found["reference_label"], lang)),
        sentence=sentence,
        wide=_safe(charts.funnel(found["stages"], lang=lang, uid="fun", title=sentence)),
        narrow=_safe(charts.funnel(found["stages"], lang=lang, uid="funn", title=sentence, narrow=True)),
        heads=[say(f"diagnosis.{key}", lang) for key in ("stage", "moves_on", "days_in", "long")],
        rows=[_stage_row(stage, document["currency"], lang) for stage in found["stages"]],
    )


def _stage_row(stage: StageDoc, currency: str, lang: str) -> list[str]:
    long = "—"
    if stage["long"]:
        count = charts.deals(stage["long"], lang)
        long = f"{count} · {formats.money(stage['long_amount'], currency, lang)}"
    if stage["conversion"] is None or stage["days"] is None:
        return [stage["stage"], "—", "—", long]
    shares = (stage["conversion"], stage["conversion_low"], stage["conversion_high"], stage["similar_conversion"])
    share, low, high, similar = (formats.percent(value or 0.0) for value in shares)
    stays = (stage["days"], stage["days_low"], stage["days_high"], stage["similar_days"])
    stay, usual = (formats.value(value, "days", "", lang) for value in (stays[0], stays[3]))
    least, most = (f"{value or 0.0:.0f}" for value in stays[1:3])
    first = f"{share} ({low}–{high})" if lang == "en" else f"{share}（{low}–{high}）"
    second = f"{stay} ({least}–{most})" if lang == "en" else f"{stay}（{least}–{most}）"
    comma = "，" if lang == "zh" else ", "
    return [
        stage["stage"],
        first + comma + say("diagnosis.similar", lang, value=similar),
        second + comma + say("diagnosis.similar", lang, value=usual),
        long,
    ]


def _habits(document: DiagnosisDoc, lang: str) -> Picture | None:
    found = document["contrasts"]
    if found is None or not found["habits"]:
        return None
    sentence = pick(found["sentence"], lang)
    rows = []
    for habit in found["habits"]:
        values = [formats.value(habit[side], habit["unit"], "", lang) for side in ("top", "others", "own")]
        ends = {side: formats.value(habit[side], habit["unit"], "", lang) for side in ("low", "high")}
        rows.append([pick(habit["label"], lang), *values, say("diagnosis.to", lang, **ends)])
    return Picture(
        title=say("diagnosis.habits", lang),
        note=say("diagnosis.habits_note", lang, share=formats.percent(found["false_claims"])),
        sentence=sentence,
        wide=_safe(charts.habit_dots(found["habits"], lang=lang, uid="hab", title=sentence)),
        narrow=_safe(charts.habit_dots(found["habits"], lang=lang, uid="habn", title=sentence, narrow=True)),
        heads=[say(f"diagnosis.{key}", lang) for key in ("measure", "top", "others", "own", "difference")],
        rows=rows,
    )


def _trainings(document: DiagnosisDoc, lang: str) -> Picture | None:
    found, period = document["trainings"], document["training_period"]
    if not found or period is None:
        return None
    best = found[0]
    chances = {
        "after": wording.chance_percent(best["chance_after"]),
        "before": wording.chance_percent(best["chance_before"]),
    }
    sentence = f"{pick(best['label'], lang)}{'：' if lang == 'zh' else ': '}{pick(best['sentence'], lang)}"
    joined = "" if lang == "zh" else " "
    rows = []
    for one in found:
        ends = {"low": formats.signed(one["low"]), "high": formats.signed(one["high"])}
        people = say("diagnosis.people", lang, count=one["people"])
        rows.append(
            [pick(one["label"], lang), formats.signed(one["points"]), say("diagnosis.to", lang, **ends), people]
        )
    return Picture(
        title=say("diagnosis.trainings", lang),
        note=say("diagnosis.trainings_note", lang, day=formats.day(date.fromisoformat(period), lang)),
        sentence=joined.join((sentence, say("diagnosis.training_chance", lang, **chances))),
        wide=_safe(charts.training_dots(found, lang=lang, uid="tra", title=sentence)),
        narrow=_safe(charts.training_dots(found, lang=lang, uid="tran", title=sentence, narrow=True)),
        heads=[say(f"diagnosis.{key}", lang) for key in ("training", "points", "range", "who")],
        rows=rows,
    )


def _safe(picture: str) -> Markup:
    # Every word inside was escaped by service.web.svg.
    return Markup(picture)  # noqa: S704
