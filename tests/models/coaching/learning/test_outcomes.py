"""A play's own metric is judged against the forecast of the day of the suggestion, once its lag has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.coaching.decision_docs import PlayContextDoc
from models.coaching.learning.outcomes import Suggested, measured
from models.coaching.playbook import GapPlay, default_playbook

BOOK = default_playbook()
DAY = date(2026, 3, 2)
UP = next(play for play in BOOK.gaps if play.mechanism.good == "up")
DOWN = next(play for play in BOOK.gaps if play.mechanism.good == "down")


def suggested(play: GapPlay, **context: float | None) -> Suggested:
    """Return a suggestion that stood 4 units from its goal, worth 6 points, and was foreseen to gain 1 by itself."""
    known: dict[str, float | None] = {"gap": 6.0, "expected": 5.0, "own": 8.0, "goal": 12.0, "foreseen": 9.0}
    known |= {"spread": 2.0, **context}
    told = PlayContextDoc(metric=play.mechanism.feature, **known)  # type: ignore[typeddict-item]
    return Suggested("s1", "r1", play.id, DAY, told)


def after(play: GapPlay, value: float, days: int | None = None, **context: float | None) -> list[float]:
    """Return (surplus, noise) measured at a value, after the lag unless said otherwise; empty where nothing is."""
    on = DAY + timedelta(days=play.lag_days if days is None else days)
    values = {("r1", play.mechanism.feature): value}
    return [
        part for one in measured([suggested(play, **context)], values, BOOK, on) for part in (one.surplus, one.noise)
    ]


def test_a_metric_beyond_its_forecast_counts_in_points_of_the_gap() -> None:
    # One unit is worth 6 / 4 = 1.5 points; 11 instead of 9 are 2 units, give or take 2 units.
    assert after(UP, 11.0) == [3.0, 3.0]


def test_rising_as_far_as_was_foreseen_anyway_is_no_effect() -> None:
    assert after(UP, 9.0) == [0.0, 3.0]


def test_a_metric_that_should_fall_gains_by_falling() -> None:
    assert after(DOWN, 3.0, own=8.0, goal=4.0, foreseen=7.0) == [6.0, 3.0]


def test_nothing_is_measured_before_the_lag_has_passed() -> None:
    slow = next(play for play in BOOK.gaps if play.lag_days > 1)
    assert after(slow, 11.0, days=slow.lag_days - 1) == []
    assert after(slow, 11.0, days=slow.lag_days) != []


@pytest.mark.parametrize("missing", ["own", "goal", "foreseen", "spread"])
def test_what_was_not_known_then_is_not_judged_now(missing: str) -> None:
    assert after(UP, 11.0, **{missing: None}) == []


def test_a_metric_that_is_not_known_now_waits() -> None:
    assert after(UP, float("nan")) == []
    assert measured([suggested(UP)], {}, BOOK, DAY + timedelta(days=200)) == []


def test_where_there_was_no_way_to_go_points_mean_nothing() -> None:
    assert after(UP, 11.0, goal=8.0) == []
    assert after(UP, 11.0, gap=0.0) == []


def test_no_metric_is_taken_to_be_foreseen_exactly() -> None:
    assert after(UP, 11.0, spread=0.0) == [3.0, 0.5]


def test_strengths_and_plays_that_are_gone_have_no_metric() -> None:
    strength = next(play for play in BOOK.plays.values() if play.kind == "strength")
    values = {("r1", UP.mechanism.feature): 11.0}
    later = DAY + timedelta(days=300)
    for name in (strength.id, "no_such_play"):
        assert measured([replace(suggested(UP), play_id=name)], values, BOOK, later) == []
