"""Every choice is logged with all that is needed to repeat, judge and learn from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from models.coaching.decisions import play_contexts
from models.coaching.guardrails import Candidate
from models.coaching.learning.habits import Habits
from models.coaching.learning.ranking import Learned
from models.coaching.playbook import GapPlay, default_playbook
from models.coaching.suggest import Coaching, CoachingCase, suggest
from tests.support.toy_features import coached_company, two_periods

PLAYS = default_playbook().plays


@pytest.fixture(scope="module")
def case() -> CoachingCase:
    state, paths, structure, _ = coached_company(60)
    return CoachingCase(*two_periods(state, paths, structure), seed=5)


@pytest.fixture(scope="module")
def coaching(case: CoachingCase) -> Coaching:
    return suggest(case)


def test_nothing_is_logged_or_drawn_without_a_seed(case: CoachingCase) -> None:
    plain = suggest(replace(case, seed=None))
    assert list(plain.decisions) == []


def test_every_rep_has_one_decision_of_the_rule(coaching: Coaching) -> None:
    assert [one["rep_id"] for one in coaching.decisions] == list(coaching.by_rep)
    assert {one["policy"] for one in coaching.decisions} == {"driver-match"}


def test_a_decision_is_json_with_chances_over_the_action_set(coaching: Coaching) -> None:
    for told in json.loads(json.dumps(list(coaching.decisions), allow_nan=False)):
        assert set(told["propensities"]) <= set(told["action_set"]) <= set(told["plays"])
        assert sum(told["propensities"].values()) == pytest.approx(1.0 if told["chosen"] else 0.0)
        assert told["chosen"] is None or told["propensities"][told["chosen"]] > 0


def test_what_is_drawn_is_what_is_shown_first(coaching: Coaching) -> None:
    seen = 0
    for told in coaching.decisions:
        shown = [one["play_id"] for one in coaching.by_rep[told["rep_id"]].suggestions if one["kind"] == "gap"]
        if told["chosen"] is not None:
            assert shown[0] == told["chosen"]
            seen += 1
    assert seen > 10


def test_a_decision_names_the_period_it_belongs_to_and_the_forecast_of_the_day(
    case: CoachingCase, coaching: Coaching
) -> None:
    told = next(one for one in coaching.decisions if one["chosen"])
    targets = case.paths.targets
    mine = targets[
        (targets["rep_id"] == told["rep_id"]) & (targets["period_start"].astype(str).str[:10] == told["period_start"])
    ]
    assert len(mine) == 1
    assert told["forecast"] == pytest.approx(float(case.paths.attained[mine.index[0]].mean()))
    assert told["quota"] == pytest.approx(float(mine["quota"].iloc[0]))


def test_the_same_input_decides_the_same(case: CoachingCase, coaching: Coaching) -> None:
    assert suggest(case).decisions == coaching.decisions


def test_a_learned_policy_logs_under_its_own_name(case: CoachingCase) -> None:
    learned = replace(Learned.nothing_yet(default_playbook(), seed=5), version="p-1")
    decisions = suggest(replace(case, learned=learned)).decisions
    assert {one["policy"] for one in decisions} == {"p-1"}
    assert any(one["plays"] for one in decisions)


def test_a_context_tells_value_goal_and_what_was_foreseen() -> None:
    play = PLAYS["shorten_cycle"]
    assert isinstance(play, GapPlay)
    feature = play.mechanism.feature
    one = Candidate(play, 0, mid=3.0, gap=2.5, own=100.0, goal=80.0)
    told = play_contexts([one], Habits({feature: (10.0, 0.8, 6.0)}))
    assert told == {
        "shorten_cycle": {
            "gap": 2.5,
            "expected": 3.0,
            "metric": feature,
            "own": 100.0,
            "goal": 80.0,
            "foreseen": 90.0,
            "spread": 6.0,
        }
    }


def test_what_is_unknown_stays_unknown() -> None:
    told: Mapping[str, object] = dict(play_contexts([Candidate(PLAYS["shorten_cycle"], 0)], Habits())["shorten_cycle"])
    assert [told[name] for name in ("own", "goal", "foreseen", "spread")] == [None] * 4


def test_strengths_have_no_context() -> None:
    name = next(play.id for play in PLAYS.values() if play.kind == "strength")
    assert play_contexts([Candidate(PLAYS[name], 0)], Habits()) == {}
