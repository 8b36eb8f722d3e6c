"""The simulated company that coaches: its anchors, its truth, and that coaching changes nothing but what it should."""

from __future__ import annotations

import numpy as np
import pytest

from features.domain.errors import UsageError
from training.simulator.coaching import NOTHING, CoachingWorld
from training.simulator.coaching_effects import IntArray, dose, first_quarter_dose
from training.simulator.coaching_settings import (
    METRICS,
    SIMULATED_PLAYS,
    WEEKS,
    CoachingWorldSettings,
    SimulatedPlay,
)

KINDS = [play.kind for play in SIMULATED_PLAYS]
NULL, HARMFUL = KINDS.index("null"), KINDS.index("harms_top")
WIDE = CoachingWorldSettings(seed=9, reps=2_000, quarters=3)


def world(**changes: object) -> CoachingWorld:
    return CoachingWorld(CoachingWorldSettings.model_validate({"seed": 5, "reps": 40, "quarters": 3} | changes))


def everyone(play: int, reps: int = 40) -> IntArray:
    return np.full(reps, play, dtype=np.int64)


def test_anchors_of_the_company_hold() -> None:
    # 30 to 48 % reach quota, sd of attainment .55 to .8, mean .9
    attainment = CoachingWorld(WIDE).record().attainment
    assert 0.30 <= (attainment >= 1.0).mean() <= 0.48
    assert 0.55 <= attainment.std() <= 0.80
    assert attainment.mean() == pytest.approx(0.9, abs=0.12)


def test_an_observed_gap_correlates_six_tenths_with_the_true_one() -> None:
    company = CoachingWorld(WIDE)
    seen, true = -company.record().metrics[:, -1], company.true_gaps()
    related = [np.corrcoef(seen[:, column], true[:, column])[0, 1] for column in range(seen.shape[1])]
    assert np.mean(related) == pytest.approx(0.6, abs=0.04)


def test_plays_bring_what_an_earlier_study_assumed() -> None:
    # six equal plays: the best of each rep brings 4.4 points, the widest gap of one quarter finds 70 % of that
    plays = tuple(SimulatedPlay(metric, metric, "C") for metric in METRICS)
    best, found, most = [], [], []
    for seed in range(12):
        company = CoachingWorld(CoachingWorldSettings(seed=seed, reps=300), plays)
        effects, last = company.effects(), company.record().metrics[:, -1]
        widest = ((last.mean(axis=0) - last) * company.truths.elasticity).argmax(axis=1)
        best.append(effects.max(axis=1).mean())
        found.append(effects[np.arange(300), widest].mean())
        most.append(np.quantile(effects, 0.995))
    assert np.mean(best) == pytest.approx(4.4, abs=0.5)
    assert np.sum(found) / np.sum(best) == pytest.approx(0.70, abs=0.05)
    assert np.mean(most) <= 15.0


def test_the_same_settings_give_the_same_bytes() -> None:
    first, again = world(), world()
    assert first.record().metrics.tobytes() == again.record().metrics.tobytes()
    assert first.effects().tobytes() == again.effects().tobytes()


def test_who_is_coached_changes_no_draw_of_anybody_else() -> None:
    left, right = world(), world()
    actions = everyone(NOTHING)
    actions[0] = 0
    left.coach(actions)
    left.close()
    right.close()
    changed = (left.record().attainment != right.record().attainment).any(axis=1)
    assert np.flatnonzero(changed).tolist() == [0]


def test_coaching_brings_what_it_says_in_the_quarter_it_began() -> None:
    coached, alone = world(), world()
    brought = coached.coach(everyone(1))
    coached.close()
    alone.close()
    gained = 100.0 * (coached.record().attainment[:, -1] - alone.record().attainment[:, -1])
    assert gained == pytest.approx(brought)


def test_what_is_left_in_the_next_quarter_has_faded_by_the_dose() -> None:
    coached, alone = world(), world()
    brought = coached.coach(everyone(2))
    for one in (coached, alone):
        one.close()
        one.close()
    gained = 100.0 * (coached.record().attainment[:, -1] - alone.record().attainment[:, -1])
    later = dose(np.arange(WEEKS, 2 * WEEKS, dtype=np.float64) + 0.5).mean() / first_quarter_dose()
    assert gained == pytest.approx(later * brought)
    assert 0.4 < later < 0.8


def test_only_the_metric_of_the_play_moves() -> None:
    coached, alone = world(), world()
    coached.coach(everyone(0))
    coached.close()
    alone.close()
    moved = np.abs(coached.record().metrics[:, -1] - alone.record().metrics[:, -1]).max(axis=0) > 1e-9
    assert moved.tolist() == [metric == coached.truths.metric[0] for metric in range(6)]


def test_the_null_play_does_nothing_to_anybody() -> None:
    one = world()
    assert (one.effects()[:, NULL] == 0.0).all()
    assert (one.coach(everyone(NULL)) == 0.0).all()


def test_the_harmful_play_harms_the_top_and_not_the_others() -> None:
    company = CoachingWorld(WIDE)
    effects, rank = company.effects()[:, HARMFUL], company.true_rank()
    assert effects[rank > 0.85].mean() < -3.0
    assert effects[rank < 0.65].mean() > 0.0


def test_a_gap_that_was_closed_leaves_less_to_gain() -> None:
    company = world(quarters=4, reps=500)
    company.coach(np.full(500, 4, dtype=np.int64))
    company.close()
    alone = world(quarters=4, reps=500)
    alone.close()
    column = company.truths.metric[4]
    assert company.true_gaps()[:, column].mean() < alone.true_gaps()[:, column].mean()


def test_the_mean_of_what_is_brought_is_the_individual_effect() -> None:
    company = CoachingWorld(WIDE)
    expected = company.effects()[:, 3]
    brought = company.coach(np.full(2_000, 3, dtype=np.int64))
    # adherence has mean .7 and is drawn apart from everything else
    assert brought.mean() == pytest.approx(expected.mean(), rel=0.05)
    assert brought.tolist() != expected.tolist()


def test_ranks_are_a_permutation_and_the_best_is_one() -> None:
    rank = world().true_rank()
    assert np.sort(rank) == pytest.approx((np.arange(40) + 0.5) / 40)


def test_a_record_knows_nothing_of_the_quarter_that_begins() -> None:
    company = world()
    assert company.record().attainment.shape == (40, 12)
    assert np.isfinite(company.record().metrics).all()
    company.close()
    assert company.record().attainment.shape == (40, 13)


def test_a_record_is_a_copy() -> None:
    company = world()
    company.record().metrics[:] = 0.0
    assert company.record().metrics.any()


def test_what_is_no_play_is_refused_and_a_finished_world_too() -> None:
    company = world(quarters=1)
    with pytest.raises(UsageError, match=r"from 8 to 8; give 40 of -1\.\.7"):
        company.coach(everyone(8))
    with pytest.raises(UsageError, match="shape \\(3,\\)"):
        company.coach(everyone(0, 3))
    company.close()
    assert not company.open
    with pytest.raises(UsageError, match="quarters are over"):
        company.coach(everyone(0))
