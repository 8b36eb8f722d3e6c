"""Measures of past forecasts are ratios of sums, and their ranges come from drawing whole periods again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accuracy.measures import (
    WINSOR,
    Judged,
    Ratio,
    Sums,
    bias,
    by_period,
    coverage,
    crps,
    mae,
    measure,
    reached,
)
from models.accuracy.settings import AccuracySettings
from models.metrics.block_bootstrap import block_bootstrap
from models.metrics.empirical_coverage import empirical_coverage

SETTINGS = AccuracySettings()
Q1, Q2, Q3 = "2026-01-01", "2026-04-01", "2026-07-01"
ROWS = [
    Judged("a", Q1, 100.0, 120.0, middle=110.0, mean=115.0, crps=8.0, pit=0.60),
    Judged("b", Q1, 100.0, 80.0, middle=90.0, mean=95.0, crps=8.0, pit=0.35),
    Judged("a", Q2, 200.0, 100.0, middle=120.0, mean=130.0, crps=20.0, pit=0.05),
    Judged("b", Q2, 100.0, 130.0, middle=110.0, mean=110.0, crps=12.0, pit=0.95),
]


def _value(ratio: Ratio, rows: list[Judged]) -> float:
    found = measure(ratio, by_period(rows), SETTINGS)
    assert found is not None
    return found["value"]


def test_each_measure_is_the_one_worked_out_by_hand() -> None:
    # |1.1 - 1.2|, |0.9 - 0.8|, |0.6 - 0.5|, |1.1 - 1.3| -> 0.5 / 4
    assert _value(mae, ROWS) == pytest.approx(0.125)
    # 450 said beside 430 attained
    assert _value(bias, ROWS) == pytest.approx(450 / 430 - 1)
    # .08, .08, .10, .12
    assert _value(crps, ROWS) == pytest.approx(0.095)
    assert _value(coverage, ROWS) == 0.5
    # 120 >= 110 and 130 >= 110 of four
    assert _value(reached, ROWS) == 0.5


def test_the_range_runs_from_one_period_to_the_other_where_there_are_two() -> None:
    found = measure(mae, by_period(ROWS), SETTINGS)
    # Q1 alone: 0.1; Q2 alone: 0.15. Each is drawn twice in a quarter of the draws, far more than 5 %.
    assert found is not None
    assert found["low"] == pytest.approx(0.1)
    assert found["high"] == pytest.approx(0.15)


def test_a_single_period_has_no_range() -> None:
    found = measure(mae, by_period(ROWS[:2]), SETTINGS)
    assert found is not None
    assert found["value"] == pytest.approx(0.1)
    assert (found["low"], found["high"]) == (None, None)


def test_a_row_without_a_quota_counts_for_coverage_alone() -> None:
    rows = [replace(ROWS[0], quota=None), *ROWS[1:]]
    assert _value(coverage, rows) == 0.5
    assert _value(mae, rows) == pytest.approx(0.4 / 3)
    assert _value(bias, rows) == pytest.approx(335 / 310 - 1)


def test_a_number_without_a_distribution_has_no_crps_and_no_coverage() -> None:
    plain = [replace(row, crps=None, pit=None) for row in ROWS]
    assert measure(crps, by_period(plain), SETTINGS) is None
    assert measure(coverage, by_period(plain), SETTINGS) is None
    assert _value(mae, plain) == pytest.approx(0.125)


def test_one_tiny_quota_does_not_decide_the_mean() -> None:
    rows = [replace(ROWS[0], quota=0.1), ROWS[1]]
    assert _value(mae, rows) == pytest.approx((WINSOR + 0.1) / 2)
    assert _value(crps, rows) == pytest.approx((WINSOR + 0.08) / 2)


def test_bias_is_undefined_where_nothing_was_attained() -> None:
    assert measure(bias, [Sums(rated=1.0, mean=5.0)], SETTINGS) is None


def test_nothing_at_all_measures_nothing() -> None:
    assert measure(mae, [], SETTINGS) is None


def test_ranges_agree_with_the_bootstrap_over_rows() -> None:
    draw = np.random.default_rng(3)
    rows = [
        Judged(f"r{i}", f"2025-{1 + i % 8:02d}-01", 100.0, float(outcome), middle=100.0, mean=100.0, pit=float(rank))
        for i, (outcome, rank) in enumerate(zip(draw.normal(90, 30, 160), draw.random(160), strict=True))
    ]
    rows = [replace(row, outcome=row.outcome + 8 * (row.period == "2025-03-01")) for row in rows]
    pits = np.array([row.pit for row in rows])
    other = block_bootstrap(
        lambda at: empirical_coverage(pits[at]), [row.period for row in rows], seed=1, n_resamples=4000
    )
    found = measure(coverage, by_period(rows), AccuracySettings(resamples=4000))
    assert found is not None
    assert found["value"] == pytest.approx(other.value)
    assert found["low"] == pytest.approx(other.low, abs=0.01)
    assert found["high"] == pytest.approx(other.high, abs=0.01)


JUDGED = st.builds(
    Judged,
    rep_id=st.sampled_from("abc"),
    period=st.sampled_from([Q1, Q2, Q3]),
    quota=st.one_of(st.none(), st.floats(1.0, 1e6)),
    outcome=st.floats(0.0, 1e6),
    middle=st.floats(0.0, 1e6),
    mean=st.floats(0.0, 1e6),
    crps=st.one_of(st.none(), st.floats(0.0, 1e6)),
    pit=st.one_of(st.none(), st.floats(0.0, 1.0)),
)


@given(st.lists(JUDGED, min_size=1, max_size=20), st.sampled_from([mae, crps, coverage, reached]))
def test_a_range_lies_between_the_best_and_the_least_good_period(rows: list[Judged], ratio: Ratio) -> None:
    blocks = by_period(rows)
    found = measure(ratio, blocks, SETTINGS)
    alone = [value for value in map(ratio, blocks) if value is not None]
    if found is None:
        assert alone == []
        return
    assert min(alone) - 1e-9 <= found["value"] <= max(alone) + 1e-9
    if found["low"] is not None and found["high"] is not None:
        assert min(alone) - 1e-9 <= found["low"] <= found["high"] <= max(alone) + 1e-9


@given(st.lists(JUDGED, min_size=1, max_size=12), st.floats(0.01, 100.0))
def test_the_currency_does_not_matter(rows: list[Judged], scale: float) -> None:
    scaled = [
        replace(
            row,
            quota=None if row.quota is None else row.quota * scale,
            outcome=row.outcome * scale,
            middle=row.middle * scale,
            mean=row.mean * scale,
            crps=None if row.crps is None else row.crps * scale,
        )
        for row in rows
    ]
    for ratio in (mae, crps, coverage):
        before, after = measure(ratio, by_period(rows), SETTINGS), measure(ratio, by_period(scaled), SETTINGS)
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert after["value"] == pytest.approx(before["value"], rel=1e-6, abs=1e-9)
