"""Spread: ranges are widened when outcomes fell outside, and ranks are kept."""

from __future__ import annotations

import numpy as np

from models.calibration.spread import Spread, learn_spread, stretch

GENERATOR = np.random.default_rng(5)


def test_even_ranks_change_next_to_nothing() -> None:
    ranks = (np.arange(400) + 0.5) / 400
    learned = learn_spread(ranks, np.arange(400) % 8)
    assert np.allclose([learned.low, learned.high], 1.0, atol=0.01)


def test_outcomes_outside_the_range_widen_it() -> None:
    ranks = np.concatenate([np.full(200, 0.02), np.full(200, 0.98)])
    learned = learn_spread(ranks, np.arange(400) % 16)
    assert learned.low < 0.7
    assert learned.levels(np.array([0.1]))[0] < 0.06
    assert learned.levels(np.array([0.9]))[0] > 0.94


def test_outcomes_above_the_middle_lift_the_whole_range() -> None:
    learned = learn_spread(np.full(300, 0.8), np.arange(300) % 10)
    assert learned.levels(np.array([0.5]))[0] > 0.55


def test_reps_of_one_period_are_not_many_observations() -> None:
    ranks = np.full(300, 0.9)
    one, many = learn_spread(ranks, np.zeros(300, dtype=np.int64)), learn_spread(ranks, np.arange(300) % 30)
    assert one.levels(np.array([0.5]))[0] < many.levels(np.array([0.5]))[0]


def test_stretching_keeps_zeros_and_the_order_of_paths() -> None:
    totals = np.where(GENERATOR.random((3, 500)) < 0.3, 0.0, GENERATOR.lognormal(0.0, 1.0, (3, 500)))
    stretched = totals * stretch(totals, Spread(0.7, 0.8))
    assert ((totals == 0) == (stretched == 0)).all()
    for before, after in zip(totals, stretched, strict=True):
        assert (np.diff(after[np.argsort(before, kind="stable")]) >= -1e-12).all()


def test_a_wider_spread_widens_the_middle_eighty_percent() -> None:
    totals = GENERATOR.lognormal(0.0, 0.5, (1, 4000))
    wide = totals * stretch(totals, Spread(0.7, 0.7))
    before, after = (np.quantile(t, 0.9) - np.quantile(t, 0.1) for t in (totals, wide))
    assert after > 1.1 * before


def test_an_even_spread_is_exactly_no_change() -> None:
    assert (stretch(GENERATOR.random((2, 9)), Spread()) == 1.0).all()
