"""Charts keep to their frames, say what they show, and draw the numbers they were given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.domain.time import Period
from service.scoring.documents import ForecastDoc
from service.web import charts
from service.web.steps import Step, waterfall_steps
from service.web.svg import Axis, edge_arrows, ticks
from tests.support.documents import CASES, RepCase, explanation, forecast

SPACE = "{http://www.w3.org/2000/svg}"
Draw = Callable[[ForecastDoc, str], str]

CHARTS: dict[str, Draw] = {
    "bullet": lambda doc, lang: charts.bullet(doc, tone="talk", name="Chen <b>Jie</b>", lang=lang, uid="u"),
    "bullet_axis": lambda _doc, lang: charts.bullet_axis(lang=lang, uid="u"),
    "accounting": lambda doc, lang: charts.accounting_bar(doc, lang=lang, uid="u"),
    "dots": lambda doc, lang: charts.finish_dots(doc, lang=lang, uid="u"),
    "grid": lambda _doc, lang: charts.dot_grid(9, lang=lang, uid="u"),
    "pace": lambda doc, lang: charts.pace_bar(doc, lang=lang, uid="u"),
    "fan": lambda doc, lang: charts.fan(doc, lang=lang, uid="u"),
    "fan narrow": lambda doc, lang: charts.fan(doc, lang=lang, uid="u", narrow=True),
    "waterfall": lambda doc, lang: charts.waterfall(
        doc["explanation"] or explanation(CASES[0]), lang=lang, uid="u", currency="CNY"
    ),
    "waterfall narrow": lambda doc, lang: charts.waterfall(
        doc["explanation"] or explanation(CASES[0]), lang=lang, uid="u", currency="CNY", narrow=True
    ),
}
ODD = {
    "usual": CASES[0],
    "far beyond": replace(CASES[0], booked=2.2, middle=2.5),
    "below nothing": replace(CASES[0], booked=-0.3, middle=-0.1),
    "certain": replace(CASES[0], spread=0.0),
    "without a quota": replace(CASES[0], quota=None),
    "tiny": replace(CASES[0], quota=0.01),
    "huge": replace(CASES[0], quota=9e11),
    "cold": CASES[7],
}
WHEN = {
    "running": date(2026, 11, 22),
    "not begun": date(2026, 9, 30),
    "first day": date(2026, 10, 1),
    "over": date(2026, 12, 31),
}


def _parse(picture: str) -> ET.Element:
    # The text is our own; it is parsed to be measured.
    return ET.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314


def _frame(root: ET.Element) -> tuple[float, float]:
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    return width, height


def _spots(root: ET.Element) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for item in root.iter():
        at = {name: float(value) for name, value in item.attrib.items() if re.fullmatch(r"-?[\d.e+-]+", value)}
        if item.tag == f"{SPACE}circle":
            found += [(at["cx"] - at["r"], at["cy"] - at["r"]), (at["cx"] + at["r"], at["cy"] + at["r"])]
        if item.tag == f"{SPACE}rect" and "x" in at:
            found += [(at["x"], at["y"]), (at["x"] + at["width"], at["y"] + at["height"])]
        if item.tag == f"{SPACE}line":
            found += [(at["x1"], at["y1"]), (at["x2"], at["y2"])]
        if item.tag == f"{SPACE}text":
            found.append((at["x"], at["y"]))
        if item.tag == f"{SPACE}path":
            numbers = [float(part) for part in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", item.attrib["d"])]
            found += list(zip(numbers[::2], numbers[1::2], strict=True))
    return found


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_drawn_outside_of_the_frame(chart: str, odd: str, when: str) -> None:
    for lang in ("en", "zh"):
        root = _parse(CHARTS[chart](forecast(ODD[odd], as_of=WHEN[when]), lang))
        width, height = _frame(root)
        for x, y in _spots(root):
            assert -1 <= x <= width + 1, (chart, odd, when, x, width)
            assert -1 <= y <= height + 1, (chart, odd, when, y, height)


def _ends(item: ET.Element) -> tuple[float, float]:
    """Return where a line of words begins and ends, at 6.4 pixels a letter and 12 a Chinese character."""
    size = float(item.attrib["font-size"]) / 11.5
    width = size * sum(12.0 if ord(letter) > 0x2E7F else 6.4 for letter in item.text or "")
    x = float(item.attrib["x"])
    left = {"start": x, "middle": x - width / 2, "end": x - width}[item.attrib["text-anchor"]]
    return left, left + width


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("chart", CHARTS)
def test_no_words_are_cut_off_at_the_edge(chart: str, odd: str) -> None:
    for lang in ("en", "zh"):
        root = _parse(CHARTS[chart](forecast(ODD[odd]), lang))
        width, _ = _frame(root)
        for item in root.iter(f"{SPACE}text"):
            left, right = _ends(item)
            assert left >= -6, (item.text, left)
            assert right <= width + 6, (item.text, right)


@pytest.mark.parametrize("chart", CHARTS)
def test_each_chart_states_what_it_shows(chart: str) -> None:
    root = _parse(CHARTS[chart](forecast(CASES[0]), "en"))

    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    by_id = {item.attrib["id"]: item for item in root if "id" in item.attrib}
    assert all((by_id[name].text or "").strip() for name in named)
    assert by_id["u-t"].tag == f"{SPACE}title"


@pytest.mark.parametrize("chart", CHARTS)
def test_no_chart_needs_a_style_attribute_or_another_file(chart: str) -> None:
    picture = CHARTS[chart](forecast(CASES[0]), "en")

    assert "style=" not in picture
    assert "href" not in picture
    assert "<script" not in picture
    assert "nan" not in picture.lower().replace("quanan", "")


def test_names_are_escaped() -> None:
    picture = CHARTS["bullet"](forecast(CASES[0]), "en")

    assert "<b>" not in picture
    assert "Chen &lt;b&gt;Jie" in picture


def test_the_bullet_stands_where_the_numbers_say() -> None:
    root = _parse(charts.bullet(forecast(CASES[0]), tone="talk", name="x", lang="en", uid="u", top=1.4))

    # The axis runs from pixel 6 to 230 for 0 to 1.4: 160 pixels for each 100 %.
    middle = next(item for item in root.iter(f"{SPACE}circle"))
    assert float(middle.attrib["cx"]) == pytest.approx(6 + 0.82 * 160)
    booked = [item for item in root.iter(f"{SPACE}rect") if item.attrib["height"] == "7"]
    assert float(booked[0].attrib["width"]) == pytest.approx(0.41 * 160)
    target = next(item for item in root.iter(f"{SPACE}line"))
    assert float(target.attrib["x1"]) == pytest.approx(6 + 160)


def test_what_lies_beyond_the_axis_is_shown_by_an_arrow() -> None:
    axis = Axis(0.0, 1.4, 6.0, 230.0)

    assert edge_arrows(axis, [0.5], 17) == []
    assert len(edge_arrows(axis, [2.5], 17)) == 1
    assert len(edge_arrows(axis, [2.5, -0.1], 17)) == 2
    assert 'd="M229 12' in edge_arrows(axis, [2.5], 17)[0]


def test_twenty_dots_of_which_those_that_reach_the_target_are_filled() -> None:
    document = forecast(CASES[0])
    root = _parse(charts.finish_dots(document, lang="en", uid="u"))

    dots = list(root.iter(f"{SPACE}circle"))
    filled = [dot for dot in dots if dot.attrib["fill"] != "none"]
    assert len(dots) == 20
    # P(attain) is 5.6 %: one of twenty.
    assert len(filled) == sum(finish >= 2_400_000 for finish in document["dots"]) == 1


def test_the_grid_fills_from_the_end() -> None:
    dots = list(_parse(charts.dot_grid(9, lang="en", uid="u")).iter(f"{SPACE}circle"))

    assert [dot.attrib["fill"] != "none" for dot in dots] == [False] * 11 + [True] * 9


def test_the_waterfall_begins_at_the_reference_and_ends_at_the_middle() -> None:
    steps = waterfall_steps(explanation(CASES[0]), lang="en", currency="CNY")

    assert (steps[0].start, steps[0].kind) == (96.0, "point")
    assert (steps[-1].kind, round(steps[-1].end, 9)) == ("result", 82.0)
    for before, after in pairwise(steps[:-1]):
        assert after.start == pytest.approx(before.end)
    # 96 - 9 + 5.5 - 5.5 - 4 + 2 = 85; everything else -3.4; average to middle +0.4.
    assert steps[-2].end == pytest.approx(82.0)
    assert [step.amount for step in steps[1:]] == [
        "▼ −9.0",
        "▲ +5.5",
        "▼ −5.5",
        "▼ −4.0",
        "▲ +2.0",
        "▼ −3.4",
        "▲ +0.4",
        "82%",
    ]


def test_the_waterfall_leaves_out_what_is_nothing() -> None:
    document = explanation(replace(CASES[0], middle=0.85))
    document["everything_else"], document["mean_to_median"] = 0.04, -0.04

    labels = [step.label for step in waterfall_steps(document, lang="en", currency="CNY")]

    assert "Everything else" not in labels
    assert "From average to middle" not in labels


def test_long_names_are_cut_before_they_reach_the_bars() -> None:
    long = explanation(CASES[0])
    long["drivers"][0]["label"] = {"en": "A name of a driver that nobody would ever read to its end", "zh": "很" * 40}

    steps = waterfall_steps(long, lang="en", currency="CNY")

    assert steps[1].label == "A name of a driver that nobody…"
    assert waterfall_steps(long, lang="zh", currency="CNY")[1].label == "很" * 15 + "…"


def test_a_step_is_a_plain_value() -> None:
    assert Step("a", "b", "c", 1.0, 2.0, "driver").end == 2.0


def test_the_fan_covers_the_whole_period() -> None:
    case = RepCase("r", "R")
    month = Period(date(2026, 6, 1), date(2026, 6, 30))
    words = {
        item.text
        for item in _parse(charts.fan(forecast(case, as_of=date(2026, 6, 10), period=month), lang="en", uid="u")).iter(
            f"{SPACE}text"
        )
    }

    assert {"1 Jun", "30 Jun", "booked 41%", "82%"} <= words


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.floats(-1e12, 1e12))
def test_an_axis_never_leaves_its_pixels(low: float, high: float, value: float) -> None:
    axis = Axis(min(low, high), max(low, high), 10.0, 20.0)
    assert 10.0 <= axis.at(value) <= 20.0


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_round_few_and_inside(low: float, size: float) -> None:
    found = ticks(low, low + size)
    assert 1 <= len(found) <= 7
    assert all(low - size * 1e-6 <= tick <= low + size * (1 + 1e-6) for tick in found)
