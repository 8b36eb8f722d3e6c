"""Shares of causes are exact, name the cause that differs, and survive every order of switching."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts import FloatArray
from models.diagnosis.shares import CAUSES, PARTS, attainment, cause_shares, product_shares

NAMES = tuple(dict.fromkeys(name for listed in CAUSES.values() for name in listed))
positive = st.floats(0.05, 20.0)


def columns(**changed: float) -> dict[str, FloatArray]:
    return {name: np.array([changed.get(name, 1.0)]) for name in NAMES}


def test_every_column_of_the_equation_belongs_to_exactly_one_cause() -> None:
    listed = [name for names in CAUSES.values() for name in names]
    assert sorted(listed) == sorted({*listed})
    assert {name for names in PARTS.values() for name in names} | {"quota"} == set(listed)


def test_attainment_is_the_sum_of_three_products_over_the_quota() -> None:
    # booked 2 * 3 = 6, open 5, new 1, quota 4: 12 / 4 = 3.
    assert attainment(columns(births=2.0, luck=3.0, volume_open=5.0, quota=4.0)).tolist() == [3.0]


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"births": 0.5}, "leads"),
        ({"volume_open": 0.5, "volume_new": 0.5}, "leads"),
        ({"timing": 0.5}, "process"),
        ({"win": 0.5, "win_new": 0.5, "win_booked": 0.5}, "skill"),
        ({"size_booked": 2.0}, "skill"),
        ({"luck": 0.2}, "chance"),
        ({"quality": 3.0}, "chance"),
        ({"quota": 2.0}, "plan"),
    ],
)
def test_a_single_difference_is_given_to_its_own_cause(changed: dict[str, float], cause: str) -> None:
    own, reference = columns(**changed), columns()
    shares = dict(zip(CAUSES, cause_shares(own, reference)[:, 0], strict=True))
    assert shares[cause] == pytest.approx(float((attainment(own) - attainment(reference))[0]))
    assert all(share == 0.0 for name, share in shares.items() if name != cause)


def test_two_causes_share_what_only_both_together_do() -> None:
    # Half the deals, half the wins: each alone takes booked, open and new from 3 to 1.5, both together to 0.75.
    # leads: ((3 - 1.5) + (1.5 - 0.75)) / 2 = 1.125, skill the same, together 2.25.
    own = columns(births=0.5, volume_open=0.5, volume_new=0.5, win=0.5, win_new=0.5, win_booked=0.5)
    shares = dict(zip(CAUSES, cause_shares(own, columns())[:, 0], strict=True))
    assert shares["leads"] == pytest.approx(-1.125)
    assert shares["skill"] == pytest.approx(-1.125)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(positive, min_size=len(NAMES), max_size=len(NAMES)),
    st.lists(positive, min_size=len(NAMES), max_size=len(NAMES)),
)
def test_shares_always_sum_to_the_difference(mine: list[float], theirs: list[float]) -> None:
    own = {name: np.array([value]) for name, value in zip(NAMES, mine, strict=True)}
    reference = {name: np.array([value]) for name, value in zip(NAMES, theirs, strict=True)}
    difference = float((attainment(own) - attainment(reference))[0])
    assert cause_shares(own, reference).sum() == pytest.approx(difference, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(positive, st.lists(positive, min_size=3, max_size=3))
def test_shares_of_a_product_sum_to_its_move(base: float, factors: list[float]) -> None:
    named = {str(index): np.array([factor]) for index, factor in enumerate(factors)}
    shares = product_shares(np.array([base]), named)
    moved = base * float(np.prod(factors)) - base
    assert sum(float(share[0]) for share in shares.values()) == pytest.approx(moved, rel=1e-9, abs=1e-9)
