"""The driver-match rule tries near-equal plays by exact chances, at a bounded cost, and the same all period long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.coaching.guardrails import Candidate
from models.coaching.learning.rule import tried
from models.coaching.learning.settings import LearningSettings
from models.coaching.playbook import default_playbook
from models.coaching.settings import CoachingSettings

PLAYS = default_playbook().plays
LIMITS = CoachingSettings()


def gap(name: str, mid: float, *, p_positive: float = 0.9) -> Candidate:
    return Candidate(PLAYS[name], 0, low=mid - 2.0, mid=mid, high=mid + 2.0, p_positive=p_positive)


def choose(
    *candidates: Candidate, rep_id: str = "r1", about: str = "2026-10-01"
) -> tuple[list[Candidate], dict[str, object]]:
    return tried(list(candidates), rep_id=rep_id, about=about, seed=7, limits=LIMITS)


def test_a_play_that_is_clearly_best_always_comes_first() -> None:
    found, log = choose(gap("shorten_cycle", 9.0), gap("value_packaging", 2.0))
    assert [(one.play.id, one.first) for one in found] == [("shorten_cycle", True), ("value_packaging", False)]
    assert log["propensities"] == {"shorten_cycle": 1.0}
    assert log["action_set"] == ["shorten_cycle", "value_packaging"]


def test_near_equal_plays_are_tried_for_two_percent_of_the_expected_lift_at_most() -> None:
    _, log = choose(gap("shorten_cycle", 3.0), gap("value_packaging", 2.5))
    chances = log["propensities"]
    assert isinstance(chances, dict)
    # Giving the second play a chance of p costs 0.5 p; 2 % of 3.0 is 0.06, so p is 0.12.
    assert chances == pytest.approx({"shorten_cycle": 0.88, "value_packaging": 0.12})


def test_plays_are_drawn_as_often_as_their_chance_says() -> None:
    times = 0
    for number in range(400):
        _, log = choose(gap("shorten_cycle", 3.0), gap("value_packaging", 2.5), rep_id=f"r{number}")
        times += log["chosen"] == "value_packaging"
    assert 0.07 < times / 400 < 0.17


def test_the_draw_of_a_period_stays_and_that_of_the_next_is_another() -> None:
    two = (gap("shorten_cycle", 3.0), gap("value_packaging", 3.0))
    first = [choose(*two, rep_id=f"r{n}")[1]["chosen"] for n in range(40)]
    again = [choose(*two, rep_id=f"r{n}")[1]["chosen"] for n in range(40)]
    then = [choose(*two, rep_id=f"r{n}", about="2027-01-01")[1]["chosen"] for n in range(40)]
    assert first == again
    assert first != then


@pytest.mark.parametrize("weak", [gap("shorten_cycle", 0.5), gap("shorten_cycle", 3.0, p_positive=0.5)])
def test_what_a_guardrail_withholds_is_never_drawn(weak: Candidate) -> None:
    found, log = choose(weak)
    assert (log["action_set"], log["propensities"], log["chosen"]) == ([], {}, None)
    assert not found[0].first


def test_strengths_are_no_part_of_the_draw() -> None:
    name = next(play.id for play in PLAYS.values() if play.kind == "strength")
    found, log = choose(Candidate(PLAYS[name], 0), gap("shorten_cycle", 3.0))
    assert log["action_set"] == ["shorten_cycle"]
    assert [one.first for one in found] == [False, True]


def test_nothing_is_tried_where_trying_is_worth_nothing() -> None:
    settings = replace_settings(explore_cost=0.0)
    _, log = tried(
        [gap("shorten_cycle", 3.0), gap("value_packaging", 2.9)],
        rep_id="r1",
        about="d",
        seed=7,
        limits=LIMITS,
        settings=settings,
    )
    assert log["chosen"] == "shorten_cycle"


def replace_settings(**values: float) -> LearningSettings:
    """Return the settings with some values changed."""
    return LearningSettings().model_copy(update=values)


def test_the_input_is_left_as_it_was() -> None:
    given = gap("shorten_cycle", 3.0)
    choose(given)
    assert given == replace(given, first=False)
