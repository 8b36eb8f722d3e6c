"""Managers coach whom they see behind: the odds are true, and a naive look at the logs is fooled."""

from __future__ import annotations

import numpy as np
import pytest

from training.simulator.coaching import NOTHING, CoachingWorld
from training.simulator.coaching_logs import LoggingPolicy, logged_quarters
from training.simulator.coaching_settings import SIMULATED_PLAYS, CoachingWorldSettings

NULL = [play.kind for play in SIMULATED_PLAYS].index("null")
SETTINGS = CoachingWorldSettings(seed=21, reps=1_500, quarters=4)


def test_low_results_are_coached_more_often() -> None:
    quarter = logged_quarters(CoachingWorld(SETTINGS))[0]
    last = quarter.before.attainment[:, -1]
    coached = quarter.actions != NOTHING
    low, high = last < np.quantile(last, 0.25), last > np.quantile(last, 0.75)
    assert coached[low].mean() > 2.0 * coached[high].mean()


def test_chances_are_chances() -> None:
    for quarter in logged_quarters(CoachingWorld(SETTINGS)):
        assert (quarter.propensities > 0.0).all()
        assert (quarter.propensities.sum(axis=1) < 1.0).all()


def test_actions_come_as_often_as_their_chances_say() -> None:
    quarters = logged_quarters(CoachingWorld(SETTINGS))
    said = np.concatenate([quarter.propensities for quarter in quarters])
    done = np.concatenate([quarter.actions for quarter in quarters])
    for play in range(len(SIMULATED_PLAYS)):
        chance = said[:, play]
        error = np.sqrt((chance * (1 - chance)).sum()) / len(done)
        assert abs((done == play).mean() - chance.mean()) < 4.0 * error


def test_a_rep_without_any_gap_or_lag_by_hand() -> None:
    # average result and no gap: coached with odds 1 to 1, each of 8 plays alike
    company = CoachingWorld(CoachingWorldSettings(seed=1, reps=8))
    record = company.record()
    record.attainment[:, -1], record.metrics[:, -1] = 0.9, 0.0
    even = LoggingPolicy(base=0.0).propensities(record, company)
    assert even == pytest.approx(np.full((8, 8), 0.5 / 8))


def test_before_and_after_sees_a_benefit_of_the_play_that_does_nothing() -> None:
    gains = []
    for quarter in logged_quarters(CoachingWorld(SETTINGS)):
        rows = quarter.actions == NULL
        gains.append(100.0 * (quarter.attainment - quarter.before.attainment[:, -1])[rows])
    gain = np.concatenate(gains)
    assert gain.mean() / (gain.std() / np.sqrt(len(gain))) > 3.0


def test_the_same_seed_coaches_the_same_reps() -> None:
    first, again = (logged_quarters(CoachingWorld(SETTINGS))[-1].actions for _ in range(2))
    assert first.tolist() == again.tolist()
