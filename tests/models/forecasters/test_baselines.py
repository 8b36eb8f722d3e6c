"""Each baseline follows its public definition, with numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import UnknownReference, UsageError
from models.contracts import CompanyState
from models.forecasters import all_forecasters, forecaster_named
from models.forecasters.closed_plus_trailing import closed_plus_trailing_point
from models.forecasters.last_period import last_period_point
from models.forecasters.pace import pace_point
from models.forecasters.stage_weighted import StageOutcomes, StageWeightedForecaster, stage_weighted_point
from models.forecasters.trailing_mean import trailing_mean_point
from tests.support import frames

BOOKED = frames.bookings(
    [
        ("ann", "2023-01-10", 100.0),  # Q1
        ("ann", "2023-05-10", 60.0),  # Q2
        ("ann", "2023-08-10", 80.0),  # Q3
        ("ann", "2023-11-10", 40.0),  # Q4
        ("ann", "2024-01-20", 30.0),  # running quarter
        ("bob", "2023-11-20", 10.0),
        ("bob", "2024-01-05", 90.0),
    ]
)
Q1 = ("2024-01-01", "2024-03-31")
# 2024-01-01..03-31 has 65 working days, 23 of them in January.
JANUARY = "2024-01-31"


def quarter(as_of: str = JANUARY) -> CompanyState:
    """Ann has been there for years, Bob was hired in the middle of October."""
    tenure_days = (pd.Timestamp(as_of) - pd.Timestamp("2023-10-15")).days
    rows = [
        frames.target("ann", *Q1, as_of, attained=30.0 if as_of == JANUARY else 0.0),
        frames.target("bob", *Q1, as_of, attained=90.0 if as_of == JANUARY else 0.0, tenure_days=tenure_days),
    ]
    known = BOOKED[BOOKED["known_on"] <= pd.Timestamp(as_of)]
    return frames.state(as_of, rows, known)


def test_pace_stretches_what_is_attained() -> None:
    assert pace_point(quarter()) == pytest.approx([30 * 65 / 23, 90 * 65 / 23])


def test_pace_on_day_zero_is_the_trailing_mean() -> None:
    ann, bob = pace_point(quarter("2023-12-31"))
    assert ann == pytest.approx((100 + 60 + 80 + 40) / 4)
    # Bob has no complete quarter: the mean over reps stands in.
    assert bob == pytest.approx(70.0)


def test_last_period_repeats_the_quarter_before_and_keeps_what_is_attained() -> None:
    # Ann's Q4 brought 40. Bob was not there for all of Q4: Ann's 40 stands in, and 90 is attained already.
    assert last_period_point(quarter()).tolist() == [40.0, 90.0]


def test_trailing_mean_averages_four_quarters_and_keeps_what_is_attained() -> None:
    assert trailing_mean_point(quarter()).tolist() == [70.0, 90.0]


def test_closed_plus_trailing_adds_the_usual_rate_for_the_time_left() -> None:
    left = 42 / 65
    assert closed_plus_trailing_point(quarter()) == pytest.approx([30 + 70 * left, 90 + 70 * left])


def test_months_average_twelve_months_and_a_period_ahead_skips_the_running_one() -> None:
    rows = [
        frames.target("ann", "2024-02-01", "2024-02-29", JANUARY, grain="month"),
        frames.target("ann", "2024-04-01", "2024-06-30", JANUARY),
    ]
    month, ahead = trailing_mean_point(frames.state(JANUARY, rows, BOOKED))
    # Twelve months before February 2024: May 60, August 80, November 40, January 30.
    assert month == pytest.approx((60 + 80 + 40 + 30) / 12)
    # The next quarter looks back past the running one: the four quarters of 2023.
    assert ahead == pytest.approx(70.0)


def test_periods_of_thirteen_weeks_step_by_their_own_length() -> None:
    row = frames.target("ann", "2024-01-29", "2024-04-28", JANUARY)  # 91 days
    booked = frames.bookings([("ann", "2023-10-30", 5.0), ("ann", "2024-01-28", 7.0), ("ann", "2023-10-29", 100.0)])
    # The period before runs from 2023-10-30 to 2024-01-28.
    assert last_period_point(frames.state(JANUARY, [row], booked)).tolist() == [12.0]


def test_where_returns_are_normal_what_is_attained_is_no_floor() -> None:
    rows = [frames.target("ann", *Q1, JANUARY, attained=500.0)]
    assert trailing_mean_point(frames.state(JANUARY, rows, BOOKED, returns_allowed=True)).tolist() == [70.0]


def past_deal(stage: str | None, as_of: str, won_on: str | None, lost_on: str | None) -> dict[str, object]:
    return frames.deal("ann", 10.0, stage, None, as_of=as_of, won_on=won_on, lost_on=lost_on)


PAST_DEALS = frames.deals(
    [
        past_deal("proposal", "2023-03-31", "2023-05-01", None),
        past_deal("proposal", "2023-03-31", None, "2023-05-02"),
        past_deal("proposal", "2023-06-30", None, "2023-08-01"),
        past_deal("proposal", "2023-06-30", None, "2023-08-01"),
        past_deal("closing", "2023-06-30", "2023-07-15", None),
        past_deal("closing", "2023-06-30", "2024-02-15", None),  # not known in January
        past_deal("closing", "2023-06-30", None, None),  # still open
    ],
    labelled=True,
)


def test_stage_win_rates_count_outcomes_known_by_then() -> None:
    outcomes = StageOutcomes.of(PAST_DEALS)
    rates, overall = outcomes.win_rate(pd.Timestamp(JANUARY))
    assert rates.to_dict() == {"closing": 1.0, "proposal": 0.25}
    assert overall == pytest.approx(2 / 5)
    early, _ = outcomes.win_rate(pd.Timestamp("2023-05-31"))
    assert early.to_dict() == {"proposal": 0.5}


def test_stage_weighted_adds_deals_due_in_the_period_by_their_win_rate() -> None:
    due = frames.deals(
        [
            frames.deal("ann", 40.0, "proposal", "2024-03-31"),  # 0.25 x 40
            frames.deal("ann", 40.0, "proposal", "2024-04-01"),  # next quarter
            frames.deal("ann", 7.0, "closing", "2024-02-01"),  # 1.0 x 7
            frames.deal("ann", 50.0, "new stage", "2024-02-01"),  # overall 0.4 x 50
            frames.deal("ann", 99.0, "closing", None),  # no expected close
            frames.deal("ann", float("nan"), "closing", "2024-02-01"),  # no amount
        ]
    )
    rows = [frames.target("ann", *Q1, JANUARY, attained=30.0), frames.target("bob", *Q1, JANUARY, attained=90.0)]
    point = stage_weighted_point(frames.state(JANUARY, rows, BOOKED, due), StageOutcomes.of(PAST_DEALS))
    assert point == pytest.approx([30 + 10 + 7 + 20, 90])


def test_stage_weighted_puts_what_is_to_come_into_open_deals() -> None:
    now = quarter()
    past = frames.target("ann", "2023-04-01", "2023-06-30", "2023-05-15", attained=60.0)
    paths = StageWeightedForecaster().fit(frames.history(now, [(past, 75.0)], PAST_DEALS)).simulate(now, 8, seed=1)
    assert paths.open_deals.sum() > 0.0
    assert not paths.new_deals.any()


def test_every_baseline_is_found_by_its_name() -> None:
    wanted = {"pace", "last_period", "trailing_mean", "closed_plus_trailing", "stage_weighted", "series"}
    assert wanted <= set(all_forecasters())
    assert all(forecaster_named(name).name == name for name in wanted)


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UnknownReference, match="closed_plus_trailing"):
        forecaster_named("crystal_ball")


@pytest.mark.parametrize("name", ["pace", "last_period", "trailing_mean", "closed_plus_trailing"])
def test_no_path_at_all_is_refused(name: str) -> None:
    now = quarter()
    past = frames.target("ann", "2023-04-01", "2023-06-30", "2023-05-15", attained=60.0)
    fitted = forecaster_named(name).fit(frames.history(now, [(past, 60.0)]))
    with pytest.raises(UsageError, match="n_paths is 0"):
        fitted.simulate(now, 0, seed=1)


def test_a_rep_who_left_ends_at_what_is_booked() -> None:
    rows = [frames.target("ann", *Q1, JANUARY, attained=30.0, status="left")]
    now = frames.state(JANUARY, rows, BOOKED)
    past = frames.target("ann", "2023-04-01", "2023-06-30", "2023-05-15")
    paths = forecaster_named("pace").fit(frames.history(now, [(past, 60.0)])).simulate(now, 4, seed=1)
    assert np.all(paths.attained == 30.0)
