"""Factors tell about the rep: size and chance are the usual ones, the quality says how the open deals stand."""

from __future__ import annotations

import numpy as np
import pytest

from models.forecasters.paceline import PacelineForecaster
from models.simulation.structure import usual_count
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


def test_the_usual_number_follows_the_own_pace_and_the_stay_of_the_segment() -> None:
    # small deals: 10 open for 5 new ones, so 2 for each; large ones: 12 open for 2 new ones, so 6 for each
    count, pace = np.array([4.0, 6.0, 12.0, 0.0]), np.array([1.0, 4.0, 0.5, 1.5])
    found = usual_count(count, pace, np.array([0, 0, 1, 1]))
    assert found.tolist() == [2.0, 8.0, 3.0, 9.0]


def test_a_group_has_as_many_usual_deals_as_it_has_open() -> None:
    rng = np.random.default_rng(3)
    count, pace, group = rng.poisson(8, 40).astype(np.float64), rng.gamma(2.0, 1.0, 40), rng.integers(0, 3, 40)
    found = usual_count(count, pace, group)
    for number in range(3):
        assert found[group == number].sum() == pytest.approx(count[group == number].sum())


def test_who_brings_nothing_new_has_no_usual_number() -> None:
    assert usual_count(np.array([5.0, 7.0]), np.array([0.0, 0.0]), np.array([0, 1])).tolist() == [0.0, 0.0]


def test_the_number_is_the_usual_one_and_not_the_count_and_the_mean_stays() -> None:
    history = toy_history(n_reps=8, n_periods=6, seed=4)
    model = PacelineForecaster().fit(history)
    paths = model.simulate(history.now, 100, 1)
    full = model.structure(history.now, paths)
    owner = history.now.lifecycles["rep_id"].value_counts().index[0]
    rows = (paths.targets["rep_id"] == owner).to_numpy()
    count = (history.now.lifecycles["rep_id"] == owner) & (history.now.lifecycles["outcome"] == "open")
    assert rows.any()
    assert count.sum() > 1
    usual = full.loc[rows, "volume_open"].to_numpy()
    value = full.loc[rows, "size"] * full.loc[rows, "win"] * full.loc[rows, "quality"] * full.loc[rows, "timing"]
    assert usual * value.to_numpy() == pytest.approx(paths.open_deals[rows].mean(axis=1), rel=1e-9)
    assert not np.allclose(usual, count.sum())
