"""Whole companies: reproducible, consistent between seats, people and bookings, correct about who owned what when."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pandas as pd
import pytest

from training.simulator.market import as_date, day_number, is_workday
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings
from training.simulator.truth import Truth


def test_the_same_settings_give_the_same_company() -> None:
    one, other = (simulate(SimulatorSettings(reps=12, quarters=3, seed=5)) for _ in range(2))
    for field in fields(Truth):
        pd.testing.assert_frame_equal(getattr(one.truth, field.name), getattr(other.truth, field.name))


def test_another_seed_gives_another_company() -> None:
    one, other = (simulate(SimulatorSettings(reps=12, quarters=2, seed=seed)) for seed in (5, 6))
    assert one.bookings["amount"].sum() != other.bookings["amount"].sum()


def test_a_longer_history_ends_like_a_shorter_one_began() -> None:
    """More quarters only add to the end: what happened first does not depend on how long the run is."""
    short, long = (simulate(SimulatorSettings(reps=12, quarters=quarters, seed=5)) for quarters in (2, 3))
    end = day_number(short.last_day)
    early = long.bookings[long.bookings["day"] <= end]
    # swaps are drawn at the end of each quarter but the last, which is outside the comparison
    pd.testing.assert_frame_equal(short.bookings, early)


def test_calendar_and_ends_are_real_dates(org: Organisation) -> None:
    assert org.last_day == date(2022, 6, 30)
    # 65 working days: 21 in April, so the 32nd is the 11th of May, Monday the 16th
    assert org.mid_quarter == date(2022, 5, 16)


def test_each_seat_is_held_by_one_person_at_a_time_and_never_empty(org: Organisation) -> None:
    for _, rows in org.truth.tenures.sort_values(["seat", "known"]).groupby("seat"):
        last, first = rows["last"].to_numpy()[:-1], rows["first"].to_numpy()[1:]
        assert np.all(last >= 0)
        assert np.all(first > last)
        # only days off lie between two tenures
        for gone, arrived in zip(last, first, strict=True):
            assert not any(is_workday(as_date(day)) for day in range(gone + 1, arrived))
        assert rows["last"].iloc[-1] == -1


def test_nobody_sits_on_two_seats_at_once(org: Organisation) -> None:
    for _, rows in org.truth.tenures.sort_values("first").groupby("person"):
        assert np.all(rows["first"].to_numpy()[1:] > rows["last"].to_numpy()[:-1])


def test_some_people_left_and_some_moved(org: Organisation) -> None:
    tenures = org.truth.tenures
    per_person = tenures.groupby("person").size()
    assert (per_person > 1).any()
    assert len(org.truth.people) > org.settings.reps


def test_people_who_move_stay_in_their_segment(org: Organisation) -> None:
    segment = org.truth.seats["segment"].to_numpy()[org.truth.tenures["seat"].to_numpy()]
    assert org.truth.tenures.assign(segment=segment).groupby("person")["segment"].nunique().max() == 1


def test_on_the_last_day_the_leaver_still_owns_and_the_day_after_the_successor(org: Organisation) -> None:
    tenures = org.truth.tenures.sort_values(["seat", "known"])
    seat = int(tenures.groupby("seat").size().idxmax())
    rows = tenures[tenures["seat"] == seat]
    handover = int(rows["known"].iloc[1])
    owners = org.owner(np.array([seat, seat]), np.array([handover, handover + 1]))
    assert owners.tolist() == rows["person"].iloc[:2].tolist()


def test_every_booking_is_credited_to_somebody_in_seat_that_day(org: Organisation) -> None:
    rows = org.bookings.merge(org.truth.tenures, on=["seat", "person"])
    inside = (rows["first"] <= rows["day"]) & ((rows["last"] < 0) | (rows["day"] <= rows["last"]))
    assert rows.loc[inside, "deal"].nunique() == len(org.bookings)


def test_bookings_are_the_won_deals_on_working_days(org: Organisation) -> None:
    won = org.truth.deals[org.truth.deals["won"]]
    assert org.bookings["amount"].sum() == won["value"].sum()
    assert all(is_workday(as_date(day)) for day in org.bookings["day"].unique())


def test_outcomes_divide_what_a_person_booked_by_the_quota(org: Organisation) -> None:
    row = org.outcomes.sort_values("booked").iloc[-1]
    mine = org.bookings[(org.bookings["person"] == row["person"]) & (org.bookings["quarter"] == row["quarter"])]
    assert mine["amount"].sum() == row["booked"]
    assert row["attained"] == pytest.approx(row["booked"] / row["quota"])


def test_only_people_in_seat_all_quarter_count_as_full(org: Organisation) -> None:
    rows = org.outcomes
    joined = rows["person"].map(org.truth.people["hired"]) > rows["quarter"].map(
        lambda quarter: day_number(org.calendar.period(int(quarter)).start)
    )
    assert not rows.loc[joined, "full"].any()
    left = org.truth.tenures.groupby("person")["last"].last()
    gone = rows["person"].map(left)
    end = rows["quarter"].map(lambda quarter: day_number(org.calendar.period(int(quarter)).end))
    assert not rows.loc[(gone >= 0) & (gone < end), "full"].any()
    assert rows["full"].mean() > 0.75


def test_deals_pass_their_stages_in_order(org: Organisation) -> None:
    deals = org.truth.deals
    for stage in range(3):
        later = deals[deals[f"entered_{stage + 1}"] >= 0]
        assert np.all(later[f"entered_{stage}"] < later[f"entered_{stage + 1}"])
        assert np.all(later[f"entered_{stage}"] >= 0)
    assert np.all(deals.loc[deals["won"], "entered_3"] >= 0)


def test_skill_shows_in_results() -> None:
    """Over many quarters the truth must be visible, else no driver could ever be recovered."""
    org = simulate(SimulatorSettings(reps=80, quarters=12, seed=3, attrition=0.0, moves=0.0))
    booked = org.bookings[org.bookings["quarter"] >= 0].groupby("person")["amount"].sum()
    people = org.truth.people.loc[booked.index]
    segment = org.truth.seats["segment"].to_numpy()[booked.index]
    within = np.log(booked) - np.log(booked).groupby(segment).transform("mean")
    assert np.corrcoef(within, people["win_skill"])[0, 1] > 0.35
    assert np.corrcoef(within, people["prospecting"])[0, 1] > 0.15


def test_nobody_leaves_a_company_without_attrition() -> None:
    org = simulate(SimulatorSettings(reps=16, quarters=4, seed=3, attrition=0.0, moves=0.0))
    assert len(org.truth.people) == 16
    assert len(org.truth.tenures) == 16
