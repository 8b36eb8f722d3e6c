"""What is known of a rep and a play becomes one row of the design."""

from __future__ import annotations

import numpy as np
import pytest

from features.domain.errors import UsageError
from models.coaching.learning.contexts import FEATURES, GAP_LIMIT, Contexts
from tests.models.coaching.learning.builders import contexts


def test_a_row_of_the_design_by_hand() -> None:
    # rank .65: place .3, curve .09 - 1/3, strong (.65 - .5) / .3
    row = contexts(np.array([[2.0, 5.0]]), rank=0.65).design()[0, 1]
    assert dict(zip(FEATURES, row.tolist(), strict=True)) == pytest.approx(
        {"base": 1.0, "gap": 5.0, "rank": 0.3, "curve": 0.09 - 1 / 3, "strong": 0.5, "newness": 0.0}
    )


def test_the_curve_averages_to_nothing_over_all_ranks() -> None:
    ranks = (np.arange(2_000) + 0.5) / 2_000
    curve = contexts(np.zeros((2_000, 1)), rank=ranks).design()[:, 0, FEATURES.index("curve")]
    assert curve.mean() == pytest.approx(0.0, abs=1e-6)


def test_whoever_is_ahead_has_no_gap_and_a_wild_gap_is_cut() -> None:
    design = contexts(np.array([[-4.0, 500.0]])).design()
    assert design[0, :, FEATURES.index("gap")].tolist() == [0.0, GAP_LIMIT]


def test_strength_comes_gradually() -> None:
    strong = contexts(np.zeros((5, 1)), rank=np.array([0.2, 0.5, 0.65, 0.8, 1.0])).strong
    assert strong == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])


def test_arrays_that_do_not_fit_are_all_named() -> None:
    one = np.zeros((3, 2))
    with pytest.raises(UsageError, match=r"rank \(2,\) instead of \(3,\), eligible \(3, 1\) instead of \(3, 2\)"):
        Contexts(one, np.zeros(2), np.zeros(3), one, np.ones((3, 1), dtype=bool))
