"""Pictures of a diagnosis keep to their frames, draw the numbers they were given, and need no colour."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from models.diagnosis.documents import HabitDoc, MissDoc, StageDoc, TrainingDoc
from service.web import diagnosis_charts as charts
from tests.support.diagnoses import GAP, PARTS, contrasts, funnel, miss, training

SPACE = "{http://www.w3.org/2000/svg}"
Draw = Callable[[str, bool], str]


def usual() -> MissDoc:
    return miss(1_000_000.0, flagged=0, people=1, plan_first=False)


def scaled(factor: float) -> MissDoc:
    """Return the gap with every number multiplied."""
    told = usual()
    told["points"] *= factor
    for cause in told["causes"]:
        cause["points"], cause["low"], cause["high"] = (
            factor * cause["points"],
            factor * cause["low"],
            factor * cause["high"],
        )
    return told


def odd_stages() -> list[StageDoc]:
    """Return stages with a long name, no deals, and a very long stay."""
    first, second, third = funnel()["stages"]
    return [
        StageDoc(**{**first, "stage": "A stage <b>whose</b> name is far too long to be shown"}),
        StageDoc(**{**second, "days": 900.0, "days_high": 2_000.0}),
        third,
    ]


def habits() -> list[HabitDoc]:
    return contrasts()["habits"]


def trainings() -> list[TrainingDoc]:
    return [training("winning", 3.2), training("closing", 0.0)]


CHARTS: dict[str, Draw] = {
    "gap": lambda lang, narrow: charts.gap_waterfall(usual(), lang=lang, uid="u", narrow=narrow),
    "surplus": lambda lang, narrow: charts.gap_waterfall(scaled(-1.0), lang=lang, uid="u", narrow=narrow),
    "huge": lambda lang, narrow: charts.gap_waterfall(scaled(40.0), lang=lang, uid="u", narrow=narrow),
    "nothing": lambda lang, narrow: charts.gap_waterfall(scaled(0.0), lang=lang, uid="u", narrow=narrow),
    "funnel": lambda lang, narrow: charts.funnel(funnel()["stages"], lang=lang, uid="u", title="t", narrow=narrow),
    "odd funnel": lambda lang, narrow: charts.funnel(odd_stages(), lang=lang, uid="u", title="t", narrow=narrow),
    "habits": lambda lang, narrow: charts.habit_dots(habits(), lang=lang, uid="u", title="t", narrow=narrow),
    "trainings": lambda lang, narrow: charts.training_dots(trainings(), lang=lang, uid="u", title="t", narrow=narrow),
}


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314 - our own


def spots(root: ET.Element) -> list[tuple[float, float]]:
    found = []
    for item in root.iter():
        for across, down in (("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")):
            if across in item.attrib:
                found.append((float(item.attrib[across]), float(item.attrib[down])))
        if item.tag == f"{SPACE}rect":
            found.append((float(item.attrib["x"]) + float(item.attrib["width"]), float(item.attrib["y"])))
    return found


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_drawn_outside_of_the_frame(chart: str, lang: str, narrow: bool) -> None:
    root = parsed(CHARTS[chart](lang, narrow))
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    assert width == (340 if narrow else 640)
    for x, y in spots(root):
        assert -1 <= x <= width + 1
        assert -1 <= y <= height + 1


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("chart", CHARTS)
def test_no_words_are_cut_off_at_the_edge(chart: str, lang: str, narrow: bool) -> None:
    root = parsed(CHARTS[chart](lang, narrow))
    for item in root.iter(f"{SPACE}text"):
        size = float(item.attrib["font-size"]) / 11.5
        width = size * sum(12.0 if ord(letter) > 0x2E7F else 6.4 for letter in item.text or "")
        x = float(item.attrib["x"])
        left = {"start": x, "middle": x - width / 2, "end": x - width}[item.attrib["text-anchor"]]
        assert left >= -6, item.text
        assert left + width <= (340 if narrow else 640) + 6, item.text


@pytest.mark.parametrize("chart", CHARTS)
def test_each_picture_states_what_it_shows_and_needs_nothing_else(chart: str) -> None:
    picture = CHARTS[chart]("en", False)
    root = parsed(picture)
    assert root.attrib["role"] == "img"
    assert all((item.text or "").strip() for item in root if item.tag in {f"{SPACE}title", f"{SPACE}desc"})
    assert "style=" not in picture
    assert "<b>" not in picture
    assert not re.search(r"\bnan\b|\binf\b", picture)


def bars(root: ET.Element) -> list[tuple[float, float]]:
    """Return where the bars of a waterfall begin and end."""
    return [
        (float(item.attrib["x"]), float(item.attrib["x"]) + float(item.attrib["width"]))
        for item in root.iter(f"{SPACE}rect")
    ]


def test_the_bars_of_the_gap_follow_on_each_other_and_end_at_the_gap() -> None:
    root = parsed(charts.gap_waterfall(usual(), lang="en", uid="u"))
    marks = [0.0]
    for code in sorted(PARTS, key=lambda name: -abs(PARTS[name][0])):
        marks.append(marks[-1] + PARTS[code][0])
    drawn = bars(root)
    assert len(drawn) == 5
    scale = (drawn[0][1] - drawn[0][0]) / PARTS["plan"][0]
    zero = drawn[0][0]
    for (left, right), (start, end) in zip(drawn, pairwise(marks), strict=True):
        assert left == pytest.approx(zero + scale * min(start, end), abs=0.1)
        assert right == pytest.approx(zero + scale * max(start, end), abs=0.1)
    end_dot = next(item for item in root.iter(f"{SPACE}circle"))
    assert float(end_dot.attrib["cx"]) == pytest.approx(zero + scale * GAP, abs=0.1)


def test_a_part_that_may_be_chance_is_told_by_an_empty_bar() -> None:
    root = parsed(charts.gap_waterfall(usual(), lang="en", uid="u"))
    empty = ["stroke" in item.attrib for item in root.iter(f"{SPACE}rect")]
    # Largest first: plan, leads are sure; chance, skill, process are not.
    assert empty == [False, False, True, True, True]


def test_a_stage_that_stalls_is_marked_by_a_sign_and_not_by_colour_alone() -> None:
    words = [item.text or "" for item in parsed(CHARTS["funnel"]("en", False)).iter(f"{SPACE}text")]
    assert sum(text.startswith("▲ ") for text in words) == 2
    assert "▲ 31 days" in words
    assert "(19 days)" in words
    assert words.count("—") == 2


def test_a_habit_stands_right_of_the_middle_exactly_when_the_top_quarter_does_more_of_it() -> None:
    root = parsed(CHARTS["habits"]("en", False))
    middle = float(next(item for item in root.iter(f"{SPACE}line")).attrib["x1"])
    dots = [float(item.attrib["cx"]) for item in root.iter(f"{SPACE}circle")]
    assert dots[0] > middle
    assert dots[1] < middle
    filled = [item.attrib["fill"] for item in root.iter(f"{SPACE}circle")]
    assert filled[0] != filled[1]
