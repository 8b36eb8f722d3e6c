"""Logged activity: inside the life of its deal, more where people work more, never before the first recorded day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from training.simulator.activities import KINDS, NO_DEAL
from training.simulator.crm_records import CrmRecords
from training.simulator.market import day_number
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY


@pytest.fixture(scope="module")
def log(records: CrmRecords) -> pd.DataFrame:
    return records.activities


def test_activities_on_a_deal_lie_within_its_life(org: Organisation, log: pd.DataFrame) -> None:
    on_deals = log[log["deal"] != NO_DEAL]
    deals = org.truth.deals.loc[on_deals["deal"]]
    day = on_deals["moment"].to_numpy() // DAY
    assert np.all(day >= deals["entered_0"].to_numpy())
    closed = deals["closed"].to_numpy()
    assert np.all((closed < 0) | (day <= closed))
    assert np.array_equal(on_deals["seat"].to_numpy(), deals["seat"].to_numpy())


def test_nothing_is_logged_before_the_first_recorded_day(org: Organisation, log: pd.DataFrame) -> None:
    assert log["moment"].min() // DAY >= day_number(org.settings.start)
    assert log["moment"].max() // DAY <= day_number(org.last_day)


def test_people_work_on_weekdays_between_eight_and_seven(log: pd.DataFrame) -> None:
    assert ((log["moment"] // DAY + 3) % 7 < 5).all()
    hour = log["moment"] % DAY // 3_600
    assert hour.between(8, 16).all()


def test_logging_comes_after_the_fact_on_the_same_day(log: pd.DataFrame) -> None:
    delay = log["logged"] - log["moment"]
    assert delay.between(0, 5_400).all()
    assert (log["logged"] // DAY == log["moment"] // DAY).all()
    assert log["logged"].is_monotonic_increasing


def test_a_seller_logs_several_activities_a_week(org: Organisation, log: pd.DataFrame) -> None:
    weekly = len(log) / org.settings.reps / (13 * org.settings.quarters)
    assert 4 <= weekly <= 10


def test_those_who_work_more_log_more(org: Organisation, log: pd.DataFrame) -> None:
    prospecting = log[log["deal"] == NO_DEAL]
    count = prospecting.groupby("seat").size()
    effort = org.truth.effort
    person = org.owner(effort["seat"].to_numpy(), effort["day"].to_numpy())
    level = effort["activity"] + org.truth.people["activity_mean"].to_numpy()[person]
    mean = np.exp(level).groupby(effort["seat"]).mean()
    assert np.corrcoef(count, mean.loc[count.index])[0, 1] > 0.65


def test_good_deals_see_more_activity(org: Organisation, log: pd.DataFrame) -> None:
    deals = org.truth.deals
    long = deals[(deals["closed"] - deals["entered_0"]).between(21, 60)]
    count = log.groupby("deal").size().reindex(long.index).fillna(0)
    rate = count / (long["closed"] - long["entered_0"])
    good, poor = long["quality"] > 0.5, long["quality"] < -0.5
    assert rate[good].mean() > 1.15 * rate[poor].mean()


def test_every_kind_occurs_and_most_are_done(log: pd.DataFrame) -> None:
    assert set(log["kind"]) == set(range(len(KINDS)))
    assert log["done"].mean() == pytest.approx(0.96, abs=0.01)
