"""Amounts of wins: owners are believed as far as they have won."""

from __future__ import annotations

import numpy as np

from models.simulation.amounts import learn_amounts, quantile_grid
from models.simulation.worlds import N_RESIDUALS


def test_a_rep_with_one_win_is_drawn_to_the_segment_and_one_with_many_is_not() -> None:
    # Rep 0 won once for 1,000; rep 1 won forty times for 100: the pooled log-mean lies near log 100.
    rep = np.array([0] + [1] * 40)
    amount = np.array([1000.0] + [100.0] * 40)
    learned = learn_amounts(rep, np.zeros(41, dtype=np.int64), amount, n_reps=3, n_segments=1)
    one, many = np.exp(learned.log_mean(np.array([0, 1]), np.array([0, 0])))
    assert 100.0 < one < 400.0
    assert np.isclose(many, 100.0, rtol=0.05)


def test_a_rep_without_wins_has_the_segment_s_usual_amount() -> None:
    rep, segment = np.array([0] * 50 + [1] * 50), np.array([0] * 50 + [1] * 50)
    amount = np.array([10.0] * 50 + [1000.0] * 50)
    learned = learn_amounts(rep, segment, amount, n_reps=3, n_segments=2)
    small, large = np.exp(learned.log_mean(np.array([2, 2]), np.array([0, 1])))
    assert small < 20.0
    assert large > 500.0
    assert learned.doubt(np.array([2]))[0] >= learned.doubt(np.array([0]))[0]


def test_rows_without_a_positive_amount_teach_nothing() -> None:
    rep, segment = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    learned = learn_amounts(rep, segment, np.array([100.0, 0.0, np.nan]), n_reps=1, n_segments=1)
    assert learned.wins.tolist() == [1.0]


def test_the_grid_keeps_the_mean_factor_of_what_was_seen() -> None:
    values = np.log(np.array([1.0, 1.0, 1.0, 9.0]))
    grid = quantile_grid(values)
    assert grid.shape == (N_RESIDUALS,)
    assert np.isclose(np.exp(grid).mean(), 3.0)
    assert (np.diff(grid) >= 0).all()
