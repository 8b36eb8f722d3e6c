"""Words and marks stand out from what lies behind them, in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.web.svg import BLUE, CARD, GREY_MID, INK, ORANGE

CSS = (Path(__file__).parents[3] / "service" / "web" / "static" / "paceline.css").read_text(encoding="utf-8")
THEMES = [
    dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{3,6})", block))
    for block in re.findall(r":root\{(.*?)\}", CSS, re.DOTALL)
]
TEXT = [("ink", "card"), ("ink2", "card"), ("ink3", "card"), ("ink", "bg"), ("ink2", "bg"), ("ink3", "bg")]
TEXT += [("blue", "card"), ("orange", "card"), ("blue", "bg"), ("orange", "bg"), ("on-blue", "blue")]
TEXT += [("blue", "blue-soft"), ("orange", "orange-soft"), ("ink2", "grey-soft"), ("ink", "blue-soft")]
MARKS = [("blue-mid", "card"), ("orange-mid", "card"), ("grey-mid", "card"), ("ink", "card"), ("edge", "card")]


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(letter * 2 for letter in colour[1:])
    channels = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize(("front", "behind"), TEXT)
def test_words_reach_four_and_a_half(theme: dict[str, str], front: str, behind: str) -> None:
    assert contrast(theme[front], theme[behind]) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize(("front", "behind"), MARKS)
def test_marks_reach_three(theme: dict[str, str], front: str, behind: str) -> None:
    assert contrast(theme[front], theme[behind]) >= 3.0


def test_both_themes_name_the_same_colours_and_charts_fall_back_to_the_light_one() -> None:
    light, dark = THEMES
    assert set(light) == set(dark)
    for reference in (BLUE, CARD, GREY_MID, INK, ORANGE):
        name, fallback = re.fullmatch(r"var\(--([\w-]+),(#\w+)\)", reference).groups()  # type: ignore[union-attr]
        assert light[name] == fallback


def test_the_style_sheet_loads_nothing() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
