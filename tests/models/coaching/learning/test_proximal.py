"""The forecast of a metric: pulled to the mean as far as its past shows, the same for every rep."""

from __future__ import annotations

import numpy as np
import pytest

from features.domain.errors import DataMissing
from models.coaching.learning.proximal import HabitForecast


def past(
    reps: int = 4_000, *, habit: float = 1.0, noise: float = 1.0, periods: int = 6
) -> np.typing.NDArray[np.float64]:
    rng = np.random.default_rng(8)
    stays = rng.normal(0.0, habit, (reps, 1, 1))
    return np.asarray(stays + rng.normal(0.0, noise, (reps, periods, 1)))


def test_a_single_value_is_pulled_half_way_when_half_of_it_is_luck() -> None:
    # variance of the habit 1, of luck 1: the best weight of one past value is 1 / (1 + 1)
    fitted = HabitForecast.fit(past(), lags=1)
    assert fitted.weights[0] == pytest.approx([0.0, 0.5], abs=0.03)
    assert fitted.spread[0] == pytest.approx(np.sqrt(1.5), abs=0.03)


def test_four_values_tell_more_than_one_by_hand() -> None:
    # the best weight of each of four is 1 / (4 + 1); misses have variance 1 + 1/5
    fitted = HabitForecast.fit(past(), lags=4)
    assert fitted.weights[0, 1:] == pytest.approx([0.2] * 4, abs=0.04)
    assert fitted.spread[0] == pytest.approx(np.sqrt(1.2), abs=0.03)


def test_pure_luck_is_forecast_by_the_mean() -> None:
    fitted = HabitForecast.fit(past(habit=0.0) + 7.0, lags=2)
    assert fitted.predict(np.full((1, 3, 1), 20.0))[0, 0] == pytest.approx(7.0, abs=0.8)


def test_the_latest_values_are_the_ones_that_count() -> None:
    fitted = HabitForecast(np.array([[1.0, 0.5, 0.25]]), np.ones(1))
    series = np.array([[[99.0], [4.0], [8.0]]])
    assert fitted.predict(series).tolist() == [[1.0 + 0.5 * 8.0 + 0.25 * 4.0]]


def test_unknown_values_are_left_out_of_the_fit() -> None:
    holes = past()
    holes[:100, 2] = np.nan
    assert np.isfinite(HabitForecast.fit(holes, lags=2).weights).all()


def test_too_little_past_says_how_much_is_needed() -> None:
    with pytest.raises(DataMissing, match=r"8 usable rows of metric 0 .8 reps, 5 periods.; 50 are needed"):
        HabitForecast.fit(past(reps=8, periods=5), lags=4)
    with pytest.raises(DataMissing, match="0 usable rows"):
        HabitForecast.fit(past(periods=3), lags=4)
