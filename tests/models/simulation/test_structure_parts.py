"""Factors tell about the rep: size and chance are the usual ones, the quality says how the open deals stand."""

from __future__ import annotations

import numpy as np
import pytest

from models.forecasters.paceline import PacelineForecaster
from tests.support.states import toy_history


def test_size_and_win_of_open_deals_are_those_of_new_ones_and_the_quality_is_the_difference() -> None:
    history = toy_history(n_reps=8, n_periods=6, seed=4)
    model = PacelineForecaster().fit(history)
    paths = model.simulate(history.now, 100, 1)
    frame = model.structure(history.now, paths)
    held = frame[(frame["volume_open"] > 0) & (frame["quality"] != 1.0)]
    assert len(held) > 4
    assert held["size"].to_numpy() == pytest.approx(held["size_new"].to_numpy(), rel=0.5)
    assert held["win"].to_numpy() == pytest.approx(held["win_new"].to_numpy())
    product = held["volume_open"] * held["size"] * held["win"] * held["quality"] * held["timing"]
    np.testing.assert_allclose(product, paths.open_deals[held.index].mean(axis=1), rtol=1e-9)
