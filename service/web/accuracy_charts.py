"""The pictures about past accuracy: error by lead, and coverage beside its promise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.accuracy.documents import MeasureDoc
from service.web import formats
from service.web.svg import BLUE, CARD, GREY_MID, HAIR, INK, INK2, ORANGE, Axis, line, path, rect, svg, text, ticks
from service.web.texts import say

HAN_WIDTH, LATIN_WIDTH = 12.0, 6.6


@dataclass(frozen=True)
class Series:
    """One forecaster, or one kind of people's own numbers, over the leads.

    Attributes:
        name: Name that is shown.
        look: `ours`, `rule` or `people`.
        measures: One per lead, None where nothing is stated.
    """

    name: str
    look: str
    measures: Sequence[MeasureDoc | None]


COLOURS = {"ours": BLUE, "rule": INK2, "people": ORANGE}


def error_by_lead(leads: Sequence[str], series: Sequence[Series], *, lang: str, uid: str, narrow: bool = False) -> str:
    """Draw the average miss at each lead with its range, in points of target from zero.

    Args:
        leads: Shown names of the leads, in order of time.
        series: What is compared; errors as shares of quota.
        lang: `en` or `zh`.
        uid: Unique on the page.
        narrow: For a phone.

    Returns:
        SVG, 610 x 300, or 340 x 280 when narrow.
    """
    width, height = (340, 280) if narrow else (610, 300)
    highs = [top for item in series for told in item.measures if told is not None for top in (_high(told),)]
    up = Axis(0.0, max([*highs, 0.1]) * 1.06, height - 34.0, 36.0)
    across = Axis(0.0, float(len(leads)), 44.0, width - 8.0)
    body = []
    for tick in ticks(up.low * 100, up.high * 100, 4):
        y = up.at(tick / 100)
        body.append(line(across.start, y, across.end, y, HAIR, 1))
        body.append(text(across.start - 6, y + 4, say("accuracy.points_axis", lang, count=f"{tick:g}"), anchor="end"))
    body += [text(across.at(i + 0.5), height - 12, name, anchor="middle", fill=INK2) for i, name in enumerate(leads)]
    for place, item in enumerate(series):
        shift = 0.5 + (place - (len(series) - 1) / 2) * 0.18
        points = [(across.at(i + shift), told) for i, told in enumerate(item.measures) if told is not None]
        body += _ranged(item.look, points, up)
    body += _legend(series, 14.0, across.start)
    words = [_words(item, leads, lang, _points) for item in series]
    return svg(width, height, uid, say("accuracy.error", lang), "; ".join(filter(None, words)), body)


def coverage_by_lead(
    leads: Sequence[str], series: Sequence[Series], promise: float, *, lang: str, uid: str, narrow: bool = False
) -> str:
    """Draw how often the range held at each lead, beside what it promised.

    Args:
        leads: Shown names of the leads, in order of time.
        series: What is compared; shares of outcomes.
        promise: What the range promised, a share.
        lang: `en` or `zh`.
        uid: Unique on the page.
        narrow: For a phone.

    Returns:
        SVG, 610 or 340 wide, and as high as it has leads.
    """
    width, left, row = (340, 84.0, 46.0) if narrow else (610, 110.0, 46.0)
    height = 60.0 + row * len(leads)
    lows = [_low(told) for item in series for told in item.measures if told is not None]
    across = Axis(min([0.5, *lows]), 1.0, left, width - 20.0)
    foot = height - 24.0
    body = []
    for tick in ticks(across.low, across.high, 5):
        x = across.at(tick)
        body.append(line(x, 44, x, foot, HAIR, 1))
        body.append(text(x, height - 8, formats.percent(tick), anchor="middle"))
    here = across.at(promise)
    body.append(line(here, 40, here, foot, INK, 1.8))
    body.append(
        text(
            here,
            35,
            say("accuracy.promise", lang, share=formats.percent(promise)),
            anchor="middle",
            fill=INK,
            weight=600,
        )
    )
    for i, name in enumerate(leads):
        middle = 44.0 + row * (i + 0.5)
        body.append(text(2, middle + 4, name, fill=INK2))
        for place, item in enumerate(series):
            told = item.measures[i]
            if told is None:
                continue
            y = middle + (place - (len(series) - 1) / 2) * 15
            if told["low"] is not None and told["high"] is not None:
                body.append(line(across.at(told["low"]), y, across.at(told["high"]), y, COLOURS[item.look], 1.6))
            body.append(mark(item.look, across.at(told["value"]), y))
    body += _legend(series, 14.0, 2.0)
    words = [_words(item, leads, lang, formats.percent) for item in series]
    return svg(width, height, uid, say("accuracy.coverage", lang), "; ".join(filter(None, words)), body)


def _ranged(look: str, points: Sequence[tuple[float, MeasureDoc]], up: Axis) -> list[str]:
    """Return joined marks, each with its range where one is known."""
    body = [_joined(look, [(x, up.at(told["value"])) for x, told in points])]
    for x, told in points:
        if told["low"] is not None and told["high"] is not None:
            body.append(line(x, up.at(told["low"]), x, up.at(told["high"]), COLOURS[look], 1.6))
        body.append(mark(look, x, up.at(told["value"])))
    return body


def mark(look: str, x: float, y: float) -> str:
    """Return the mark of a series: a filled dot, a hollow square or a filled diamond, so that no colour is needed."""
    if look == "ours":
        return f'<circle cx="{x:g}" cy="{y:g}" r="5.4" fill="{BLUE}" stroke="{CARD}" stroke-width="1.4"/>'
    if look == "people":
        around = [(x, y - 6.4), (x + 6.4, y), (x, y + 6.4), (x - 6.4, y)]
        return path(around, f'fill="{ORANGE}" stroke="{CARD}" stroke-width="1.4"', closed=True)
    return rect(x - 4.6, y - 4.6, 9.2, 9.2, CARD, f' stroke="{INK2}" stroke-width="1.8"')


def _joined(look: str, points: Sequence[tuple[float, float]]) -> str:
    stroke = COLOURS[look] if look != "rule" else GREY_MID
    return path(points, f'fill="none" stroke="{stroke}" stroke-width="1.2" opacity=".55"') if len(points) > 1 else ""


def _legend(series: Sequence[Series], y: float, x: float) -> list[str]:
    body = []
    for item in series:
        body.append(mark(item.look, x + 6, y))
        body.append(text(x + 16, y + 4, item.name, fill=INK2, weight=600))
        x += 34 + sum(HAN_WIDTH if ord(letter) > 0x2E80 else LATIN_WIDTH for letter in item.name)
    return body


def _words(item: Series, leads: Sequence[str], lang: str, told: Callable[[float], str]) -> str:
    parts = [
        say("accuracy.chart_point", lang, name=item.name, when=when, value=told(measure["value"]))
        for when, measure in zip(leads, item.measures, strict=True)
        if measure is not None
    ]
    return "; ".join(parts)


def _points(share: float) -> str:
    return f"{round(share * 100)}"


def _high(told: MeasureDoc) -> float:
    return told["value"] if told["high"] is None else max(told["value"], told["high"])


def _low(told: MeasureDoc) -> float:
    return told["value"] if told["low"] is None else min(told["value"], told["low"])
