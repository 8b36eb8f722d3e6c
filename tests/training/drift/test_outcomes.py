"""Backtest rows and deals are summed over the company, period by period."""

from collections.abc import Sequence
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


def _deals(opened: Sequence[str | None], *, closed: Sequence[str | None]) -> pd.DataFrame:
    held = {"created_on": pd.Series(opened, dtype="object"), "closed_on": pd.Series(closed, dtype="object")}
    return pd.DataFrame({name: pd.to_datetime(days) for name, days in held.items()})


def test_deals_are_counted_by_the_day_they_were_opened_and_reps_by_the_days_they_were_there() -> None:
    days = ["2024-01-05", "2024-04-01", "2024-06-30", "2024-07-01", None]
    deals = _deals(days, closed=["2024-05-05"] * 4 + [None])
    # Of 91 days: all, from 1 June on (30), until 30 April (30), none.
    reps = _reps([None, "2024-06-01", "2020-01-01", "2024-07-01"], [None, None, "2024-04-30", None])
    (found,) = inflow_of(deals, reps, [QUARTER])
    assert (found.opened, found.season) == (2, 1)
    assert found.reps == pytest.approx(1 + 30 / 91 + 30 / 91)


@pytest.mark.parametrize(("closings", "held"), [(4, ["2024-01-01", "2024-04-01"]), (1, ["2024-04-01"])])
def test_a_period_before_the_source_was_in_use_says_nothing(closings: int, held: list[str]) -> None:
    # Six and eight closings later on, so that the usual number is 6 or, with a date that is wrong, 6 still.
    closed = ["2024-02-01"] * closings + ["2024-05-01"] * 6 + ["2024-08-01"] * 8
    deals = _deals(["2023-12-01"] * len(closed), closed=closed)
    quarters = [Period(date(2024, m, 1), date(2024, m + 2, 30)) for m in (1, 4, 7)]
    assert [found.period_start for found in inflow_of(deals, _reps([None], [None]), quarters)] == [*held, "2024-07-01"]


def test_a_company_that_closed_nothing_has_no_period_to_tell_of() -> None:
    assert inflow_of(_deals(["2024-05-01"], closed=[None]), _reps([None], [None]), [QUARTER]) == []


def test_a_company_without_a_pipeline_opens_no_deals() -> None:
    assert inflow_of(_deals([], closed=[]), _reps([None], [None]), [QUARTER]) == []


@pytest.mark.parametrize(
    ("start", "end", "season"), [((2024, 10, 1), (2024, 12, 31), 3), ((2024, 10, 1), (2024, 10, 31), 9)]
)
def test_the_season_is_the_place_in_the_year(
    start: tuple[int, int, int], end: tuple[int, int, int], season: int
) -> None:
    deals = _deals(["2020-01-01"], closed=["2024-10-05"])
    assert inflow_of(deals, _reps([None], [None]), [Period(date(*start), date(*end))])[0].season == season
