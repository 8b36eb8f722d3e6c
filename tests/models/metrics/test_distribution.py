"""Scores of whole distributions: exact by hand, and right forecasts look right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from features.domain.errors import UsageError
from models.contracts import FloatArray
from models.metrics.crps import crps
from models.metrics.empirical_coverage import empirical_coverage
from models.metrics.energy_score import energy_score
from models.metrics.interval_width import interval_width
from models.metrics.pit_chi2 import pit_chi2
from models.metrics.randomised_pit import randomised_pit

AMOUNTS = st.floats(-1e6, 1e6).map(lambda value: round(value, 2))


def slow_crps(paths: FloatArray, outcome: float) -> float:
    apart = np.abs(paths[:, None] - paths[None, :]).mean()
    return float(np.abs(paths - outcome).mean() - apart / 2)


def test_crps_of_one_path_is_the_absolute_error() -> None:
    assert crps([[3.0], [5.0]], [4.0, 5.0]).tolist() == [1.0, 0.0]


def test_crps_of_three_paths_by_hand() -> None:
    # |0-2| + |2-2| + |6-2| = 6, over 3: 2. Distances inside: 2, 6, 4 each twice = 24, over 9, halved: 4/3.
    assert crps([[6.0, 0.0, 2.0]], [2.0])[0] == pytest.approx(2 - 4 / 3)


@given(arrays.arrays(np.float64, 7, elements=AMOUNTS), AMOUNTS)
def test_crps_equals_the_sum_over_all_pairs(paths: FloatArray, outcome: float) -> None:
    assert crps(paths[None, :], [outcome])[0] == pytest.approx(slow_crps(paths, outcome), rel=1e-9, abs=1e-6)


def test_crps_keeps_its_digits_far_from_zero() -> None:
    near = crps([[0.0, 0.25, 1.0]], [0.5])[0]
    assert crps([[1e9, 1e9 + 0.25, 1e9 + 1.0]], [1e9 + 0.5])[0] == pytest.approx(near, rel=1e-6)


def test_crps_prefers_the_true_spread() -> None:
    rng = np.random.default_rng(5)
    outcome = rng.normal(0, 1, 2000)
    score = {spread: crps(rng.normal(0, spread, (2000, 200)), outcome).mean() for spread in (0.5, 1.0, 2.0)}
    assert score[1.0] < min(score[0.5], score[2.0])


def test_energy_score_of_one_row_is_its_crps() -> None:
    paths = [[1.0, 4.0, 9.0, 4.0]]
    assert energy_score(paths, [3.0]) == pytest.approx(crps(paths, [3.0])[0])


def test_energy_score_sees_that_reps_move_together() -> None:
    rng = np.random.default_rng(6)
    shock = rng.normal(0, 1, (3, 400))
    together, apart = np.repeat(shock[:1], 3, axis=0), shock
    worlds = np.repeat(rng.normal(0, 1, (200, 1)), 3, axis=1)
    assert np.mean([energy_score(together, y) for y in worlds]) < np.mean([energy_score(apart, y) for y in worlds])


def test_interval_width_is_the_distance_of_two_quantiles() -> None:
    # Quantiles 0.25 and 0.75 of 0, 1, ..., 8 are 2 and 6.
    assert interval_width([np.arange(9.0)], 0.5).tolist() == [4.0]


def test_randomised_pit_of_a_right_forecast_with_an_atom_is_uniform() -> None:
    rng = np.random.default_rng(7)
    paths = np.maximum(rng.normal(0, 1, (4000, 99)), 0.0)
    ranks = randomised_pit(paths, np.maximum(rng.normal(0, 1, 4000), 0.0), seed=1)
    assert empirical_coverage(ranks, 0.8) == pytest.approx(0.8, abs=0.02)
    # Counting outcomes between two quantiles instead would call this forecast far too wide.
    low, high = np.quantile(paths, [0.1, 0.9], axis=1)
    outcome = np.maximum(rng.normal(0, 1, 4000), 0.0)
    assert np.mean((outcome >= low) & (outcome <= high)) > 0.87
    assert pit_chi2(ranks) < 25.0


def test_randomised_pit_sees_a_forecast_that_is_too_narrow() -> None:
    rng = np.random.default_rng(8)
    ranks = randomised_pit(rng.normal(0, 0.5, (4000, 99)), rng.normal(0, 1, 4000), seed=1)
    assert empirical_coverage(ranks, 0.8) < 0.55
    assert pit_chi2(ranks) > 500.0


def test_randomised_pit_takes_rounding_noise_for_a_tie() -> None:
    paths = np.full((1, 9), 0.1 + 0.2)
    assert (
        0.0 <= randomised_pit(paths, [0.3], seed=1)[0] == pytest.approx(randomised_pit(paths, paths[:, 0], seed=1)[0])
    )


def test_randomised_pit_is_decided_by_its_seed() -> None:
    paths, outcome = np.zeros((5, 10)), np.zeros(5)
    same = [randomised_pit(paths, outcome, seed).tolist() for seed in (1, 1, 2)]
    assert same[0] == same[1] != same[2]


def test_coverage_counts_the_middle() -> None:
    assert empirical_coverage([0.0, 0.3, 0.7, 1.0], 0.5) == 0.5


@pytest.mark.parametrize("coverage", [0.0, 1.0])
def test_coverage_and_width_refuse_an_impossible_promise(coverage: float) -> None:
    with pytest.raises(UsageError):
        empirical_coverage([0.5], coverage)
    with pytest.raises(UsageError):
        interval_width([[1.0, 2.0]], coverage)


@pytest.mark.parametrize("metric", [empirical_coverage, pit_chi2])
def test_amounts_are_not_ranks(metric: object) -> None:
    assert callable(metric)
    with pytest.raises(UsageError, match="not amounts"):
        metric([120.0, 0.5])


def test_pit_chi2_needs_two_bins() -> None:
    with pytest.raises(UsageError):
        pit_chi2([0.5], bins=1)


def test_scores_refuse_rows_that_do_not_match() -> None:
    with pytest.raises(UsageError, match="paths has 2 rows and outcome 1"):
        crps([[1.0], [2.0]], [1.0])
