"""Learning by exact updates: against brute force, in any order, shared between plays, and kept as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from features.domain.errors import UsageError
from models.coaching.learning.contexts import FEATURES
from models.coaching.learning.posterior import SIZE, EffectPosterior, Outcomes
from models.coaching.learning.settings import LearningSettings
from tests.models.coaching.learning.builders import contexts, outcomes, place

PROMISED = np.array([4.0, 1.0])
SURE = LearningSettings(harm_share=1e-12)


def test_the_prior_expects_what_the_rule_expects() -> None:
    one = contexts(np.array([[3.0, 1.5], [0.0, 2.0]]))
    belief = EffectPosterior.prior(PROMISED, SURE).belief(one)
    assert belief.mid == pytest.approx(one.expected)
    assert (belief.sd > 0).all()


def test_a_strong_rep_is_expected_to_lose_a_little_by_hand() -> None:
    # some play harms with .7, this one of two with .35, by 6 points
    one = contexts(np.array([[3.0, 3.0]]), rank=1.0)
    assert EffectPosterior.prior(PROMISED).belief(one).mid == pytest.approx(
        3.0 - 0.35 * 6.0 * np.ones((1, 2)), abs=0.01
    )


def test_somebody_who_may_be_strong_is_judged_by_both_cases() -> None:
    # a play that surely takes 9 points from the strong and gives 3 to the others, at even chances of being strong
    rank = float(stats.norm.cdf(stats.norm.ppf(0.7) / 0.9))
    one = contexts(np.array([[3.0]]), rank=rank)
    prior = EffectPosterior.prior(np.array([1.0]), LearningSettings(harm_mean=12.0, harm_sd=0.01, strong_sd=0.01))
    still = np.tile(1e-6 * np.eye(SIZE), (2, 1, 1))
    belief = replace(prior, weights=np.array([0.0, 1.0]), covariance=still).belief(one)
    assert one.strong == pytest.approx([0.5])
    assert belief.mid == pytest.approx(np.array([[0.5 * 3.0 - 0.5 * 9.0]]))
    assert belief.sd == pytest.approx(np.array([[6.0]]), abs=1e-3)  # either -9 or 3
    assert belief.p_positive == pytest.approx(np.array([[0.5]]))
    assert belief.harm == pytest.approx(np.array([[0.5]]))


def test_harm_is_the_chance_of_the_suspicion_times_that_of_being_strong_and_hit() -> None:
    one = contexts(np.array([[3.0, 3.0], [3.0, 3.0]]), rank=np.array([0.1, 0.95]))
    prior = EffectPosterior.prior(PROMISED)
    belief = prior.belief(one)
    row = one.design()[1, 0]
    row[FEATURES.index("strong")] = 1.0
    mean = 3.0 + row @ prior.mean[1, :SIZE]
    spread = np.sqrt(row @ prior.covariance[1, :SIZE, :SIZE] @ row)
    assert belief.harm[1, 0] == pytest.approx(one.strong[1] * 0.35 * stats.norm.cdf(0.0, mean, spread))
    assert belief.harm[0] == pytest.approx([0.0, 0.0], abs=1e-3)


def test_one_update_agrees_with_the_formula_of_conditional_gaussians() -> None:
    prior = EffectPosterior.prior(PROMISED, SURE)
    one = contexts(np.array([[3.0, 1.0], [2.0, 4.0], [1.0, 1.0]]))
    told = outcomes(one, [0, 1, 0], [2.0, -3.0, 5.0], noise=4.0)
    wide = np.zeros((3, 2 * SIZE))
    for row, play in enumerate([0, 1, 0]):
        wide[row, play * SIZE : (play + 1) * SIZE] = one.design()[row, play]
    before = prior.covariance[0]
    gain = before @ wide.T @ np.linalg.inv(wide @ before @ wide.T + 16.0 * np.eye(3))
    found = prior.updated(told)
    assert found.mean[0] == pytest.approx(gain @ told.surplus)
    assert found.covariance[0] == pytest.approx(before - gain @ wide @ before)


def test_what_moves_everybody_is_not_taken_for_an_effect() -> None:
    # two coached and two uncoached rows, all 10 points up: the period moved, not the play
    one = contexts(np.array([[2.0]] * 4))
    told = outcomes(one, [0, 0, -1, -1], [10.0] * 4, noise=1.0)
    moved = Outcomes(told.play, told.features, told.surplus, told.noise, np.ones((4, 1)), np.array([50.0]))
    alone = EffectPosterior.prior(PROMISED[:1], SURE)
    naive, aware = alone.updated(told).belief(one).mid[0, 0], alone.updated(moved).belief(one).mid[0, 0]
    assert naive > 5.0
    assert aware == pytest.approx(2.0, abs=0.3)


def test_nuisance_by_brute_force() -> None:
    prior = EffectPosterior.prior(PROMISED, SURE)
    one = contexts(np.array([[3.0, 1.0], [2.0, 4.0], [1.0, 1.0]]))
    told = outcomes(one, [0, 1, -1], [2.0, -3.0, 5.0], noise=4.0)
    beside = Outcomes(told.play, told.features, told.surplus, told.noise, np.ones((3, 1)), np.array([3.0]))
    wide = np.zeros((3, 2 * SIZE))
    wide[0, :SIZE], wide[1, SIZE:] = one.design()[0, 0], one.design()[1, 1]
    before, spread = prior.covariance[0], 16.0 * np.eye(3) + 9.0 * np.ones((3, 3))
    gain = before @ wide.T @ np.linalg.inv(wide @ before @ wide.T + spread)
    assert prior.updated(beside).mean[0] == pytest.approx(gain @ told.surplus)


def test_the_order_of_periods_does_not_matter() -> None:
    one = contexts(np.array([[3.0, 1.0], [2.0, 4.0]]), rank=np.array([0.2, 0.9]))
    first, second = outcomes(one, [0, 1], [9.0, -20.0]), outcomes(one, [1, 0], [-15.0, 2.0])
    prior = EffectPosterior.prior(PROMISED)
    there, back = prior.updated(first).updated(second), prior.updated(second).updated(first)
    assert there.mean == pytest.approx(back.mean)
    assert there.weights == pytest.approx(back.weights)
    assert there.periods == 2


def test_what_one_play_shows_moves_the_others_a_little() -> None:
    one = contexts(np.array([[4.0, 4.0]] * 40))
    found = EffectPosterior.prior(PROMISED, SURE).updated(outcomes(one, [0] * 40, [-8.0] * 40))
    mid = found.belief(one).mid[0]
    assert mid[0] < mid[1] < 4.0


def test_evidence_that_does_not_carry_over_lowers_what_was_promised_most() -> None:
    # plays 0 and 1 promise 4 points each and disappoint; play 2 promises 4, play 3 nothing: 2 falls further
    one = contexts(np.full((40, 4), 5.0))
    prior = EffectPosterior.prior(np.array([4.0, 4.0, 4.0, 0.0]), SURE)
    mid = prior.updated(outcomes(one, [0, 1] * 20, [-6.0] * 40)).belief(one).mid[0]
    assert mid[2] < mid[3] - 0.3


def test_harm_to_the_strong_is_suspected_of_the_play_that_shows_it() -> None:
    one = contexts(np.array([[3.0, 3.0]] * 60), rank=0.95)
    found = EffectPosterior.prior(PROMISED).updated(outcomes(one, [0, 1] * 30, [-9.0, 0.0] * 30))
    assert found.weights[1] > 0.9
    belief = found.belief(one)
    assert belief.mid[0, 0] < -3.0
    assert belief.p_positive[0, 0] < 0.1
    others = found.belief(contexts(np.array([[3.0, 3.0]]), rank=0.3))
    assert others.mid[0, 0] > 0.5


def test_the_odds_of_a_suspicion_are_the_ratio_of_densities() -> None:
    one = contexts(np.array([[3.0]]), rank=1.0)
    prior = EffectPosterior.prior(np.array([1.0]))
    found = prior.updated(outcomes(one, [0], [-12.0], noise=5.0))
    row = one.design()[0, 0]
    density = [
        stats.norm.pdf(-12.0, row @ prior.mean[index], np.sqrt(row @ prior.covariance[index] @ row + 25.0))
        for index in (0, 1)
    ]
    assert found.weights[1] / found.weights[0] == pytest.approx(0.7 / 0.3 * density[1] / density[0])


def test_draws_have_the_mean_and_spread_of_the_belief() -> None:
    one = contexts(np.array([[3.0, 1.0], [2.0, 4.0]]), rank=np.array([0.01, 1.0]))
    found = EffectPosterior.prior(PROMISED).updated(outcomes(one, [0, 1], [9.0, -20.0]))
    draws, belief = found.sampled(one, 40_000, np.random.default_rng(1)), found.belief(one)
    assert draws.mean(axis=0) == pytest.approx(belief.mid, abs=0.06)
    assert draws.std(axis=0) == pytest.approx(belief.sd, rel=0.03)
    assert (draws > 0).mean(axis=0) == pytest.approx(belief.p_positive, abs=0.01)


def test_many_outcomes_find_the_truth() -> None:
    rng = np.random.default_rng(3)
    gaps = rng.uniform(0.5, 8.0, (3_000, 1))
    one = contexts(gaps)
    truth = 0.4 * gaps[:, 0] + rng.normal(0.0, 15.0, 3_000)
    found = EffectPosterior.prior(np.array([1.0]), SURE).updated(
        outcomes(one, [0] * 3_000, (truth - gaps[:, 0]).tolist(), noise=15.0)
    )
    asked = contexts(np.array([[2.0], [6.0]]))
    assert found.belief(asked).mid[:, 0] == pytest.approx([0.8, 2.4], abs=0.6)


def test_an_update_leaves_the_old_posterior_as_it_was() -> None:
    prior = EffectPosterior.prior(PROMISED)
    kept = prior.mean.copy()
    prior.updated(outcomes(contexts(np.ones((1, 2))), [0], [30.0]))
    assert prior.mean.tolist() == kept.tolist()
    assert prior.periods == 0


def test_what_was_learned_survives_its_way_through_json() -> None:
    found = EffectPosterior.prior(PROMISED).updated(outcomes(contexts(np.ones((1, 2))), [0], [30.0]))
    again = EffectPosterior.from_json(json.loads(json.dumps(found.to_json(["a", "b"]))), ["a", "b"])
    assert again.mean.tolist() == found.mean.tolist()
    assert again.weights.tolist() == found.weights.tolist()
    assert again.periods == 1


def test_what_was_learned_of_other_plays_is_refused() -> None:
    document = EffectPosterior.prior(PROMISED).to_json(["a", "b"])
    with pytest.raises(UsageError, match=r"asked for .'a', 'c'.*begin from the prior"):
        EffectPosterior.from_json(document, ["a", "c"])
    with pytest.raises(UsageError, match="1 names for 2 plays"):
        EffectPosterior.prior(PROMISED).to_json(["a"])


def test_unusable_outcomes_are_refused() -> None:
    prior, one = EffectPosterior.prior(PROMISED), contexts(np.ones((1, 2)))
    with pytest.raises(UsageError, match="1 outcomes are no numbers"):
        prior.updated(outcomes(one, [0], [float("nan")]))
    told = outcomes(one, [0], [1.0])
    with pytest.raises(UsageError, match="outcomes of play 2; there are 2"):
        prior.updated(Outcomes(np.array([2]), told.features, told.surplus, told.noise, told.nuisance, told.nuisance_sd))


def test_places_of_features_are_where_they_are_said_to_be() -> None:
    prior = EffectPosterior.prior(PROMISED)
    assert prior.mean[2, place(1, "strong")] == -6.0
    assert prior.plays == 2
    assert len(FEATURES) == SIZE
