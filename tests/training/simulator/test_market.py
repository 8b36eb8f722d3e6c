"""The simulated company's time: quarters of thirteen weeks on a real calendar, season, rush and shocks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.simulator.market import (
    MACRO_SD,
    RUSH,
    SEASON,
    WEEKS,
    Calendar,
    Market,
    as_date,
    day_number,
    draw_market,
    is_workday,
    next_workday,
    weekday,
)
from training.simulator.settings import SimulatorSettings

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2050, 12, 31))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.of(SimulatorSettings(quarters=4, burn_in_quarters=5))


@given(DAYS)
def test_day_numbers_are_the_days_of_numpy(day: date) -> None:
    assert day_number(day) == np.datetime64(day, "D").astype(int)
    assert as_date(day_number(day)) == day


@given(DAYS)
def test_the_next_workday_is_the_nearest_later_day_on_which_people_work(day: date) -> None:
    following = next_workday(day)
    assert is_workday(following)
    between = range(day_number(day) + 1, day_number(following))
    assert not any(is_workday(as_date(number)) for number in between)


@given(DAYS)
def test_moving_to_a_weekday_never_goes_back_and_never_more_than_two_days(day: date) -> None:
    number = day_number(day)
    moved = int(weekday(np.array([number]))[0])
    assert 0 <= moved - number <= 2
    assert as_date(moved).weekday() < 5


def test_the_changed_regime_creates_a_quarter_less_in_the_last_quarters_only(calendar: Calendar) -> None:
    changed = Calendar.of(SimulatorSettings(quarters=4, burn_in_quarters=5, regime_quarters=1))
    for quarter in range(-5, 3):
        assert changed.steps(quarter) == calendar.steps(quarter)
    usual, fewer = calendar.steps(3)[0], changed.steps(3)[0]
    # 0.75 x 1.13 in a fourth quarter
    assert usual.season == 1.13
    assert fewer.season == pytest.approx(0.8475)


def test_the_changed_regime_may_take_skill_and_raise_quotas(calendar: Calendar) -> None:
    settings = SimulatorSettings(
        quarters=4, burn_in_quarters=5, regime_quarters=2, regime_creation=1.0, regime_skill=-0.8, regime_quota=1.5
    )
    changed = Calendar.of(settings)
    assert changed.steps(1) == calendar.steps(1)
    assert {step.skill for step in changed.steps(2)} == {-0.8}
    assert [changed.quota_factor(quarter) for quarter in (-1, 1, 2, 3)] == [1.0, 1.0, 1.5, 1.5]
    assert {step.skill for step in calendar.steps(3)} == {0.0}


def test_quarters_are_calendar_quarters_with_the_burn_in_before_the_start(calendar: Calendar) -> None:
    assert calendar.periods[0].start == date(2019, 10, 1)
    assert calendar.recorded[0].start == date(2021, 1, 1)
    assert calendar.recorded[-1].end == date(2021, 12, 31)
    assert calendar.period(-1).end == date(2020, 12, 31)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2020, 12, 31), -1), (date(2021, 1, 1), 0), (date(2021, 12, 31), 3), (date(2022, 1, 1), 4)],
)
def test_the_quarter_of_a_day_counts_from_the_first_recorded_one(calendar: Calendar, day: date, quarter: int) -> None:
    assert calendar.quarter_of(day) == quarter


def test_the_working_days_of_a_quarter_make_thirteen_weeks(calendar: Calendar) -> None:
    for quarter in range(-5, 4):
        steps = calendar.steps(quarter)
        assert sum(step.length for step in steps) == pytest.approx(WEEKS)
        assert sorted({step.week for step in steps}) == list(range(WEEKS))
        assert sum(step.new_week for step in steps) == WEEKS
        assert all(is_workday(as_date(step.day)) for step in steps)


def test_new_year_and_christmas_are_free(calendar: Calendar) -> None:
    # 2021-01-01 was a Friday, 2020-12-25 a Friday
    assert as_date(calendar.steps(0)[0].day) == date(2021, 1, 4)
    assert day_number(date(2020, 12, 25)) not in {step.day for step in calendar.steps(-1)}


def test_the_season_follows_the_calendar_quarter(calendar: Calendar) -> None:
    assert [calendar.steps(quarter)[0].season for quarter in range(4)] == list(SEASON)


def test_the_rush_only_grows_towards_the_end_of_the_quarter(calendar: Calendar) -> None:
    rush = [step.rush for step in calendar.steps(0)]
    assert rush == sorted(rush)
    assert (rush[0], rush[-1]) == (RUSH[0], RUSH[-1])


def test_the_middle_leaves_as_many_working_days_as_it_has_seen(calendar: Calendar) -> None:
    middle = day_number(calendar.middle(1))
    days = [step.day for step in calendar.steps(1)]
    # 65 working days from 2021-04-01 to 2021-06-30: 32 gone, 33 to come
    assert (sum(day <= middle for day in days), sum(day > middle for day in days)) == (32, 33)


def test_shocks_keep_their_long_run_spread_as_weeks_pass() -> None:
    rng = np.random.default_rng(1)
    market = Market(np.zeros(4_000), np.zeros((4_000, 2)))
    for _ in range(200):
        market.move(rng)
    # sd of an autoregression: 0.045 / sqrt(1 - 0.94^2) = 0.1319 and 0.035 / sqrt(1 - 0.92^2) = 0.0893
    assert market.macro.std() == pytest.approx(0.1319, rel=0.05)
    assert market.region.std() == pytest.approx(0.0893, rel=0.05)


def test_the_first_shock_is_drawn_from_the_long_run_spread() -> None:
    rng = np.random.default_rng(2)
    macro = np.array([draw_market(rng, 1).macro[0] for _ in range(2_000)])
    assert macro.std() == pytest.approx(0.1319, rel=0.08)
    assert macro.std() > 2 * MACRO_SD
