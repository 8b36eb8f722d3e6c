"""Judging a policy by the log of another: by hand, without bias, and with a gate that holds."""

from __future__ import annotations

import numpy as np
import pytest

from features.domain.errors import UsageError
from models.coaching.learning.evaluation import LoggedDecisions, admit, policy_values, weights
from models.coaching.learning.settings import ProofSettings
from models.contracts import FloatArray


def log(reps: int, seed: int, *, gain: float = 3.0, noise: float = 10.0) -> LoggedDecisions:
    """Return decisions of a coin with .3 for action 0, which brings `gain`; action 1, nothing, brings 0."""
    rng = np.random.default_rng(seed)
    action = (rng.random(reps) > 0.3).astype(np.int64)
    reward = np.where(action == 0, gain, 0.0) + rng.normal(0.0, noise, reps)
    return LoggedDecisions(np.arange(reps), action, np.where(action == 0, 0.3, 0.7), reward)


def always(action: int, reps: int) -> FloatArray:
    return np.tile(np.eye(2)[action], (reps, 1))


def test_all_three_by_hand() -> None:
    # four decisions; the new policy always takes action 0: weights 2, 4, 0, 0
    told = LoggedDecisions(
        np.arange(4), np.array([0, 0, 1, 1]), np.array([0.5, 0.25, 0.5, 0.75]), np.array([3.0, 1.0, 9.0, 9.0])
    )
    found = policy_values(told, always(0, 4), np.tile([2.0, 5.0], (4, 1)))
    assert found["ips"].value == pytest.approx((2 * 3 + 4 * 1) / 4)
    assert found["snips"].value == pytest.approx((2 * 3 + 4 * 1) / 6)
    # 2 each, corrected by 2 x (3 - 2) and 4 x (1 - 2): 2 + (2 - 4) / 4
    assert found["dr"].value == pytest.approx(1.5)


def test_weights_are_cut() -> None:
    told = LoggedDecisions(np.arange(2), np.array([0, 0]), np.array([0.01, 0.5]), np.zeros(2))
    assert weights(told, always(0, 2), 20.0).tolist() == [20.0, 2.0]


def test_no_method_is_biased_and_intervals_cover() -> None:
    misses, covered = {"ips": [], "snips": [], "dr": []}, {"ips": 0, "snips": 0, "dr": 0}  # type: ignore[var-annotated]
    for seed in range(300):
        told = log(400, seed)
        model = np.tile([1.0, -1.0], (400, 1))
        for name, value in policy_values(told, always(0, 400), model).items():
            misses[name].append(value.value - 3.0)
            covered[name] += value.low <= 3.0 <= value.high
    for name, off in misses.items():
        assert abs(np.mean(off)) < 4.0 * np.std(off) / np.sqrt(300), name
        assert 0.85 <= covered[name] / 300 <= 0.95, name


def test_a_good_model_makes_the_doubly_robust_estimate_sharper() -> None:
    told = log(400, 1, gain=30.0, noise=2.0)
    found = policy_values(told, always(0, 400), np.tile([30.0, 0.0], (400, 1)))
    width = {name: value.high - value.low for name, value in found.items()}
    assert width["dr"] < 0.2 * width["ips"]


def test_a_policy_that_is_better_is_let_in() -> None:
    answer = admit(log(3_000, 2, gain=5.0), always(0, 3_000), np.zeros((3_000, 2)))
    assert answer.admitted
    assert answer.reason == ""
    assert answer.gain.low > 0


def test_a_policy_that_is_worse_is_seldom_let_in() -> None:
    # never doing what brings 3 points loses .9; one that is exactly as good may be let in at most one time in ten
    worse = [admit(log(600, seed), always(1, 600), np.zeros((600, 2))).admitted for seed in range(100)]
    even = [admit(log(600, seed, gain=0.0), always(0, 600), np.zeros((600, 2))).admitted for seed in range(300)]
    assert np.mean(worse) <= 0.02
    assert np.mean(even) <= 0.10


def test_too_few_effective_decisions_say_how_many_are_needed() -> None:
    answer = admit(log(100, 3, gain=50.0, noise=1.0), always(0, 100), np.zeros((100, 2)))
    assert not answer.admitted
    assert "effective decisions, 100 are needed" in answer.reason
    assert admit(
        log(100, 3, gain=50.0, noise=1.0), always(0, 100), np.zeros((100, 2)), ProofSettings(least_effective=10)
    ).admitted


def test_a_refusal_says_how_low_the_gain_may_be() -> None:
    answer = admit(log(600, 4), always(1, 600), np.zeros((600, 2)))
    assert answer.reason.startswith("the gain may be as low as -")


def test_rows_of_one_rep_are_not_taken_for_independent() -> None:
    once = log(200, 5)
    thrice = LoggedDecisions(
        np.tile(once.rep, 3), np.tile(once.action, 3), np.tile(once.propensity, 3), np.tile(once.reward, 3)
    )
    one, three = (
        policy_values(told, always(0, len(told.rep)), np.zeros((len(told.rep), 2))) for told in (once, thrice)
    )
    assert three["ips"].high - three["ips"].low == pytest.approx(one["ips"].high - one["ips"].low, rel=0.01)


def test_what_could_not_have_happened_and_chances_without_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match=r"1 logged propensities are not in \(0, 1\]"):
        LoggedDecisions(np.arange(2), np.zeros(2, dtype=np.int64), np.array([0.0, 1.0]), np.zeros(2))
    with pytest.raises(UsageError, match="do not sum to 1"):
        policy_values(log(10, 1), np.zeros((10, 2)), np.zeros((10, 2)))
