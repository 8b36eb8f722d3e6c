"""The page about past accuracy: pictures, plain words, and the same figures as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol, cast

from markupsafe import Markup
from pydantic import BaseModel

from features.domain.vocabulary import REVENUE
from models.accuracy.documents import AccuracyLineDoc, FlagLineDoc, JudgedPeriodDoc, MeasureDoc
from models.accuracy.settings import AccuracySettings
from service.accuracy.schemas import Accuracy, CallLine
from service.web import accuracy_charts as charts
from service.web import formats
from service.web.accuracy_charts import Series
from service.web.texts import TEXTS, say

LEAD_KEYS = {
    "day 0": "accuracy.lead_start",
    "1/4": "accuracy.lead_quarter",
    "1/2": "accuracy.lead_half",
    "3/4": "accuracy.lead_three",
}
SHARES = {"day 0": 0.0, "1/4": 0.25, "1/2": 0.5, "3/4": 0.75}
HALFWAY = "1/2"
PACE = "pace"
Row = tuple[str, list[str]]
Told = Callable[[float], str]


@dataclass(frozen=True)
class Table:
    """A table: heads of its columns, the first of them that of the rows' names, and its rows."""

    heads: list[str]
    rows: list[Row]


@dataclass(frozen=True)
class AccuracyPage:
    """Everything that the page shows; pictures and tables are empty while nothing can be stated."""

    lead: list[str]
    missing: str
    error: Markup
    error_narrow: Markup
    error_table: Table
    coverage: Markup
    coverage_narrow: Markup
    coverage_table: Table
    rules: Table
    teams: Table
    calls: Table
    flags: Table
    how: str
    provenance: str


def accuracy_page(accuracy: Accuracy, *, lang: str, settings: AccuracySettings) -> AccuracyPage:
    """Return the page.

    Args:
        accuracy: What `GET /v1/accuracy` answers.
        lang: `en` or `zh`.
        settings: What must stand behind a figure.
    """
    company = main_lines([cast(AccuracyLineDoc, plain(line)) for line in accuracy.company])
    served = accuracy.run.served if accuracy.run is not None else ""
    leads = [name for name in LEAD_KEYS if any(line["lead"] == name for line in company)]
    shown = [lead_name(name, lang) for name in leads]
    compared = (served, PACE)
    errors = [_series(company, name, leads, "mae", lang=lang, served=served) for name in compared]
    errors = _with_something([*errors, *_people(accuracy.calls, leads, lang)])
    held = _with_something([_series(company, name, leads, "coverage", lang=lang, served=served) for name in compared])
    promise = accuracy.run.nominal_coverage if accuracy.run is not None else 0.8
    error = _wide_and_narrow(partial(charts.error_by_lead, shown, errors, lang=lang), "err", drawn=bool(errors))
    draw = partial(charts.coverage_by_lead, shown, held, promise, lang=lang)
    coverage = _wide_and_narrow(draw, "cov", drawn=bool(held))
    return AccuracyPage(
        lead=_lead(accuracy, company, served, lang) if errors else [],
        missing=_missing(accuracy, lang, drawn=bool(errors)),
        error=error[0],
        error_narrow=error[1],
        error_table=_by_lead(shown, errors, lang, points_of),
        coverage=coverage[0],
        coverage_narrow=coverage[1],
        coverage_table=_by_lead(shown, held, lang, percent_of),
        rules=_rules(company, leads, served, lang),
        teams=_teams(accuracy, served, lang),
        calls=_calls(accuracy.calls, lang),
        flags=_flags([cast(FlagLineDoc, plain(line)) for line in accuracy.flags], lang),
        how=say("accuracy.how_text", lang, rep_periods=settings.least_rep_periods, reps=settings.least_reps),
        provenance=_provenance(accuracy, lang),
    )


def _with_something(series: Sequence[Series]) -> list[Series]:
    return [item for item in series if any(item.measures)]


class _Draw(Protocol):
    def __call__(self, *, uid: str, narrow: bool) -> str: ...


def _wide_and_narrow(draw: _Draw, uid: str, *, drawn: bool) -> tuple[Markup, Markup]:
    """Return a chart for the desktop and for the phone, both empty where there is nothing to draw."""
    if not drawn:
        return Markup(), Markup()
    return _safe(draw(uid=uid, narrow=False)), _safe(draw(uid=f"{uid}n", narrow=True))


def reliability(lines: Sequence[AccuracyLineDoc], served: str, elapsed: float, lang: str) -> str:
    """Return how good the forecast was at this point of past periods, "" where that can not be stated.

    Args:
        lines: Lines of the company.
        served: Name of the forecaster that is served.
        elapsed: Share of the running period that has gone.
        lang: `en` or `zh`.
    """
    mine = [
        line for line in main_lines(lines) if line["forecaster"] == served and SHARES.get(line["lead"], 2) <= elapsed
    ]
    line = max(mine, key=lambda item: SHARES[item["lead"]], default=None)
    if line is None or line["mae"] is None or line["coverage"] is None or line["mae"]["low"] is None:
        return ""
    return say(
        "accuracy.reliability",
        lang,
        periods=line["periods"],
        share=formats.percent(line["coverage"]["value"]),
        miss=_whole(line["mae"]["value"]),
        range=_range(line["mae"], _whole),
    )


def main_lines(lines: Sequence[AccuracyLineDoc]) -> list[AccuracyLineDoc]:
    """Return the lines of the measure that the page speaks about: revenue, else the first."""
    metrics = sorted({line["metric"] for line in lines})
    chosen = REVENUE if REVENUE in metrics else next(iter(metrics), "")
    return [line for line in lines if line["metric"] == chosen]


def lead_name(name: str, lang: str) -> str:
    """Return the shown name of a lead.

    Examples:
        >>> lead_name("1/2", "en"), lead_name("day 0", "zh")
        ('½ gone', '期初')
    """
    return say(LEAD_KEYS[name], lang)


def forecaster_name(name: str, lang: str) -> str:
    """Return the shown name of a forecaster.

    Examples:
        >>> forecaster_name("pace", "en"), forecaster_name("learned_curve", "en")
        ('Even pace', 'learned curve')
    """
    key = f"accuracy.f_{name}"
    return say(key, lang) if key in TEXTS else name.replace("_", " ")


def points_of(measure: MeasureDoc | None, lang: str) -> str:
    """Return an error in points of target with its range.

    Examples:
        >>> points_of({"value": 0.318, "low": 0.27, "high": 0.36}, "en"), points_of(None, "zh")
        ('32 (27–36)', '样本太少')
    """
    return _measured(measure, lang, _whole)


def percent_of(measure: MeasureDoc | None, lang: str) -> str:
    """Return a share with its range.

    Examples:
        >>> percent_of({"value": 0.816, "low": None, "high": None}, "en")
        '82%'
    """
    return _measured(measure, lang, formats.percent)


def bias_of(measure: MeasureDoc | None, lang: str) -> str:
    """Return a relative bias with its sign and range.

    Examples:
        >>> bias_of({"value": 0.16, "low": -0.02, "high": 0.23}, "en")
        '+16% (−2% to +23%)'
    """
    return _measured(measure, lang, _signed, key="accuracy.measured_signed")


def plain(model: object) -> dict[str, object]:
    """Return a model of a contract as the document that it was made from."""
    if not isinstance(model, BaseModel):
        raise TypeError(f"{type(model).__name__} is no model of a contract")
    return model.model_dump()


def _measured(measure: MeasureDoc | None, lang: str, told: Told, *, key: str = "accuracy.measured") -> str:
    if measure is None:
        return say("accuracy.insufficient", lang)
    value, low, high = measure["value"], measure["low"], measure["high"]
    if low is None or high is None:
        return told(value)
    return say(key, lang, value=told(value), low=told(low), high=told(high))


def _whole(share: float) -> str:
    return f"{round(share * 100)}"


def _signed(share: float) -> str:
    return f"{'+' if round(share * 100) > 0 else ''}{formats.percent(share)}"


def _range(measure: MeasureDoc, told: Told) -> str:
    low = measure["value"] if measure["low"] is None else measure["low"]
    high = measure["value"] if measure["high"] is None else measure["high"]
    return f"{told(low)}{formats.DASH}{told(high)}"


def _share_range(measure: MeasureDoc, lang: str) -> str:
    low = measure["value"] if measure["low"] is None else measure["low"]
    high = measure["value"] if measure["high"] is None else measure["high"]
    return formats.percent_range(low, high, lang)


def _signed_range(measure: MeasureDoc, lang: str) -> str:
    low = measure["value"] if measure["low"] is None else measure["low"]
    high = measure["value"] if measure["high"] is None else measure["high"]
    return say("accuracy.from_to", lang, low=_signed(low), high=_signed(high))


def _safe(picture: str) -> Markup:
    # Every word inside was escaped by service.web.svg.
    return Markup(picture)  # noqa: S704


def _series(
    lines: Sequence[AccuracyLineDoc], name: str, leads: Sequence[str], measure: str, *, lang: str, served: str
) -> Series:
    found = {line["lead"]: line[measure] for line in lines if line["forecaster"] == name}  # type: ignore[literal-required]
    look = "ours" if name == served else "rule"
    return Series(forecaster_name(name, lang), look, [found.get(lead) for lead in leads])


def _people(lines: Sequence[CallLine], leads: Sequence[str], lang: str) -> list[Series]:
    """Return the most likely numbers of managers, else those of reps: a third mark, not a fourth and fifth."""
    for side in ("manager", "rep"):
        found = {
            line.lead: None if line.mae is None else cast(MeasureDoc, plain(line.mae))
            for line in lines
            if line.side == side and line.category == "most_likely"
        }
        if any(found.values()):
            name = f"{say(f'call.side_{side}', lang)}: {say('call.most_likely', lang)}"
            return [Series(name, "people", [found.get(lead) for lead in leads])]
    return []


def _by_lead(
    leads: Sequence[str], series: Sequence[Series], lang: str, told: Callable[[MeasureDoc | None, str], str]
) -> Table:
    rows = [(name, [told(item.measures[place], lang) for item in series]) for place, name in enumerate(leads)]
    return Table([say("accuracy.when", lang), *(item.name for item in series)], rows if series else [])


def _rules(lines: Sequence[AccuracyLineDoc], leads: Sequence[str], served: str, lang: str) -> Table:
    names = sorted({line["forecaster"] for line in lines}, key=lambda name: (name != served, name))
    rows = []
    for name in names:
        found = {line["lead"]: line["mae"] for line in lines if line["forecaster"] == name}
        rows.append((forecaster_name(name, lang), [points_of(found.get(lead), lang) for lead in leads]))
    return Table([say("accuracy.rule", lang), *(lead_name(lead, lang) for lead in leads)], rows)


def _teams(accuracy: Accuracy, served: str, lang: str) -> Table:
    heads = ("accuracy.team", "accuracy.miss", "accuracy.miss_pace", "accuracy.held_short", "accuracy.count")
    rows = []
    for team in accuracy.teams:
        lines = main_lines([cast(AccuracyLineDoc, plain(line)) for line in team.lines])
        half = {line["forecaster"]: line for line in lines if line["lead"] == HALFWAY}
        ours, pace = half.get(served), half.get(PACE)
        cells = [
            points_of(ours["mae"] if ours else None, lang),
            points_of(pace["mae"] if pace else None, lang),
            percent_of(ours["coverage"] if ours else None, lang),
            f"{ours['rep_periods']:,}" if ours else "0",
        ]
        rows.append((team.team_name, cells))
    return Table([say(key, lang) for key in heads], rows)


def _calls(lines: Sequence[CallLine], lang: str) -> Table:
    heads = ("who", "when", "miss", "bias", "reached", "count")
    names = [say(f"accuracy.{key}", lang) for key in heads]
    beside = [forecaster_name(name, lang) for name in ("paceline", PACE)]
    rows = []
    for line in lines:
        others = {item.forecaster: cast(MeasureDoc, plain(item.mae)) for item in line.beside}
        told = [None if item is None else cast(MeasureDoc, plain(item)) for item in (line.mae, line.bias, line.reached)]
        who = f"{say(f'call.side_{line.side}', lang)} · {say(f'call.{line.category}', lang)}"
        cells = [
            lead_name(line.lead, lang),
            points_of(told[0], lang),
            *(points_of(others.get(name), lang) for name in ("paceline", PACE)),
            bias_of(told[1], lang),
            percent_of(told[2], lang),
            f"{line.rep_periods:,}",
        ]
        rows.append((who, cells))
    return Table([*names[:3], *beside, *names[3:]], rows)


def _flags(lines: Sequence[FlagLineDoc], lang: str) -> Table:
    heads = ("when", "flagged", "precision", "recall", "days", "churn", "waiting")
    rows = [
        (
            lead_name(line["lead"], lang),
            [
                _share(line["flagged"]),
                _share(line["precision"]),
                _share(line["recall"]),
                "—" if line["days_before_end"] is None else f"{line['days_before_end']:.0f}",
                "—" if line["churn"] is None else f"{line['churn']:.2f}",
                _share(line["waiting"]),
            ],
        )
        for line in lines
        if line["lead"] in LEAD_KEYS
    ]
    return Table([say(f"accuracy.{key}", lang) for key in heads], rows)


def _share(value: float | None) -> str:
    return "—" if value is None else formats.percent(value)


def _missing(accuracy: Accuracy, lang: str, *, drawn: bool) -> str:
    if accuracy.missing is not None:
        return say(f"accuracy.{accuracy.missing}", lang)
    return "" if drawn else say("accuracy.too_few_periods", lang)


def _lead(accuracy: Accuracy, lines: Sequence[AccuracyLineDoc], served: str, lang: str) -> list[str]:
    periods = [cast(JudgedPeriodDoc, plain(period)) for period in accuracy.periods]
    half = {line["forecaster"]: line for line in lines if line["lead"] == HALFWAY}
    ours, pace = half.get(served), half.get(PACE)
    first, last = (date.fromisoformat(day) for day in (periods[0]["period_start"], periods[-1]["period_end"]))
    told = [
        say(
            "accuracy.judged",
            lang,
            periods=len(periods),
            from_=formats.day(first, lang),
            to=formats.day(last, lang),
        )
    ]
    if ours is None or ours["mae"] is None:
        return told
    if pace is not None and pace["mae"] is not None:
        blanks = {"ours": _whole(ours["mae"]["value"]), "pace": _whole(pace["mae"]["value"])}
        told.append(say("accuracy.typical", lang, range=_range(ours["mae"], _whole), **blanks))
    if ours["coverage"] is not None:
        held = ours["coverage"]
        told.append(say("accuracy.held", lang, share=formats.percent(held["value"]), range=_share_range(held, lang)))
    if ours["bias"] is not None and round(abs(ours["bias"]["value"]) * 100):
        key = "accuracy.too_high" if ours["bias"]["value"] > 0 else "accuracy.too_low"
        share = formats.percent(abs(ours["bias"]["value"]))
        told.append(say(key, lang, share=share, range=_signed_range(ours["bias"], lang)))
    return told


def _provenance(accuracy: Accuracy, lang: str) -> str:
    run = accuracy.run
    if run is None:
        return ""
    day = formats.day(date.fromisoformat(run.as_of), lang)
    return say("accuracy.from", lang, model=run.model_version, dataset=run.dataset_version[:12], day=day)
