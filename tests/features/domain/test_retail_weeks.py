"""Fiscal years of whole weeks: the 4-4-5 years of the National Retail Federation, counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from features.domain.retail_weeks import RetailYears

# Fiscal 2023 has 53 weeks: it ends on 3 February 2024. Fiscal 2024 has 52: it ends on 1 February 2025.
YEARS = RetailYears(((2023, date(2023, 1, 29)), (2024, date(2024, 2, 4)), (2025, date(2025, 2, 2))))


def test_a_year_of_52_weeks_has_four_quarters_alike() -> None:
    assert [period.days for period in YEARS.months(2024)] == [28, 28, 35] * 4
    assert [period.days for period in YEARS.quarters(2024)] == [91] * 4
    assert len(YEARS.weeks(2024)) == 52


def test_the_53rd_week_belongs_to_the_last_month_and_quarter() -> None:
    assert [period.days for period in YEARS.months(2023)] == [28, 28, 35] * 3 + [28, 28, 42]
    assert [period.days for period in YEARS.quarters(2023)] == [91, 91, 91, 98]
    assert YEARS.weeks(2023)[-1].end == date(2024, 2, 3)


@pytest.mark.parametrize("pattern", [(4, 4, 5), (4, 5, 4), (5, 4, 4)])
@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
def test_the_periods_of_a_grain_follow_each_other_without_a_gap(pattern: tuple[int, int, int], grain: str) -> None:
    years = RetailYears(YEARS.starts, pattern)
    periods = [*years.parts(2023, grain), *years.parts(2024, grain)]

    assert all(before.end + timedelta(days=1) == after.start for before, after in pairwise(periods))
    assert (periods[0].start, periods[-1].end) == (date(2023, 1, 29), date(2025, 2, 1))


@pytest.mark.parametrize(
    ("day", "grain", "start", "end"),
    [
        (date(2023, 1, 29), "month", date(2023, 1, 29), date(2023, 2, 25)),
        (date(2023, 2, 25), "month", date(2023, 1, 29), date(2023, 2, 25)),
        (date(2023, 2, 26), "month", date(2023, 2, 26), date(2023, 3, 25)),
        (date(2024, 2, 3), "quarter", date(2023, 10, 29), date(2024, 2, 3)),
        (date(2024, 7, 1), "year", date(2024, 2, 4), date(2025, 2, 1)),
        (date(2024, 2, 9), "week", date(2024, 2, 4), date(2024, 2, 10)),
    ],
)
def test_a_day_is_found_in_its_period(day: date, grain: str, start: date, end: date) -> None:
    period = YEARS.containing(day, grain)

    assert period is not None
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize("day", [date(2023, 1, 28), date(2025, 2, 2)])
def test_days_outside_the_listed_years_have_no_period(day: date) -> None:
    assert YEARS.containing(day, "month") is None


def test_years_that_are_not_listed_have_no_periods_and_the_last_start_is_an_end() -> None:
    assert YEARS.parts(2025, "month") == []
    assert YEARS.months(2022) == []
    assert YEARS.quarters(1999) == []
    assert YEARS.weeks(2025) == []
