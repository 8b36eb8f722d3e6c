"""The strong are spared what may harm them, no further than the goal asks and no further than is paid for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.coaching.learning.caution import HEAVIEST, Caution, cautious, rule_lift
from models.coaching.learning.contexts import Contexts, Flags
from models.coaching.learning.posterior import Belief
from models.coaching.learning.settings import LearningSettings
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray
from tests.models.coaching.learning.builders import contexts

LIMITS = CoachingSettings()


def believed(mid: FloatArray, harm: FloatArray) -> Belief:
    return Belief(mid, np.ones(mid.shape), np.ones(mid.shape), harm)


def weighed(
    one: Contexts, mid: FloatArray, harm: FloatArray, allowed: Flags | None = None, **settings: float
) -> Caution:
    inside = np.ones(mid.shape, dtype=bool) if allowed is None else allowed
    return cautious(one, believed(mid, harm), inside, LearningSettings().model_copy(update=settings), LIMITS)


def strong_reps(plays: list[list[float]]) -> tuple[Contexts, FloatArray]:
    """Return reps who are strong almost for certain, and what the rule expects of them."""
    expected = np.array(plays)
    return contexts(expected, rank=1.0), expected


def test_where_nothing_harms_nothing_is_given_up() -> None:
    one, expected = strong_reps([[4.0, 3.0], [2.0, 5.0]])
    found = weighed(one, expected, np.zeros((2, 2)))
    assert found.price == 0.0
    assert found.worth.tolist() == expected.tolist()
    assert found.allowed.all()
    assert found.reach == 0.0


def test_a_goal_that_is_met_anyway_costs_nothing() -> None:
    one, expected = strong_reps([[4.0], [4.0]])
    found = weighed(one, expected, np.array([[0.1], [0.0]]), harm_reach=0.06)
    assert found.price == 0.0
    assert found.reach == pytest.approx(0.05, abs=1e-3)


def test_the_next_best_play_is_taken_at_the_price_of_the_difference() -> None:
    # 4 points at a harm of .5 against 3 points at none: even at 2 points per certain harm; a share of 1 pays for it
    one, expected = strong_reps([[4.0, 3.0]])
    found = weighed(one, expected, np.array([[0.5, 0.0]]), harm_reach=0.01, explore_cost=0.5, caution_share=1.0)
    assert found.price == pytest.approx(2.0, abs=1e-3)
    assert found.worth.argmax() == 1
    assert found.reach == 0.0
    assert found.allowed.tolist() == [[True, True]]


def test_somebody_for_whom_every_play_harms_more_than_it_brings_is_offered_nothing() -> None:
    # nothing else fits: 2 points at a harm of .5 are worth nothing from a price of 4 on; the other rep pays for it
    expected = np.array([[2.0], [40.0]])
    one = contexts(expected, rank=np.array([1.0, 0.0]))
    harm = np.array([[0.5], [0.0]])
    found = weighed(one, expected, harm, harm_reach=0.01, explore_cost=0.2, caution_share=0.5)
    assert found.price == pytest.approx(4.0, abs=1e-3)
    assert found.allowed.tolist() == [[False], [True]]


def test_somebody_with_a_harmless_play_keeps_the_others_for_the_guardrails_to_judge() -> None:
    one, expected = strong_reps([[2.0, 1.5]])
    found = weighed(one, expected, np.array([[0.9, 0.0]]), harm_reach=0.01, explore_cost=0.5, caution_share=1.0)
    assert found.worth.argmax() == 1
    assert found.allowed.tolist() == [[True, True]]


def test_caution_stops_where_the_rule_does_not_pay_for_more() -> None:
    # 100 points in all, 1 % may go: the rep who gives up 1 point is spared, the one who would give up 2 is not
    expected = np.array([[4.0, 3.0], [6.0, 4.0], [90.0, 0.0]])
    one = contexts(expected, rank=np.array([1.0, 1.0, 0.0]))
    harm = np.array([[0.5, 0.0], [0.5, 0.0], [0.0, 0.0]])
    found = weighed(one, expected, harm, harm_reach=0.001, explore_cost=0.02, caution_share=0.5)
    assert found.worth.argmax(axis=1).tolist() == [1, 0, 0]
    assert 2.0 <= found.price <= 4.0


def test_what_was_gained_over_the_rule_may_be_spent() -> None:
    # the rule offers the first play, of which 2 points are believed by now; the second brings 6 but may harm: the
    # learner has 4 points to spend, and the third, harmless play of 2 points is bought with them
    expected = np.array([[4.0, 3.0, 2.0]])
    one = contexts(expected, rank=1.0)
    mid, harm = np.array([[2.0, 6.0, 2.0]]), np.array([[0.3, 0.5, 0.0]])
    found = weighed(one, mid, harm, harm_reach=0.001, explore_cost=0.0)
    assert found.worth.argmax() == 2
    assert found.reach == 0.0


def test_two_equal_plays_cost_nothing_to_choose_between_by_harm() -> None:
    one, expected = strong_reps([[3.0, 3.0]])
    found = weighed(one, expected, np.array([[0.2, 0.1]]), harm_reach=0.15, explore_cost=0.0)
    assert found.worth.argmax() == 1
    assert found.price < 1e-3


def test_nobody_at_all_is_no_trouble() -> None:
    empty = np.zeros((0, 2))
    found = weighed(contexts(empty), empty, empty)
    assert (found.price, found.reach, len(found.worth)) == (0.0, 0.0, 0)


def test_plays_outside_the_guardrails_stay_outside() -> None:
    one, expected = strong_reps([[9.0, 3.0]])
    found = weighed(one, expected, np.zeros((1, 2)), np.array([[False, True]]))
    assert found.allowed.tolist() == [[False, True]]


def test_the_rule_counts_what_is_believed_of_its_first_eligible_choice() -> None:
    expected = np.array([[5.0, 4.0], [0.9, 0.5], [3.0, 2.0]])
    one = contexts(expected, eligible=np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0]]))
    told = believed(np.array([[9.0, 2.0], [9.0, 9.0], [-1.0, 9.0]]), np.zeros((3, 2)))
    # the second play of the first rep, nothing worth a point for the second, and a disappointment for the third
    assert rule_lift(one, told, LIMITS) == pytest.approx(2.0 + 0.0 - 1.0)


MID = arrays(np.float64, (6, 3), elements=st.floats(1.0, 9.0))
HARM = arrays(np.float64, (6, 3), elements=st.floats(0.0, 1.0))
RANK = arrays(np.float64, 6, elements=st.floats(0.5, 1.0))


@given(MID, HARM, RANK, st.floats(0.001, 0.2), st.floats(0.0, 0.3))
def test_less_harm_is_left_only_where_the_lift_allows_no_less(
    mid: FloatArray, share: FloatArray, rank: FloatArray, goal: float, cost: float
) -> None:
    one = contexts(mid, rank=rank)
    harm = share * one.strong[:, None]
    found = weighed(one, mid, harm, harm_reach=goal, explore_cost=cost, caution_share=1.0)
    floor = (1.0 - cost) * mid.max(axis=1).sum()
    lift, harmed = _offered(found.price, mid, harm)
    assert lift >= floor - 1e-9
    assert found.reach == pytest.approx(harmed / one.strong.sum())
    if found.reach > goal:
        dearer, _ = _offered(found.price + 2.0 * HEAVIEST / 2.0**39, mid, harm)
        assert dearer < floor


def _offered(price: float, mid: FloatArray, harm: FloatArray) -> tuple[float, float]:
    """Return lift and harm of each rep's best play, rep by rep."""
    lift = harmed = 0.0
    for effects, risks in zip(mid.tolist(), harm.tolist(), strict=True):
        worth = [effect - price * risk for effect, risk in zip(effects, risks, strict=True)]
        best = worth.index(max(worth))
        if worth[best] >= 0.0:
            lift, harmed = lift + effects[best], harmed + risks[best]
    return lift, harmed
