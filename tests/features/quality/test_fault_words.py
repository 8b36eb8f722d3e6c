"""Sentences of faults of a dataset: both languages say every fault that can be found, with the same figures."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from features.quality.fault_words import WORDS, fault_sentence, told_fault

FAULTS = Path(__file__).parents[3] / "features" / "quality" / "faults.py"
STOPPED: dict[str, float | str] = {
    "feed": "bookings",
    "before_last_month": "2024-04",
    "last_month": "2024-05",
    "before_last": 1.0,
    "last": 0.0,
    "usual": 40.0,
}


def found_in_code() -> set[str]:
    """Return the codes of the faults that the checks find."""
    calls = [n for n in ast.walk(ast.parse(FAULTS.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    named = [n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "_fault"]
    return {n.args[0].value for n in named if isinstance(n.args[0], ast.Constant) and isinstance(n.args[0].value, str)}


def test_every_fault_has_words_in_both_languages() -> None:
    assert len(found_in_code()) == 3
    assert found_in_code() == set(WORDS)


@pytest.mark.parametrize("code", sorted(WORDS))
def test_both_languages_tell_the_same_figures(code: str) -> None:
    english, chinese = ({f for _, f, _, _ in Formatter().parse(text) if f} for text in WORDS[code])
    assert english == chinese
    assert re.search(r"[\u4e00-\u9fff]", WORDS[code][1])


def test_the_figures_stand_in_the_sentence() -> None:
    assert fault_sentence("feed_stopped", STOPPED, "en").startswith(
        "bookings: 1 and 0 rows in 2024-04 and 2024-05, where 40 a month were usual"
    )
    assert fault_sentence("feed_stopped", STOPPED, "zh").startswith(
        "bookings：2024-04 与 2024-05 只有 1 与 0 行，而平常每月 40 行"
    )


def test_a_stored_fault_without_its_figures_keeps_the_sentence_it_was_stored_with() -> None:
    stored = {"code": "scale", "sentence": "as it was told then", "figures": {"median_ratio": 20.0}}
    assert told_fault(stored, "zh") == "as it was told then"
