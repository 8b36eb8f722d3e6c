"""The fuzz finds nothing to object to, and would object if there were something."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from benchmarks.coaching.fuzz import (
    POISON,
    contexts_violations,
    fired,
    learner_violations,
    poisoned_let_in,
    violations,
)
from models.coaching.guardrails import Candidate, PastSuggestion
from models.coaching.learning.policy import decide
from models.coaching.learning.settings import LearningSettings
from models.coaching.never import NEVER, forbidden
from models.coaching.playbook import Playbook, default_playbook

PLAYS = default_playbook().plays


def gap(name: str, mid: float = 3.0, p_positive: float = 0.9) -> Candidate:
    return Candidate(PLAYS[name], 0, mid=mid, p_positive=p_positive)


STRENGTH = Candidate(PLAYS["strength_winning"], 0, standing=0.1)
WIN, TIMING, SIZE, VOLUME = (
    gap(name) for name in ("discovery_review", "shorten_cycle", "value_packaging", "prospecting_block")
)


def test_two_thousand_random_reps_break_no_guardrail() -> None:
    assert contexts_violations(2_000, seed=7) == {}


def test_the_learner_breaks_none_either() -> None:
    assert learner_violations(2_000, seed=7) == {}


def test_every_play_fires_for_somebody() -> None:
    counts = fired(6, seed=3)
    assert set(counts) == set(PLAYS)
    assert min(counts.values()) > 0


@pytest.mark.parametrize(
    ("chosen", "struggling", "found"),
    [
        ([WIN, TIMING], False, []),
        ([STRENGTH, WIN, TIMING], False, []),
        ([WIN], True, []),
        ([WIN, TIMING, SIZE, VOLUME], False, ["more_than_three", "too_much_effort"]),
        ([WIN, TIMING], True, ["more_than_one_when_struggling"]),
        ([WIN, gap("focus_on_open_deals")], False, ["same_mechanism"]),
        ([gap("shorten_cycle", 0.9)], False, ["small_effect"]),
        ([gap("shorten_cycle", float("nan"))], False, ["small_effect"]),
        ([gap("shorten_cycle", 5.0, 0.6)], False, ["unsure_effect"]),
        ([WIN, STRENGTH], False, ["stretch_missing"]),
        ([STRENGTH, Candidate(PLAYS["strength_deal_size"], 0)], False, ["two_strengths"]),
        ([WIN, WIN], False, ["same_mechanism", "same_play_twice"]),
    ],
)
def test_the_checker_sees_each_guardrail_broken(chosen: list[Candidate], struggling: bool, found: list[str]) -> None:
    assert violations(chosen, chosen, [], struggling=struggling) == found


def test_the_checker_sees_a_play_that_should_rest_and_one_that_was_not_offered() -> None:
    # discovery_review rests 42 days: closed on 1 November, it is not due again on 23 November
    past = [PastSuggestion("r", "discovery_review", "then", date(2026, 10, 1), date(2026, 11, 1))]
    assert violations([WIN], [WIN], past, struggling=False) == ["cool_down"]
    assert violations([WIN], [TIMING], [], struggling=False) == ["not_offered"]


def test_every_subject_of_the_never_list_is_tried_in_both_languages() -> None:
    assert len(POISON) == len(NEVER)
    tried = {subject for words in POISON.values() for subject in forbidden([words["en"]])}
    assert tried == set(NEVER)
    assert all(forbidden([words["zh"]]) for words in POISON.values())


def test_a_forbidden_sentence_keeps_a_play_out() -> None:
    few = Playbook(plays={name: PLAYS[name] for name in ("discovery_review", "strength_winning")})
    assert poisoned_let_in(few) == []


def test_a_guardrail_that_is_switched_off_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.coaching.fuzz.cooling", lambda *_: False)
    assert contexts_violations(300, seed=7)["cool_down"] > 0


def test_a_learner_who_gives_up_too_much_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    spendthrift = LearningSettings(explore_cost=0.9, caution_share=0.0)
    monkeypatch.setattr("benchmarks.coaching.fuzz.decide", partial(decide, settings=spendthrift))
    assert learner_violations(2_000, seed=7)["too_far_below_the_rule"] > 0
