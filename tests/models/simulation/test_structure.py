"""The structural equation gives the mean of whatever paths it is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts import FloatArray
from models.simulation.structure import _side


def product(mean: list[float], volume: list[float], size: list[float], win: list[float]) -> pd.DataFrame:
    parts: tuple[FloatArray, ...] = _side(
        mean=np.array(mean), volume=np.array(volume), size=np.array(size), win=np.array(win)
    )
    return pd.DataFrame(dict(zip(("volume", "size", "win", "timing"), parts, strict=True)))


def test_timing_is_the_share_won_in_time() -> None:
    # Ten deals of 100, half of them ever won: 500; a mean of 200 says that 40 % of it comes in time.
    found = product([200.0], [10.0], [100.0], [0.5]).iloc[0]
    assert found.to_list() == [10.0, 100.0, 0.5, pytest.approx(0.4)]


def test_more_than_everything_in_time_goes_to_the_size() -> None:
    found = product([600.0], [10.0], [100.0], [0.5]).iloc[0]
    assert found.to_list() == [10.0, pytest.approx(120.0), 0.5, 1.0]


def test_nothing_to_come_is_no_timing() -> None:
    assert product([0.0], [0.0], [0.0], [0.0]).iloc[0].to_list() == [0.0, 0.0, 0.0, 0.0]


def test_a_mean_below_zero_is_one_return_of_that_size() -> None:
    assert product([-70.0], [3.0], [100.0], [0.5]).iloc[0].to_list() == [1.0, -70.0, 1.0, 1.0]


AMOUNT = st.floats(-1e9, 1e9, allow_nan=False)
POSITIVE = st.floats(0.0, 1e6)


@given(mean=AMOUNT, volume=POSITIVE, size=POSITIVE, win=st.floats(0.0, 1.0))
def test_the_product_is_the_mean_whatever_stands_behind_it(mean: float, volume: float, size: float, win: float) -> None:
    found = product([mean], [volume], [size], [win]).iloc[0]
    assert np.isclose(found.prod(), mean, rtol=1e-9, atol=1e-200)
    assert 0.0 <= found["timing"] <= 1.0
