"""Which play is offered: inside the guardrails, near the best, at a capped cost, with exact chances."""

from __future__ import annotations

import json

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
    return Belief(centre, np.full(centre.shape, sd), np.full(centre.shape, p))


@pytest.mark.parametrize(
    ("mid", "p", "rank", "shown"),
    [
        (1.0, 0.70, 0.3, True),
        (0.99, 0.99, 0.3, False),
        (5.0, 0.69, 0.3, False),
        (5.0, 0.89, 0.9, False),  # strong: nine in ten are asked for
        (5.0, 0.90, 0.9, True),
        (5.0, 0.79, 0.65, False),  # half strong: .7 + half of .2
        (5.0, 0.81, 0.65, True),
        (float("nan"), 0.99, 0.3, False),
    ],
)
def test_small_and_unsure_effects_are_not_offered(mid: float, p: float, rank: float, shown: bool) -> None:
    one = contexts(np.array([[2.0]]), rank=rank)
    found = within_guardrails(one, belief([[mid]], p=p), LearningSettings(), LIMITS)
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
    sure = belief([[3.0, 2.9, 1.5]])
    draws = np.array([[[3.0, 2.0, 9.0]], [[2.0, 3.0, 9.0]]])
    chances = propensities(sure, np.ones((1, 3), dtype=bool), draws, LearningSettings(explore_cost=0.5))
    assert chances[0] == pytest.approx([0.5, 0.5, 0.0])


def test_exploring_never_costs_more_than_its_share_by_hand() -> None:
    # Thompson would give the second half the chances at a cost of .5 x .8 = .4; 2 % of 4 is .08: a fifth is mixed in
    sure = belief([[4.0, 3.2]])
    draws = np.array([[[4.0, 2.0]], [[2.0, 4.0]]])
    chances = propensities(sure, np.ones((1, 2), dtype=bool), draws, LearningSettings(explore_cost=0.02))
    assert chances[0] == pytest.approx([0.9, 0.1])


def test_without_a_price_for_exploring_the_best_is_chosen() -> None:
    sure = belief([[4.0, 3.9]])
    chances = propensities(
        sure, np.ones((1, 2), dtype=bool), np.array([[[1.0, 9.0]]]), LearningSettings(explore_cost=0)
    )
    assert chances.tolist() == [[1.0, 0.0]]


def test_every_near_play_keeps_a_floor() -> None:
    sure = belief([[3.0, 2.9]])
    settings = LearningSettings(explore_cost=0.5, explore_floor=0.1)
    chances = propensities(sure, np.ones((1, 2), dtype=bool), np.array([[[9.0, 1.0]]]), settings)
    assert chances[0] == pytest.approx([0.95, 0.05])


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


MID = arrays(np.float64, (3, 4), elements=st.floats(-5, 20))
FLAGS = arrays(np.bool_, (3, 4))
DRAWS = arrays(np.float64, (7, 3, 4), elements=st.floats(-30, 30))


@given(MID, FLAGS, DRAWS, st.tuples(st.floats(0.0, 0.5), st.floats(0.0, 1.0)), st.floats(0.1, 5.0))
def test_chances_are_chances_inside_the_guardrails_at_a_bounded_cost(
    mid: FloatArray, flags: Flags, draws: FloatArray, price: tuple[float, float], sd: float
) -> None:
    cost, floor = price
    allowed = np.asarray(flags & (mid >= 1.0))
    told = Belief(mid, np.full(mid.shape, sd), np.ones(mid.shape))
    chances = propensities(told, allowed, draws, LearningSettings(explore_cost=cost, explore_floor=floor))
    some = allowed.any(axis=1)
    assert chances.sum(axis=1) == pytest.approx(some.astype(np.float64))
    assert (chances >= -1e-12).all()
    assert not chances[~allowed].any()
    best = np.where(allowed, mid, -np.inf).max(axis=1)
    expected = (chances * mid).sum(axis=1)
    assert (expected[some] >= (1.0 - cost) * best[some] - 1e-9).all()
