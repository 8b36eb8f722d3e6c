"""Plays on the served paths: by hand for one rep, the right period, and honest counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.coaching.effects import PlayEstimator, horizon
from models.coaching.history import MetricHistory
from models.coaching.playbook import GapPlay, default_playbook
from models.coaching.settings import CoachingSettings
from models.coaching.triggers import Standing
from models.coaching.whatif import blended
from models.contracts import ForecastPaths
from models.explain.peers import PeerGroups
from tests.support.toy_company import toy_structure, toy_targets

SETTINGS = CoachingSettings()


def play(name: str, **changes: object) -> GapPlay:
    found = default_playbook().plays[name]
    assert isinstance(found, GapPlay)
    return found.model_copy(update=changes)


def estimator(
    win_rate: list[float], *, settings: CoachingSettings = SETTINGS, spread: float | None = 0.05, days_left: int = 46
) -> PlayEstimator:
    """Return an estimator over reps who have 100 open, 20 new, quota 1000, win .5 and .25; next period in row n+i."""
    n = len(win_rate)
    structure = pd.concat([toy_structure(n), toy_structure(n)], ignore_index=True).assign(win=0.5, win_new=0.25)
    targets = toy_targets(structure).assign(quota=1000.0, win_rate=win_rate * 2, days_left=[days_left] * n + [136] * n)
    targets["rep_id"] = [f"r{i}" for i in range(n)] * 2
    peers = PeerGroups(
        np.zeros(2 * n, dtype=np.int64),
        {0: np.arange(n)},
        np.full(2 * n, n - 1),
        np.zeros(2 * n, dtype=bool),
        (),
    )
    history = MetricHistory({"win_rate": spread} if spread is not None else {})
    paths = ForecastPaths(
        targets,
        np.zeros(2 * n),
        np.repeat([[80.0, 120.0]], 2 * n, axis=0) * np.array([1.0] * n + [3.0] * n)[:, None],
        np.repeat([[10.0, 30.0]], 2 * n, axis=0) * np.array([1.0] * n + [10.0] * n)[:, None],
    )
    standing = Standing(targets, peers, history)
    return PlayEstimator(paths, structure, standing, settings, {i: n + i for i in range(n)}, Counter())


RATES = [0.20, 0.30, 0.40, 0.40, 0.40]
NOW_ONLY = CoachingSettings(next_period=False)


def test_the_effect_of_one_play_by_hand() -> None:
    # own .20, one swing .05, better quarter .40: target .25, ratio 1.25; open 100, new 20 of quota 1000
    one = play("discovery_review")
    found = estimator(RATES, settings=NOW_ONLY).candidates(one, np.array([0]))[0]
    raw = 100 * (0.25 * 100 + 0.25 * 20) / 1000
    expected = blended(np.array([raw]), one.evidence, NOW_ONLY)
    assert raw == pytest.approx(3.0)
    assert (found.low, found.mid, found.high) == pytest.approx(
        (float(expected.low[0]), float(expected.mid[0]), float(expected.high[0]))
    )
    assert found.row == 0


def test_a_rep_at_the_better_quarter_already_gains_hardly_anything() -> None:
    found = estimator(RATES, settings=NOW_ONLY).candidates(play("discovery_review"), np.array([4]))[4]
    # what-if 0: only 2 / 9 / (1 / .25 + 1 / 9) = .054 of the prior is left
    assert found.mid == pytest.approx(0.054, abs=1e-3)


def test_a_play_that_is_worth_more_next_period_is_told_for_that_period() -> None:
    found = estimator(RATES).candidates(play("discovery_review"), np.array([0]))[0]
    # now 3.0 points raw are too few (.97 after blending); then 100 * (.25 * 300 + .25 * 200) / 1000 = 12.5 raw
    assert found.row == 5
    assert found.mid > SETTINGS.min_lift


def test_a_lag_longer_than_the_time_left_moves_a_play_to_the_next_period() -> None:
    late = estimator(RATES, days_left=20)
    assert late.candidates(play("discovery_review"), np.array([0]))[0].row == 5
    assert late.counts["too_late_for_period"] == 1


def test_without_a_next_period_a_play_that_is_too_late_is_not_for_now() -> None:
    late = estimator(RATES, settings=NOW_ONLY, days_left=20)
    assert late.candidates(play("discovery_review"), np.array([0])) == {}


def test_a_lag_as_long_as_the_time_left_is_in_time() -> None:
    assert play("discovery_review").lag_days == 21
    just = estimator(RATES, settings=NOW_ONLY, days_left=21)
    assert list(just.candidates(play("discovery_review"), np.array([0]))) == [0]


def test_without_a_past_the_spread_between_similar_reps_stands_in_and_is_counted() -> None:
    half = CoachingSettings(next_period=False, spread_without_history=0.5)
    bare = estimator([0.1, 0.2, 0.3, 0.4, 0.5], settings=half, spread=None)
    found = bare.candidates(play("discovery_review"), np.array([0]))[0]
    # sd of the group sqrt(.02), half of it .0707: target .1707, ratio 1.707; 100 * .7071 * 120 / 1000 raw
    expected = blended(np.array([12.0 * 0.5 * np.sqrt(2.0)]), play("discovery_review").evidence, half)
    assert found.mid == pytest.approx(float(expected.mid[0]))
    assert bare.counts["no_history_of_metric"] == 1


def test_a_metric_of_zero_cannot_be_scaled_and_is_counted() -> None:
    zero = estimator([0.0, 0.3, 0.4, 0.4, 0.4])
    assert zero.candidates(play("discovery_review"), np.array([0])) == {}
    assert zero.counts["nothing_to_scale"] == 1


def test_without_a_quota_there_is_no_effect_in_points() -> None:
    bare = estimator(RATES, settings=NOW_ONLY)
    without = replace(bare, paths=replace(bare.paths, targets=bare.paths.targets.assign(quota=np.nan)))
    assert without.candidates(play("discovery_review"), np.array([0])) == {}


def test_no_rep_asked_gives_no_candidate() -> None:
    assert estimator(RATES).candidates(play("discovery_review"), np.array([], dtype=np.int64)) == {}


def target_rows() -> pd.DataFrame:
    rows = [
        ("a", "revenue", "month", 0, "2026-11-01"),
        ("a", "revenue", "quarter", 0, "2026-10-01"),
        ("a", "revenue", "year", 0, "2026-01-01"),
        ("a", "revenue", "quarter", 47, "2027-01-01"),
        ("a", "meetings", "quarter", 0, "2026-10-01"),
        ("b", "revenue", "quarter", 1, "2027-01-01"),
        ("b", "revenue", "quarter", 91, "2027-04-01"),
        ("c", "revenue", "month", 17, "2026-12-01"),
        ("d", "revenue", "year", 0, "2026-01-01"),
    ]
    frame = pd.DataFrame(rows, columns=["rep_id", "metric", "grain", "starts_in", "period_start"])
    return frame.assign(period_start=pd.to_datetime(frame["period_start"]))


def test_the_current_period_of_the_longest_grain_below_year_leads() -> None:
    # b: the period that begins tomorrow is the current one; c has none yet; d has nothing but a year
    assert horizon(target_rows()).main == {"a": 1, "b": 5, "c": 7, "d": 8}


def test_the_next_period_has_the_same_grain_and_measure() -> None:
    assert horizon(target_rows()).following == {1: 3, 5: 6}
