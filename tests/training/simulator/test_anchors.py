"""Realism anchors, frozen before any model was tuned: whoever changes the simulator may not leave these ranges.

The ranges come from published surveys and from the design's prototype; see the design's notes on realism. They are
averages over three companies of 64 reps and 12 quarters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from training.simulator.market import day_number
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SEGMENTS, SimulatorSettings

SEEDS = (101, 102, 103)
SMB, MM, ENT = range(3)


@dataclass(frozen=True)
class Pool:
    """Three companies side by side: finished rep-quarters, finished deals, bookings, and how many quotas there were."""

    outcomes: pd.DataFrame
    deals: pd.DataFrame
    bookings: pd.DataFrame
    quotas: int


def _closed_deals(org: Organisation) -> pd.DataFrame:
    """Deals born in a recorded quarter early enough that all but a handful are decided."""
    deals = org.truth.deals
    born = org.quarter_index(deals["entered_0"].to_numpy())
    deals = deals[(born >= 0) & (born < org.settings.quarters - 3)]
    segment = org.truth.seats["segment"].to_numpy()[deals["seat"].to_numpy()]
    return deals.assign(segment=segment, weeks=(deals["closed"] - deals["entered_0"]) / 7)


def _recorded_bookings(org: Organisation) -> pd.DataFrame:
    rows = org.bookings[org.bookings["quarter"] >= 0]
    ends = [day_number(org.calendar.period(int(quarter)).end) for quarter in rows["quarter"]]
    return rows.assign(days_left=np.array(ends) - rows["day"], seed=org.settings.seed)


@pytest.fixture(scope="module")
def pool() -> Pool:
    companies = [simulate(SimulatorSettings(seed=seed)) for seed in SEEDS]
    finished = [org.outcomes[org.outcomes["full"]].assign(seed=org.settings.seed) for org in companies]
    return Pool(
        outcomes=pd.concat(finished, ignore_index=True),
        deals=pd.concat([_closed_deals(org) for org in companies], ignore_index=True),
        bookings=pd.concat([_recorded_bookings(org) for org in companies], ignore_index=True),
        quotas=sum(len(org.outcomes) for org in companies),
    )


def attained(pool: Pool, segment: int | None = None) -> pd.Series[float]:
    rows = pool.outcomes
    return rows["attained"] if segment is None else rows.loc[rows["segment"] == segment, "attained"]


def test_between_a_third_and_a_half_of_the_rep_quarters_meet_quota(pool: Pool) -> None:
    assert 0.36 <= (attained(pool) >= 1).mean() <= 0.50


def test_most_quarters_stay_within_the_range_of_surveys(pool: Pool) -> None:
    met = pool.outcomes.groupby(["seed", "quarter"])["attained"].agg(lambda values: (values >= 1).mean())
    assert met.between(0.31 - 0.05, 0.58 + 0.05).mean() >= 0.8


def test_mean_attainment_is_close_to_quota_and_the_median_clearly_below_it(pool: Pool) -> None:
    assert 0.90 <= attained(pool).mean() <= 1.20
    assert 0.74 <= attained(pool).median() <= 0.96


@pytest.mark.parametrize(("segment", "low", "high"), [(SMB, 0.60, 0.90), (MM, 0.75, 1.10), (ENT, 1.05, 1.60)])
def test_the_spread_of_attainment_grows_with_the_segment(pool: Pool, segment: int, low: float, high: float) -> None:
    assert low <= attained(pool, segment).std() <= high


@pytest.mark.parametrize(("segment", "low", "high"), [(SMB, 0.01, 0.08), (MM, 0.07, 0.17), (ENT, 0.18, 0.32)])
def test_quarters_without_a_booking_are_rare_to_common(pool: Pool, segment: int, low: float, high: float) -> None:
    assert low <= (attained(pool, segment) == 0).mean() <= high


def test_about_one_deal_in_five_is_won(pool: Pool) -> None:
    assert 0.18 <= pool.deals["won"].mean() <= 0.26


@pytest.mark.parametrize("segment", [SMB, MM, ENT])
def test_every_segment_wins_about_one_deal_in_five(pool: Pool, segment: int) -> None:
    assert 0.16 <= pool.deals.loc[pool.deals["segment"] == segment, "won"].mean() <= 0.28


@pytest.mark.parametrize(("segment", "weeks"), [(SMB, 5.0), (MM, 9.0), (ENT, 15.0)])
def test_won_deals_take_the_cycle_of_their_segment(pool: Pool, segment: int, weeks: float) -> None:
    won = pool.deals[pool.deals["won"] & (pool.deals["segment"] == segment)]
    assert won["weeks"].mean() == pytest.approx(weeks, rel=0.15)
    assert SEGMENTS[segment].cycle == weeks


def test_the_last_two_weeks_of_a_quarter_bring_about_a_quarter_of_it(pool: Pool) -> None:
    late = pool.bookings.loc[pool.bookings["days_left"] < 14, "amount"].sum()
    assert 0.20 <= late / pool.bookings["amount"].sum() <= 0.34


@pytest.mark.parametrize(("segment", "wins"), [(SMB, 4.9), (MM, 2.9), (ENT, 1.6)])
def test_wins_per_full_quarter_are_those_of_the_prototype(pool: Pool, segment: int, wins: float) -> None:
    rows = pool.outcomes.loc[pool.outcomes["segment"] == segment, ["seed", "person", "quarter"]]
    won = pool.bookings.groupby(["seed", "person", "quarter"]).size().rename("wins").reset_index()
    counted = rows.merge(won, how="left").fillna({"wins": 0.0})
    assert counted["wins"].mean() == pytest.approx(wins, rel=0.2)


def test_few_deals_stay_undecided_for_three_quarters(pool: Pool) -> None:
    assert (pool.deals["closed"] < 0).mean() < 0.01


def test_about_one_quota_in_ten_belongs_to_somebody_who_joined_or_left_within_the_quarter(pool: Pool) -> None:
    assert 0.06 <= 1 - len(pool.outcomes) / pool.quotas <= 0.18
