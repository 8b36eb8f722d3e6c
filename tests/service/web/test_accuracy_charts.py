"""Pictures of past accuracy keep to their frames, say their figures, and need no colour to be told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from models.accuracy.documents import MeasureDoc
from service.web.accuracy_charts import Series, coverage_by_lead, error_by_lead, mark

LEADS = ["At the start", "¼ gone", "½ gone", "¾ gone"]


def told(value: float, low: float | None = None, high: float | None = None) -> MeasureDoc:
    return {"value": value, "low": low, "high": high}


OURS = Series("Paceline", "ours", [told(0.49, 0.45, 0.53), told(0.38, 0.3, 0.4), told(0.32), None])
PACE = Series("Even <pace>", "rule", [told(0.64, 0.57, 0.72), told(0.68, 0.6, 0.7), told(0.56, 0.5, 0.6), told(0.36)])
PEOPLE = Series("Manager: Most likely", "people", [None, told(0.5, 0.4, 0.6), told(0.4, 0.3, 0.5), told(0.2)])
HELD = Series("Paceline", "ours", [told(0.79, 0.7, 0.85), told(0.83, 0.8, 0.9), told(1.0, 0.2, 1.0), told(0.3)])


def _pictures(series: Sequence[Series], *, narrow: bool, lang: str = "en") -> list[str]:
    return [
        error_by_lead(LEADS, series, lang=lang, uid="u", narrow=narrow),
        coverage_by_lead(LEADS, series, 0.8, lang=lang, uid="u", narrow=narrow),
    ]


def _outside(picture: str) -> list[tuple[str, float, float]]:
    root = ET.fromstring(picture)  # noqa: S314 - our own text
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    beyond = []
    for item in root.iter():
        for across, down in (("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")):
            if across in item.attrib:
                x, y = float(item.attrib[across]), float(item.attrib[down])
                if not (0 <= x <= width and 0 <= y <= height):
                    beyond.append((item.tag, x, y))
    return beyond


@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("series", [[OURS, PACE], [OURS, PACE, PEOPLE], [HELD], [OURS]])
def test_nothing_is_drawn_outside_of_the_frame(series: list[Series], lang: str, narrow: bool) -> None:
    for picture in _pictures(series, narrow=narrow, lang=lang):
        assert _outside(picture) == []
        assert "nan" not in picture


@pytest.mark.parametrize("narrow", [True, False])
def test_a_label_at_an_edge_has_room_for_its_letters(narrow: bool) -> None:
    picture = coverage_by_lead(LEADS, [HELD], 0.8, lang="en", uid="u", narrow=narrow)
    root = ET.fromstring(picture)  # noqa: S314 - our own text
    width = float(root.attrib["viewBox"].split()[2])
    for item in root.iter("text"):
        if item.attrib["text-anchor"] == "middle":
            half = len(item.text or "") * 3.6
            assert half <= float(item.attrib["x"]) <= width - half, item.text


def test_a_reader_hears_every_figure_and_no_missing_one() -> None:
    picture = error_by_lead(LEADS, [OURS, PACE], lang="en", uid="u")
    words = re.findall(r"<desc[^>]*>(.*?)</desc>", picture)[0]
    assert "Paceline At the start: 49; Paceline ¼ gone: 38; Paceline ½ gone: 32; Even" in words
    assert "Paceline ¾ gone" not in words


def test_names_are_escaped() -> None:
    assert "<pace>" not in error_by_lead(LEADS, [PACE], lang="en", uid="u")


def test_marks_differ_in_shape() -> None:
    shapes = {look: mark(look, 0, 0).split()[0] for look in ("ours", "rule", "people")}
    assert shapes == {"ours": "<circle", "rule": "<rect", "people": "<path"}


def test_a_larger_error_stands_higher() -> None:
    picture = error_by_lead(LEADS, [OURS], lang="en", uid="u")
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', picture)]
    # The last circle is the one of the legend.
    assert heights[:-1] == sorted(heights[:-1])
    assert len(heights) == 4
