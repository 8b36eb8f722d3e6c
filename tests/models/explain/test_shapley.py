"""Shapley shares worked by hand, and against the shap library."""

from __future__ import annotations

import numpy as np
import pytest

from models.contracts import FloatArray
from models.explain.shapley import FACTORS, PARTS, part_values, shapley_parts

NAMES = list(FACTORS)
COLUMNS = [name for names in FACTORS.values() for name in names]


def columns(**values: float) -> dict[str, FloatArray]:
    """Return one row of structure columns: ones where nothing else is said, no new deals."""
    base = dict.fromkeys(COLUMNS, 1.0) | {"volume_new": 0.0, "booked": 0.0}
    return {name: np.array([value]) for name, value in (base | values).items()}


def random_rows(n: int, seed: int) -> dict[str, FloatArray]:
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(0.1, 3.0, n) for name in COLUMNS}


def test_two_factors_that_both_doubled_share_their_product_equally() -> None:
    # 1*1 -> 2*2 is +3; alone each is +1, on top of the other each is +2: (1 + 2) / 2 = 1.5
    shares = shapley_parts(columns(volume_open=2.0, size=2.0), columns())
    assert shares[:, NAMES.index("volume")].sum() == pytest.approx(1.5)
    assert shares[:, NAMES.index("size")].sum() == pytest.approx(1.5)
    assert shares.sum() == pytest.approx(3.0)


def test_three_factors_by_hand() -> None:
    # booked 0 -> 1, open 1 -> 2 (volume), quota 1 -> 2; attainment 1 -> 1.5
    own, reference = columns(booked=1.0, volume_open=2.0, quota=2.0), columns()
    # booked: alone before quota (3 of 6 orders, weight 1/2 each side) +1, after quota +1/2 -> .75; volume the same
    # quota: order first 1 -> .5 = -.5; after one of them 2 -> 1 = -1; after both 3 -> 1.5 = -1.5: mean -1
    shares = shapley_parts(own, reference).sum(axis=0)[:, 0]
    assert shares.tolist() == pytest.approx([0.75, 0.75, 0.0, 0.0, 0.0, 0.0, -1.0])


def test_a_factor_that_does_not_differ_has_no_share() -> None:
    shares = shapley_parts(columns(volume_open=5.0, quota=3.0), columns())
    for name in ("booked", "size", "win", "timing"):
        assert shares[:, NAMES.index(name)].sum() == 0.0


def test_open_and_new_deals_get_their_own_shares() -> None:
    shares = shapley_parts(columns(volume_open=3.0, volume_new=0.5), columns(volume_new=1.0))
    volume = NAMES.index("volume")
    assert shares[list(PARTS).index("open"), volume, 0] == pytest.approx(2.0)
    assert shares[list(PARTS).index("new"), volume, 0] == pytest.approx(-0.5)


def test_shares_add_up_on_random_rows() -> None:
    own, reference = random_rows(500, 1), random_rows(500, 2)
    difference = part_values(own).sum(axis=0) / own["quota"] - part_values(reference).sum(axis=0) / reference["quota"]
    np.testing.assert_allclose(shapley_parts(own, reference).sum(axis=(0, 1)), difference, atol=1e-9)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # shap builds its colour maps the old way
def test_shares_agree_with_the_exact_explainer_of_shap() -> None:
    import shap

    own, reference = random_rows(6, 3), random_rows(6, 4)
    ours = shapley_parts(own, reference).sum(axis=0)
    for row in range(6):

        def attainment(flags: FloatArray, row: int = row) -> FloatArray:
            mixed = {
                column: np.where(flags[:, index] > 0.5, own[column][row], reference[column][row])
                for index, names in enumerate(FACTORS.values())
                for column in names
            }
            return np.asarray(part_values(mixed).sum(axis=0) / mixed["quota"], dtype=np.float64)

        explainer = shap.explainers.ExactExplainer(attainment, np.zeros((1, len(NAMES))))
        theirs = explainer(np.ones((1, len(NAMES))), silent=True).values[0]
        np.testing.assert_allclose(ours[:, row], theirs, rtol=1e-9, atol=1e-12)
