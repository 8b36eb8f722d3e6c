"""Forecasts of a series from itself alone: worked numbers, laws, and the real series of M3."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bench_m3 import coverage, m3_sets, mase_per_series, ours
from features.domain.errors import DataMissing
from models.contracts import FloatArray
from models.forecasters.series_candidates import own_course
from models.forecasters.series_local import (
    AT_ONCE,
    LocalSeries,
    damped_trend,
    local_band,
    local_forecast,
    season_ratios,
    theta,
)
from models.forecasters.series_panel import Panel
from tests.support.real_data import real_data

YEARS = st.integers(2, 6)


def series(rows: list[list[float]] | FloatArray, period: int = 4) -> LocalSeries:
    """Return series whose leading NaN stand for "not begun"."""
    values = np.asarray(rows, dtype=np.float64)
    first = (~np.isnan(values)).argmax(axis=1).astype(np.int64)
    return LocalSeries(np.nan_to_num(values), first, period)


def noisy(n: int = 6, times: int = 40, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    season = 1.0 + 0.4 * np.sin(np.arange(times) * np.pi / 2)
    walk = np.cumsum(rng.normal(0.5, 3.0, (n, times)), axis=1)
    return np.asarray(np.round((200.0 + walk) * season * rng.lognormal(0.0, 0.05, (n, times)), 3))


def test_a_constant_goes_on() -> None:
    assert local_forecast(series([[7.0] * 24]), 5) == pytest.approx(np.full((1, 5), 7.0))


def test_nothing_but_zeros_stays_zero() -> None:
    assert local_forecast(series([[0.0] * 24]), 3).tolist() == [[0.0, 0.0, 0.0]]


def test_a_damped_trend_takes_ever_smaller_steps_along_a_line() -> None:
    steps = np.diff(damped_trend(series([np.arange(1.0, 31.0).tolist()]), 6), axis=1)[0]
    assert np.all(steps > 0.0)
    assert np.all(np.diff(steps) < 0.0)
    # The largest damping there is to choose is 0.98.
    assert steps[1] / steps[0] == pytest.approx(0.98)


def test_theta_goes_on_along_a_straight_line() -> None:
    # A line has no distance to its own trend line, so every stretch leaves it as it is: 31, 32, 33 are to come.
    # Half of it or more is the line itself; the level lags behind by little.
    ahead = theta(series([np.arange(1.0, 31.0).tolist()]), 3)[0]
    assert np.all(np.abs(ahead - np.array([31.0, 32.0, 33.0])) < 1.0)
    assert np.all(np.diff(ahead) > 0.0)


def test_a_clear_season_comes_back() -> None:
    pattern = [50.0, 100.0, 150.0, 100.0]
    assert local_forecast(series([pattern * 6]), 8) == pytest.approx(np.array([pattern * 2]), rel=1e-6)


def test_a_season_has_the_phase_of_the_calendar_and_not_of_the_first_observation() -> None:
    pattern = [50.0, 100.0, 150.0, 100.0]
    late = [float("nan")] * 3 + (pattern * 6)[3:]
    assert season_ratios(series([late]))[0] == pytest.approx([0.5, 1.0, 1.5, 1.0])


def test_a_season_is_shrunk_by_its_own_noise() -> None:
    rng = np.random.default_rng(4)
    noise = 100.0 * rng.lognormal(0.0, 0.2, (300, 24))
    pattern = np.tile([0.8, 1.0, 1.2, 1.0], 6)
    assert float(np.abs(season_ratios(series(noise)) - 1.0).mean()) < 0.05
    kept = season_ratios(series(noise * pattern))[:, 2] - 1.0
    # Of a swing of 20 % most remains, and it is not overstated.
    assert 0.14 < float(kept.mean()) <= 0.2


def test_two_years_and_a_quarter_are_too_short_for_a_season_and_a_zero_forbids_ratios() -> None:
    pattern = [50.0, 100.0, 150.0, 100.0]
    assert season_ratios(series([(pattern * 3)[:9]])).tolist() == [[1.0] * 4]
    assert season_ratios(series([[0.0, *(pattern * 6)[1:]]])).tolist() == [[1.0] * 4]


def test_three_observations_are_forecast_by_their_mean() -> None:
    assert local_forecast(series([[float("nan")] * 5 + [1.0, 2.0, 6.0]]), 2).tolist() == [[3.0, 3.0]]


def test_many_series_are_forecast_as_each_alone() -> None:
    rows = noisy(n=AT_ONCE + 2, times=24)
    together = local_forecast(series(rows), 3)
    for row in (0, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1):
        assert np.array_equal(together[row], local_forecast(series(rows[[row]]), 3)[0])


def test_a_series_that_began_later_is_forecast_as_if_the_data_began_with_it() -> None:
    rows = noisy(times=40)
    late = LocalSeries(rows, np.full(len(rows), 8, dtype=np.int64), 4)
    assert local_forecast(late, 3) == pytest.approx(local_forecast(series(rows[:, 8:]), 3), rel=1e-9)


def test_no_series_no_rows() -> None:
    assert local_forecast(LocalSeries(np.zeros((0, 12)), np.zeros(0, dtype=np.int64), 4), 3).shape == (0, 3)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), years=YEARS, factor=st.sampled_from([0.01, 3.7, 1000.0]))
def test_a_change_of_currency_changes_nothing_else(seed: int, years: int, factor: float) -> None:
    rows = noisy(seed=seed, times=4 * years)
    assert np.allclose(local_forecast(series(rows * factor), 4), factor * local_forecast(series(rows), 4), rtol=1e-8)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), years=YEARS, missing=st.integers(0, 6))
def test_what_stands_before_the_first_observation_is_never_read(seed: int, years: int, missing: int) -> None:
    rows = noisy(seed=seed, times=4 * years)
    first = np.full(len(rows), missing, dtype=np.int64)
    junk = rows.copy()
    junk[:, :missing] = 1e9
    assert np.array_equal(
        local_forecast(LocalSeries(rows, first, 4), 3), local_forecast(LocalSeries(junk, first, 4), 3)
    )


def test_the_band_holds_what_it_promises_on_series_like_those_it_learned_from() -> None:
    rows = noisy(n=400, times=48)
    known = series(rows[:, :40])
    half, middle = local_band(known, 8, 0.8), local_forecast(known, 8)
    held = float((np.abs(rows[:, 40:] - middle) <= half).mean())
    assert 0.77 <= held <= 0.85


def test_the_band_is_learned_apart_for_every_step_and_stands_in_steps_of_the_series() -> None:
    rows = noisy(n=40, times=48)
    plain, larger = local_band(series(rows), 8, 0.8), local_band(series(np.vstack([rows, 10.0 * rows[:1]])), 8, 0.8)
    assert len(np.unique(plain[0])) == 8
    assert larger[-1] == pytest.approx(10.0 * larger[0])


def test_without_a_series_that_is_long_enough_there_is_no_band() -> None:
    with pytest.raises(DataMissing, match="has 12 observations; an interval for 8 ahead needs 16"):
        local_band(series(noisy(times=12)), 8, 0.8)


def test_reps_who_never_had_returns_are_not_forecast_below_zero() -> None:
    falling = np.linspace(100.0, 1.0, 24)
    panel = Panel(("a", "b"), np.stack([falling, falling - 20.0]), np.zeros(2, dtype=np.int64), 24_240)
    ahead = own_course(panel, 12)
    assert ahead[0].min() == 0.0
    assert ahead[1].min() < 0.0


def test_real_quarterly_series_are_forecast_better_than_by_last_year_and_held_four_times_in_five() -> None:
    quarterly = m3_sets(real_data("bench_m3").parent)[1]
    said = ours(quarterly)
    # The seasonal naive stands at 1.44 and AutoETS at 1.14 on these 355 series.
    assert float(mase_per_series(quarterly, said).mean()) < 1.10
    assert 0.77 <= coverage(quarterly.outcome, said) <= 0.83
