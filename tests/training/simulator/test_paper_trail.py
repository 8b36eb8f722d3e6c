"""What sellers type: complete first rows, dates that are pushed and corrected, amounts that close in on the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from training.simulator.crm_records import CrmRecords
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY, LOST_STAGE, WON_STAGE, deal_history, rounded


@pytest.fixture(scope="module")
def history(records: CrmRecords) -> pd.DataFrame:
    return records.history.sort_values(["deal", "moment"], kind="stable")


@pytest.fixture(scope="module")
def truth(org: Organisation, history: pd.DataFrame) -> pd.DataFrame:
    return org.truth.deals.set_index("deal").loc[history["deal"].unique()]


def test_estimates_are_rounded_as_people_round() -> None:
    # to 100 below 20,000; to 500 below 100,000; to 1,000 above; never to nothing
    assert rounded(np.array([40.0, 19_949.0, 20_100.0, 99_800.0, 100_400.0])).tolist() == [
        100,
        19_900,
        20_000,
        100_000,
        100_000,
    ]


def test_the_first_row_is_the_creation_and_complete(history: pd.DataFrame, truth: pd.DataFrame) -> None:
    first = history.groupby("deal").first().loc[truth.index]
    assert np.array_equal(first["moment"] // DAY, truth["entered_0"])
    assert (first["stage"] == 0).all()
    assert (first["amount"] > 0).all()
    assert (first["close_day"] > truth["entered_0"]).all()


def test_no_two_rows_of_a_deal_share_a_moment(history: pd.DataFrame) -> None:
    assert not history.duplicated(["deal", "moment"]).any()


def test_dates_are_tended_before_nine_and_stages_change_after(history: pd.DataFrame) -> None:
    hour = history["moment"] % DAY // 3_600
    first = ~history["deal"].duplicated()
    moved = (history.groupby("deal")["stage"].diff() != 0) | first
    assert hour[moved].between(9, 16).all()
    assert (hour[~moved] == 8).all()


def test_stages_are_entered_on_the_true_days(history: pd.DataFrame, truth: pd.DataFrame) -> None:
    for stage in range(4):
        entered = history[history["stage"] == stage].groupby("deal")["moment"].first() // DAY
        true_day = truth.loc[truth[f"entered_{stage}"] >= 0, f"entered_{stage}"]
        assert np.array_equal(entered.loc[true_day.index], true_day)


def test_stages_never_go_back(history: pd.DataFrame) -> None:
    assert (history.groupby("deal")["stage"].diff().dropna() >= 0).all()


def test_closed_deals_end_with_their_outcome_their_day_and_their_amount(
    history: pd.DataFrame, truth: pd.DataFrame
) -> None:
    last = history.groupby("deal").last().loc[truth.index]
    won, lost = truth["won"], (truth["closed"] >= 0) & ~truth["won"]
    assert (last.loc[won, "stage"] == WON_STAGE).all()
    assert (last.loc[lost, "stage"] == LOST_STAGE).all()
    assert (last.loc[truth["closed"] < 0, "stage"] < WON_STAGE).all()
    assert np.array_equal(last.loc[won, "amount"], truth.loc[won, "value"])
    closed = truth["closed"] >= 0
    assert np.array_equal(last.loc[closed, "close_day"], truth.loc[closed, "closed"])


def test_a_passed_close_date_is_pushed_by_two_to_seven_weeks(history: pd.DataFrame) -> None:
    old = history.groupby("deal")["close_day"].shift()
    today = history["moment"] // DAY
    pushed = history[(old < today) & (history["stage"] < WON_STAGE) & (history["close_day"] != old)]
    ahead = pushed["close_day"] - pushed["moment"] // DAY
    assert len(pushed) > 50
    # 14 to 42 days, and at most two more to reach a weekday
    assert ahead.between(14, 44).all()


def test_no_open_deal_is_more_than_a_week_past_its_close_date(history: pd.DataFrame) -> None:
    open_now = history[history["stage"] < WON_STAGE]
    following = history.groupby("deal")["moment"].shift(-1).loc[open_now.index] // DAY
    # a look every seven days, and a close date may pass the day after one
    assert ((following - open_now["close_day"]).dropna() <= 7).all()


def test_entered_close_dates_are_weekdays(history: pd.DataFrame) -> None:
    open_now = history[history["stage"] < WON_STAGE]
    assert ((open_now["close_day"] + 3) % 7 < 5).all()


def test_first_amounts_are_too_high_on_average_and_late_ones_close(history: pd.DataFrame, truth: pd.DataFrame) -> None:
    first = history.groupby("deal")["amount"].first().loc[truth.index] / truth["value"]
    # exp(0.05 + 0.25^2 / 2) = 1.085
    assert first.mean() == pytest.approx(1.085, abs=0.03)
    late = history[history["stage"] == 3].groupby("deal")["amount"].last()
    off = np.log(late / truth.loc[late.index, "value"]).std()
    assert off < 0.75 * np.log(first).std()


def test_first_close_dates_are_too_early(history: pd.DataFrame, truth: pd.DataFrame) -> None:
    first = history.groupby("deal")["close_day"].first().loc[truth.index]
    # exp(-0.20) against exp(-0.05) in the middle
    assert (first - truth["entered_0"]).median() < (truth["target"] - truth["entered_0"]).median()


def test_rows_come_in_the_order_in_which_they_were_written(records: CrmRecords) -> None:
    assert records.history["moment"].is_monotonic_increasing


def test_no_deals_make_no_rows(org: Organisation) -> None:
    assert deal_history(org, org.truth.deals.iloc[:0], np.random.default_rng(1)).empty
