"""Periods are judged beside what earlier periods varied by; expected figures are worked out by hand."""

from math import exp, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accuracy.drift import DriftLine, DriftSettings, Inflow, PeriodSum, forecast_drift, inflow_drift

PLAIN = DriftSettings(bias_sd=0.1, rep_sd=0.0, spread_sd=0.1, inflow_sd=0.1)
QUARTERS = [f"{year}-{month:02d}-01" for year in range(2020, 2026) for month in (1, 4, 7, 10)]


def period(number: int, came: float, *, left: float = 1.0, spread: float | None = None, reps: int = 100) -> PeriodSum:
    return PeriodSum(QUARTERS[number], left, reps, 100.0, came, spread)


def opened(levels: list[float]) -> list[Inflow]:
    """Return quarters with e^level deals per rep; so many reps that chance alone moves nothing."""
    return [Inflow(QUARTERS[i], i % 4, round(1e9 * exp(level)), 1e9) for i, level in enumerate(levels)]


def only(lines: list[DriftLine], measure: str) -> list[DriftLine]:
    return [line for line in lines if line.measure == measure]


def test_a_fall_beyond_the_limit_is_flagged_and_the_same_fall_in_a_restless_company_is_not() -> None:
    calm = forecast_drift([period(0, 100), period(1, 100), period(2, 75)], PLAIN)
    # sqrt(4 * 0.01 / 6) = 0.0816; -0.25 / 0.0816 = -3.06
    assert calm[-1].sd == pytest.approx(sqrt(0.04 / 6))
    assert calm[-1].z == pytest.approx(-0.25 / sqrt(0.04 / 6))
    assert [line.flagged for line in calm] == [False, False, True]
    restless = forecast_drift([period(0, 120), period(1, 80), period(2, 75)], PLAIN)
    # sqrt((4 * 0.01 + 2 * 0.04) / 6) = 0.1414; -0.25 / 0.1414 = -1.77
    assert restless[-1].z == pytest.approx(-0.25 / sqrt(0.12 / 6))
    assert not restless[-1].flagged


def test_a_rise_is_drift_too() -> None:
    assert forecast_drift([period(0, 130)], PLAIN)[0].flagged


def test_leads_of_a_period_are_one_observation() -> None:
    # Day 0 is 10 % low; with a quarter of the period left 5 % low counts as 5 % / sqrt(1/4) = 10 %.
    lines = forecast_drift([period(0, 90), period(0, 95, left=0.25), period(1, 90)], PLAIN)
    assert [line.periods for line in lines] == [0, 1]
    assert lines[0].value == pytest.approx(-0.10)
    assert lines[0].z == pytest.approx(-1.0)


def test_few_reps_vary_more_by_luck() -> None:
    declared = DriftSettings(bias_sd=0.09, rep_sd=0.48)
    # hypot(0.09, 0.48 / sqrt(16)) = hypot(0.09, 0.12) = 0.15
    assert forecast_drift([period(0, 70, reps=16)], declared)[0].z == pytest.approx(-2.0)


def test_ranks_at_the_ends_are_seen_as_spread_though_the_total_agrees() -> None:
    lines = forecast_drift([period(0, 100, spread=0.4, reps=10**9)], PLAIN)
    assert only(lines, "bias")[0].z == 0.0
    assert only(lines, "spread")[0].z == pytest.approx(4.0, abs=1e-4)
    assert only(lines, "spread")[0].flagged


def test_without_ranks_nothing_is_said_about_spread() -> None:
    assert only(forecast_drift([period(0, 100)], PLAIN), "spread") == []


def test_a_look_at_which_nothing_was_expected_is_skipped() -> None:
    assert forecast_drift([PeriodSum("2024-01-01", 1.0, 3, 0.0, 5.0, None)], PLAIN) == []


def test_fewer_deals_opened_than_the_season_ever_had_are_flagged_in_the_first_period() -> None:
    lines = inflow_drift(opened([0.0, 0.5, 0.0, 0.5] * 3 + [-0.3]), PLAIN)
    assert [line.period_start for line in lines] == QUARTERS[8:13]
    assert not any(line.flagged for line in lines[:-1])
    # -0.3 / sqrt(1 + 1/3) = -0.26 beside sqrt(4 * 0.01 / (4 + 4)) = 0.0707
    assert lines[-1].value == pytest.approx(-0.3 / sqrt(4 / 3), rel=1e-6)
    assert lines[-1].z == pytest.approx(-0.3 / sqrt(4 / 3) / sqrt(0.04 / 8), rel=1e-6)
    assert lines[-1].flagged


def test_a_season_is_no_drift() -> None:
    assert not any(line.flagged for line in inflow_drift(opened([0.0, 2.0, -2.0, 1.0] * 5), PLAIN))


def test_half_of_a_surplus_is_expected_to_last() -> None:
    lines = inflow_drift(opened([0.0] * 8 + [0.2, 0.1]), PLAIN)
    assert lines[0].value == pytest.approx(0.2 / sqrt(1.5), rel=1e-6)
    assert lines[1].value == pytest.approx(0.0, abs=1e-6)


def test_more_reps_who_open_more_deals_are_no_drift() -> None:
    grown = [Inflow(start, i % 4, 1000 * (i + 1), 10.0 * (i + 1)) for i, start in enumerate(QUARTERS)]
    assert max(abs(line.z) for line in inflow_drift(grown, PLAIN)) < 0.02


def test_two_years_of_a_season_are_needed() -> None:
    assert inflow_drift(opened([0.0] * 8), PLAIN) == []


@given(st.lists(st.floats(10, 300), min_size=2, max_size=8), st.floats(1e-3, 1e6))
def test_neither_the_currency_nor_the_order_of_rows_matters(came: list[float], rate: float) -> None:
    sums = [period(number, value) for number, value in enumerate(came)]
    dear = [PeriodSum(s.period_start, s.left, s.reps, s.expected * rate, s.came * rate, None) for s in reversed(sums)]
    told, again = forecast_drift(sums, PLAIN), forecast_drift(dear, PLAIN)
    assert [line.z for line in told] == pytest.approx([line.z for line in again])


@given(st.lists(st.floats(10, 300), min_size=3, max_size=8), st.floats(10, 300))
def test_a_later_period_never_changes_what_was_said_of_an_earlier_one(came: list[float], later: float) -> None:
    sums = [period(number, value) for number, value in enumerate(came)]
    assert forecast_drift([*sums, period(len(sums), later)], PLAIN)[:-1] == forecast_drift(sums, PLAIN)
