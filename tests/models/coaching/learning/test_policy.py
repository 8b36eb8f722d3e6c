"""Which play is offered: inside the guardrails, near the best, at a capped cost, with exact chances."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.coaching.learning.contexts import Flags
from models.coaching.learning.policy import NONE, decide, propensities, within_guardrails
from models.coaching.learning.posterior import Belief, EffectPosterior
from models.coaching.learning.settings import LearningSettings
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray
from tests.models.coaching.learning.builders import contexts

LIMITS = CoachingSettings()
PROMISED = np.array([4.0, 1.0, 0.0])


def belief(mid: list[list[float]], sd: float = 1.0, p: float = 0.95) -> Belief:
    centre = np.array(mid)
    return Belief(centre, np.full(centre.shape, sd), np.full(centre.shape, p), np.zeros(centre.shape))


def chances_of(
    told: Belief, draws: list[list[list[float]]], settings: LearningSettings, worth: FloatArray | None = None
) -> FloatArray:
    every = np.ones(told.mid.shape, dtype=bool)
    return propensities(told.mid, told.sd, every, np.array(draws), settings, worth=worth)


@pytest.mark.parametrize(
    ("mid", "p", "shown"),
    [(1.0, 0.70, True), (0.99, 0.99, False), (5.0, 0.69, False), (float("nan"), 0.99, False)],
)
def test_small_and_unsure_effects_are_not_offered(mid: float, p: float, shown: bool) -> None:
    found = within_guardrails(contexts(np.array([[2.0]])), belief([[mid]], p=p), LIMITS)
    assert found.tolist() == [[shown]]


def test_a_play_whose_conditions_do_not_hold_is_not_offered_however_good() -> None:
    one = contexts(np.array([[9.0, 2.0, 0.0]]), eligible=np.array([[0.0, 1.0, 1.0]]))
    found = decide(one, EffectPosterior.prior(PROMISED), seed=1, about="2026-01-01")
    assert found.chosen.tolist() == [1]
    assert found.propensity.tolist() == [[0.0, 1.0, 0.0]]


def test_nobody_is_offered_anything_where_nothing_is_worth_it() -> None:
    found = decide(contexts(np.full((4, 3), 0.2)), EffectPosterior.prior(PROMISED), seed=1, about="d")
    assert found.chosen.tolist() == [NONE] * 4
    assert not found.propensity.any()
    assert not found.allowed.any()


def test_near_equal_plays_are_tried_and_distant_ones_are_not() -> None:
    draws = [[[3.0, 2.0, 9.0]], [[2.0, 3.0, 9.0]]]
    chances = chances_of(belief([[3.0, 2.9, 1.5]]), draws, LearningSettings(explore_cost=0.5))
    assert chances[0] == pytest.approx([0.5, 0.5, 0.0])


def test_exploring_never_costs_more_than_its_share_by_hand() -> None:
    # Thompson would give the second half the chances at a cost of .5 x .8 = .4; 2 % of 4 is .08: a fifth is mixed in
    draws = [[[4.0, 2.0]], [[2.0, 4.0]]]
    chances = chances_of(belief([[4.0, 3.2]]), draws, LearningSettings(explore_cost=0.02))
    assert chances[0] == pytest.approx([0.9, 0.1])


def test_without_a_price_for_exploring_the_best_is_chosen() -> None:
    chances = chances_of(belief([[4.0, 3.9]]), [[[1.0, 9.0]]], LearningSettings(explore_cost=0))
    assert chances.tolist() == [[1.0, 0.0]]


def test_every_near_play_keeps_a_floor() -> None:
    settings = LearningSettings(explore_cost=0.5, explore_floor=0.1)
    chances = chances_of(belief([[3.0, 2.9]]), [[[9.0, 1.0]]], settings)
    assert chances[0] == pytest.approx([0.95, 0.05])


def test_the_best_is_the_one_of_most_worth_and_trying_may_cost_neither_worth_nor_lift() -> None:
    # 5 points that may harm are worth 2, so the 3 points that do not are the best; trying the first half the time
    # gains lift but costs .5 x 1 of worth, and .06 is bearable (2 % of 3 points): 12 % of the trying, a chance of .06
    draws = [[[9.0, 1.0]], [[1.0, 9.0]]]
    chances = chances_of(belief([[5.0, 3.0]]), draws, LearningSettings(explore_cost=0.02), worth=np.array([[2.0, 3.0]]))
    assert chances[0] == pytest.approx([0.06, 0.94])


def test_a_learned_policy_explores_with_what_caution_leaves_of_the_price() -> None:
    # two plays of 3 and 2.9 points: half of 2 % may be tried, and all of it without caution
    one = contexts(np.tile([[3.0, 2.9]], (4, 1)))
    prior = EffectPosterior.prior(np.array([1.0, 1.0]), LearningSettings(harm_share=1e-9))
    tried = [
        decide(one, prior, LearningSettings(caution_share=share), seed=3, about="d").propensity[0, 1]
        for share in (1.0, 0.5, 0.0)
    ]
    assert tried[0] == 0.0
    assert tried[1] == pytest.approx(0.01 * 3.0 / 0.1)
    assert tried[2] > tried[1]


def test_the_logged_chance_is_how_often_it_happens() -> None:
    # the same rep 20,000 times: chances are counted once and drawn from
    one = contexts(np.tile([[3.0, 3.0, 2.9]], (20_000, 1)))
    found = decide(one, EffectPosterior.prior(PROMISED), LearningSettings(explore_cost=0.5), seed=3, about="d")
    assert (found.propensity[0] > 0.02).sum() >= 2
    for play in range(3):
        chance = found.propensity[0, play]
        assert (found.chosen == play).mean() == pytest.approx(chance, abs=4 * np.sqrt(0.25 / 20_000))


def test_same_seed_and_moment_decide_alike_and_another_moment_does_not() -> None:
    one = contexts(np.tile([[3.0, 3.0, 2.9]], (200, 1)))
    prior, wide = EffectPosterior.prior(PROMISED), LearningSettings(explore_cost=0.5)
    first, again = (decide(one, prior, wide, seed=3, about="2026-01-01").chosen for _ in range(2))
    other = decide(one, prior, wide, seed=3, about="2026-04-01").chosen
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_records_hold_what_a_later_judge_needs() -> None:
    one = contexts(np.array([[3.0, 3.0, 0.0], [0.0, 0.0, 0.0]]))
    found = decide(one, EffectPosterior.prior(PROMISED), seed=3, about="2026-01-01")
    records = json.loads(json.dumps(found.records(["r1", "r2"], ["a", "b", "c"])))
    assert records[0]["action_set"] == ["a", "b"]
    assert records[0]["chosen"] in records[0]["propensities"]
    assert sum(records[0]["propensities"].values()) == pytest.approx(1.0)
    assert (records[0]["seed"], records[0]["about"]) == (3, "2026-01-01")
    assert (records[1]["action_set"], records[1]["propensities"], records[1]["chosen"]) == ([], {}, None)


def test_a_play_that_may_harm_far_more_than_the_drawn_one_is_riskier() -> None:
    # strong for certain, the first play is suspected for certain: it harms with about Phi(1), the second never
    one = contexts(np.array([[3.0, 2.5]]), rank=1.0)
    prior = EffectPosterior.prior(np.array([1.0, 1.0]))
    suspecting = replace(prior, weights=np.array([0.0, 1.0, 0.0]))
    found = decide(one, suspecting, seed=1, about="d")
    assert found.chosen.tolist() == [1]
    assert found.riskier(0, 0, 0.5)
    assert not found.riskier(0, 0, 0.99)
    assert not found.riskier(0, 1, 0.0)
    assert replace(found, chosen=np.array([NONE])).riskier(0, 0, 0.5)


MID = arrays(np.float64, (3, 4), elements=st.floats(-5, 20))
FLAGS = arrays(np.bool_, (3, 4))
DRAWS = arrays(np.float64, (7, 3, 4), elements=st.floats(-30, 30))


@given(MID, FLAGS, DRAWS, st.tuples(st.floats(0.0, 0.5), st.floats(0.0, 1.0)), st.floats(0.1, 5.0))
def test_chances_are_chances_inside_the_guardrails_at_a_bounded_cost(
    mid: FloatArray, flags: Flags, draws: FloatArray, price: tuple[float, float], sd: float
) -> None:
    cost, floor = price
    allowed = np.asarray(flags & (mid >= 1.0))
    settings = LearningSettings(explore_cost=cost, explore_floor=floor)
    chances = propensities(mid, np.full(mid.shape, sd), allowed, draws, settings)
    some = allowed.any(axis=1)
    assert chances.sum(axis=1) == pytest.approx(some.astype(np.float64))
    assert (chances >= -1e-12).all()
    assert not chances[~allowed].any()
    best = np.where(allowed, mid, -np.inf).max(axis=1)
    expected = (chances * mid).sum(axis=1)
    assert (expected[some] >= (1.0 - cost) * best[some] - 1e-9).all()
