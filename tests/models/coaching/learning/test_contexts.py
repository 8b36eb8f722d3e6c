"""What is known of a rep and a play becomes one row of the design."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from features.domain.errors import UsageError
from models.coaching.learning.contexts import FEATURES, GAP_LIMIT, RANK_RELIABILITY, STRONG_FROM, Contexts
from tests.models.coaching.learning.builders import contexts


def test_a_row_of_the_design_by_hand() -> None:
    # rank .5: place 0, curve 0 - 1/3; normal score 0, so P(strong) = Phi(-.5244 / sqrt(1 - .81)) = Phi(-1.2031)
    row = contexts(np.array([[2.0, 5.0]]), rank=0.5).design()[0, 1]
    assert dict(zip(FEATURES, row.tolist(), strict=True)) == pytest.approx(
        {"base": 1.0, "gap": 5.0, "rank": 0.0, "curve": -1 / 3, "strong": 0.11447, "newness": 0.0}, abs=1e-4
    )


def test_the_curve_averages_to_nothing_over_all_ranks() -> None:
    ranks = (np.arange(2_000) + 0.5) / 2_000
    curve = contexts(np.zeros((2_000, 1)), rank=ranks).design()[:, 0, FEATURES.index("curve")]
    assert curve.mean() == pytest.approx(0.0, abs=1e-6)


def test_whoever_is_ahead_has_no_gap_and_a_wild_gap_is_cut() -> None:
    design = contexts(np.array([[-4.0, 500.0]])).design()
    assert design[0, :, FEATURES.index("gap")].tolist() == [0.0, GAP_LIMIT]


def test_strength_is_a_chance_that_rises_with_the_rank() -> None:
    strong = contexts(np.zeros((5, 1)), rank=np.array([0.0, 0.3, 0.5, 0.7, 1.0])).strong
    assert (np.diff(strong) > 0).all()
    assert strong[0] == pytest.approx(0.0, abs=1e-6)
    assert strong[-1] == pytest.approx(1.0, abs=1e-3)


def test_the_chance_of_being_strong_is_how_often_an_estimated_rank_hides_it() -> None:
    # a true score of 1, seen with correlation .9; who is truly above the seventh tenth
    rng = np.random.default_rng(5)
    true = rng.standard_normal(400_000)
    seen = RANK_RELIABILITY * true + np.sqrt(1.0 - RANK_RELIABILITY**2) * rng.standard_normal(len(true))
    rank = stats.norm.cdf(seen)
    for low in (0.45, 0.65, 0.85):
        near = (rank > low) & (rank < low + 0.1)
        told = contexts(np.zeros((int(near.sum()), 1)), rank=rank[near]).strong
        assert told.mean() == pytest.approx((true[near] > stats.norm.ppf(STRONG_FROM)).mean(), abs=0.01)


def test_arrays_that_do_not_fit_are_all_named() -> None:
    one = np.zeros((3, 2))
    with pytest.raises(UsageError, match=r"rank \(2,\) instead of \(3,\), eligible \(3, 1\) instead of \(3, 2\)"):
        Contexts(one, np.zeros(2), np.zeros(3), one, np.ones((3, 1), dtype=bool))
