"""The doubly robust learner: unbiased when coaching is confounded, right for whom, and blind to its own fold."""

from __future__ import annotations

import numpy as np
import pytest

from features.domain.errors import DataMissing
from models.coaching.learning.doubly_robust import cross_fitted, doubly_robust_effect
from models.coaching.learning.panel import Panel, clustered_error
from tests.models.coaching.learning.builders import panel


def test_confounded_logs_leave_no_bias_to_speak_of() -> None:
    found = [doubly_robust_effect(panel(seed, effect=8.0)).estimate for seed in range(60)]
    off = np.array([one.effect - 8.0 for one in found])
    assert abs(off.mean()) < 4.0 * off.std() / np.sqrt(60)
    assert 0.8 <= np.mean([one.low <= 8.0 <= one.high for one in found]) <= 1.0


def test_a_plain_difference_of_means_would_be_biased() -> None:
    # outcomes follow the modifier, which draws coaching: the test of the test
    one = panel(1, reps=4_000)
    shifted = Panel(
        one.rep, one.period, one.treated, one.residual + 40.0 * one.covariates[:, 0], *list(vars(one).values())[4:]
    )
    means = [shifted.residual[shifted.treated == arm].mean() for arm in (0, 1)]
    robust = doubly_robust_effect(shifted).estimate
    assert means[1] - means[0] > 6.0
    assert abs(robust.effect) < 3.0 * robust.error


def test_known_chances_may_be_given() -> None:
    one = panel(2)
    odds = -1.0 - one.before / 60.0 + 0.3 * one.covariates[:, 0]
    chance = 1.0 / (1.0 + np.exp(-odds))
    found = doubly_robust_effect(one, propensity=chance)
    assert found.scores.propensity.tolist() == chance.tolist()
    assert abs(found.estimate.effect) < 4.0 * found.estimate.error


def test_it_tells_for_whom_the_effect_is_larger() -> None:
    found = doubly_robust_effect(panel(5, reps=4_000, effect=5.0, slope=10.0))
    assert found.slopes == pytest.approx([5.0, 10.0], abs=4.0 * found.errors.max())
    assert found.slopes[1] > 3.0 * found.errors[1]


def test_learned_chances_are_near_the_true_ones() -> None:
    one = panel(7, reps=4_000)
    odds = -1.0 - one.before / 60.0 + 0.3 * one.covariates[:, 0]
    learned = cross_fitted(one).propensity
    assert np.abs(learned - 1.0 / (1.0 + np.exp(-odds))).mean() < 0.02


def test_nobody_is_judged_by_a_model_that_has_seen_them() -> None:
    one = panel(9, reps=100)
    before = cross_fitted(one)
    moved = one.residual.copy()
    moved[one.rep == 0] += 1e6
    after = cross_fitted(Panel(one.rep, one.period, one.treated, moved, *list(vars(one).values())[4:]))
    same_fold = (one.rep % 5 == 0) & (one.rep != 0)
    assert after.score[same_fold].tolist() == before.score[same_fold].tolist()
    assert not np.allclose(after.score[one.rep % 5 == 1], before.score[one.rep % 5 == 1])


def test_chances_near_nought_or_one_are_left_out() -> None:
    one = panel(4)
    chance = np.full(len(one), 0.5)
    chance[:10], chance[10:20] = 0.01, 0.99
    scores = cross_fitted(one, propensity=chance)
    assert np.flatnonzero(~scores.kept).tolist() == list(range(20))


def test_too_few_in_an_arm_are_said() -> None:
    one = panel(4, reps=60, periods=2)
    treated = np.zeros(len(one), dtype=np.int64)
    treated[:3] = 1
    few = Panel(one.rep, one.period, treated, *list(vars(one).values())[3:])
    with pytest.raises(DataMissing, match="3 rep-periods with the play and 117 without, for 5 covariates"):
        doubly_robust_effect(few)


def test_an_error_by_rep_counts_reps_and_not_rows() -> None:
    rng = np.random.default_rng(6)
    own = rng.normal(0.0, 1.0, 500)
    single, _ = clustered_error(own, np.arange(500))
    repeated, reps = clustered_error(np.repeat(own, 4), np.repeat(np.arange(500), 4))
    assert reps == 500
    assert repeated == pytest.approx(single)
