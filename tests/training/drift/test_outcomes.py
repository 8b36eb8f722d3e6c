"""Backtest rows and deals are summed over the company, period by period."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.domain.time import Period
from training.drift.outcomes import inflow_of, period_sums

QUARTER = Period(date(2024, 4, 1), date(2024, 6, 30))


def test_reps_are_summed_per_period_and_lead() -> None:
    rows = pd.DataFrame(
        {
            "period_start": pd.Timestamp(2024, 4, 1),
            "metric": ["revenue", "revenue", "revenue", "new_logos"],
            "lead": ["day 0", "day 0", "3/4", "day 0"],
            "forecast_mean": [100.0, 50.0, 80.0, 7.0],
            "outcome": [90.0, 70.0, 90.0, 9.0],
            "pit": [0.0, 1.0, 0.5, 0.5],
        }
    )
    last, first = period_sums(rows)
    assert (first.period_start, first.left, first.reps, first.expected, first.came) == ("2024-04-01", 1.0, 2, 150, 160)
    # Both ranks at the ends: sqrt(12 / 4) - 1; a rank in the middle: -1.
    assert first.spread == pytest.approx(np.sqrt(3) - 1)
    assert (last.left, last.reps, last.spread) == (0.25, 1, -1.0)


def _reps(hired: list[object], left: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"hire_date": pd.to_datetime(pd.Series(hired)), "end_date": pd.to_datetime(pd.Series(left))})


def test_deals_are_counted_by_the_day_they_were_opened_and_reps_by_the_days_they_were_there() -> None:
    days = ["2024-01-05", "2024-04-01", "2024-06-30", "2024-07-01", None]
    deals = pd.DataFrame({"created_on": pd.to_datetime(pd.Series(days))})
    # Of 91 days: all, from 1 June on (30), until 30 April (30), none.
    reps = _reps([None, "2024-06-01", "2020-01-01", "2024-07-01"], [None, None, "2024-04-30", None])
    (found,) = inflow_of(deals, reps, [QUARTER])
    assert (found.opened, found.season) == (2, 1)
    assert found.reps == pytest.approx(1 + 30 / 91 + 30 / 91)


def test_periods_before_the_first_deal_that_is_held_say_nothing() -> None:
    deals = pd.DataFrame({"created_on": pd.to_datetime(["2024-05-01"])})
    assert inflow_of(deals, _reps([None], [None]), [QUARTER]) == []


def test_a_company_without_a_pipeline_opens_no_deals() -> None:
    assert inflow_of(pd.DataFrame({"created_on": []}), _reps([None], [None]), [QUARTER]) == []


@pytest.mark.parametrize(
    ("start", "end", "season"), [((2024, 10, 1), (2024, 12, 31), 3), ((2024, 10, 1), (2024, 10, 31), 9)]
)
def test_the_season_is_the_place_in_the_year(
    start: tuple[int, int, int], end: tuple[int, int, int], season: int
) -> None:
    deals = pd.DataFrame({"created_on": pd.to_datetime(["2020-01-01"])})
    assert inflow_of(deals, _reps([None], [None]), [Period(date(*start), date(*end))])[0].season == season
