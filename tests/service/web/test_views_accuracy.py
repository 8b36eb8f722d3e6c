"""The accuracy page states the numbers of the backtest, in words and in a picture, and nothing where there are none."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from service.accuracy.schemas import Accuracy
from service.web.accuracy_chart import MissRow, miss_chart
from service.web.views.accuracy import AccuracyPage, accuracy_page
from training.backtest.accuracy import accuracy_document

NAMES = {"n": "North"}


def _rows(name: str, lead: str, miss: float) -> pd.DataFrame:
    """Return 24 forecasts of 200 each that came out `miss` points of quota too high."""
    return pd.DataFrame(
        {
            "forecaster": name,
            "lead": lead,
            "period_start": [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-04-01")] * 12,
            "team_id": "n",
            "quota": 200.0,
            "q50": 100.0 + 2.0 * miss,
            "outcome": 100.0,
            "crps": 10.0,
            "pit": [0.05, 0.5, 0.5, 0.5] * 6,
        }
    )


def _page(*, calls: dict[str, object] | None = None, lang: str = "en") -> AccuracyPage:
    rows = pd.concat(
        [_rows("paceline", "1/2", 18.0), _rows("paceline", "3/4", -7.0), _rows("pace", "1/2", 31.0)], ignore_index=True
    )
    document = json.loads(json.dumps(accuracy_document(rows, "paceline", ["pace"])))
    found = Accuracy.model_validate({"model_version": "3", "backtest": document, "calls": calls or {}})
    return accuracy_page(found, NAMES, lang=lang)


def test_the_headline_is_the_average_miss_half_way_beside_that_of_pace() -> None:
    view = _page()
    assert view.headline == "Half-way through a period the middle was off by 18 points of target"
    assert "pace alone: 31 points" in view.lead
    assert "48 forecasts in 2 past periods" in view.lead


def test_each_time_of_the_period_states_range_and_leaning() -> None:
    half, late = _page().rows
    assert (half.lead, half.inside, half.lean, half.model, half.pace) == (
        "Half gone",
        "75%",
        "18 points too high",
        "18",
        "31",
    )
    assert (late.lean, late.pace, late.calls) == ("7 points too low", "—", "—")


def test_teams_go_by_their_names() -> None:
    assert [(row.team, row.model, row.pace) for row in _page().teams] == [("North", "18", "31")]


def test_calls_stand_beside_and_too_few_of_them_are_counted_only() -> None:
    view = _page(calls={"1/2": {"rows": 30, "mae": 22.0, "bias": 1.0}, "3/4": {"rows": 2}})
    assert [row.calls for row in view.rows] == ["22", "too few to judge (2)"]
    assert view.has_calls


def test_a_model_without_a_backtest_claims_nothing() -> None:
    view = accuracy_page(Accuracy(model_version="3", backtest=None, calls={}), NAMES, lang="en")
    assert (view.headline, view.rows, view.teams) == ("Not judged yet", [], [])


def test_the_page_speaks_chinese() -> None:
    view = _page(lang="zh")
    assert "18 个百分点" in view.headline
    assert view.rows[0].lean == "偏高 18 个百分点"


@pytest.mark.parametrize("narrow", [False, True])
def test_every_mark_and_every_word_lies_inside_the_picture(narrow: bool) -> None:
    rows = [MissRow("Three quarters gone", 3.0, 90.0, 55.0), MissRow("At the start", None, 12.0, None)]
    picture = miss_chart(rows, title="t", description="d", uid="u", narrow=narrow)
    width, height = (float(value) for value in re.findall(r'viewBox="0 0 (\S+) (\S+)"', picture)[0])
    centres = re.findall(r'<circle cx="(\S+)" cy="(\S+)"', picture)
    assert len(centres) == 3
    assert all(0 < float(x) < width and 0 < float(y) < height for x, y in centres)
    baselines = re.findall(r'<text x="(\S+)" y="(\S+)"', picture)
    assert all(0 <= float(x) <= width and 0 < float(y) <= height for x, y in baselines)


def test_a_lower_miss_stands_further_left() -> None:
    picture = miss_chart([MissRow("x", 10.0, 40.0, None)], title="t", description="d", uid="u")
    pace, model = (float(x) for x in re.findall(r'<circle cx="(\S+)"', picture))
    assert model < pace
