"""CRM and truth tell one story: on any evening the export's open deals, owners, teams and quotas are the true ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from training.simulator.crm_export import OPEN_STAGES, STAGE_LOST, STAGE_WON, crm_tables
from training.simulator.crm_people import team_ids
from training.simulator.crm_records import CrmRecords, keep_records
from training.simulator.deals import World
from training.simulator.market import day_number
from training.simulator.oracle import continue_from, state_at
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings

EVENINGS = (
    date(2021, 1, 29),
    date(2021, 3, 31),
    date(2021, 6, 27),
    date(2021, 11, 16),
    date(2022, 1, 1),
    date(2022, 6, 15),
)


@dataclass(frozen=True)
class Evening:
    """One evening seen from both sides."""

    day: date
    crm: dict[str, pd.DataFrame]
    true: World
    names: list[str]


@pytest.fixture(scope="module", params=EVENINGS, ids=str)
def evening(request: pytest.FixtureRequest, org: Organisation, records: CrmRecords) -> Evening:
    day: date = request.param
    return Evening(day, crm_tables(org, until=day, records=records), state_at(org, day), records.names)


def open_deals(evening: Evening) -> pd.DataFrame:
    deals = evening.crm["Opportunity"]
    deals = deals[deals["IsClosed"] == "false"]
    return deals.assign(deal=deals["Id"].str[3:].astype(int) - 1).set_index("deal").sort_index()


def test_the_same_deals_are_open(evening: Evening) -> None:
    assert open_deals(evening).index.tolist() == sorted(evening.true.deals.deal.tolist())


def test_open_deals_stand_in_their_true_stage(evening: Evening) -> None:
    true = pd.Series(evening.true.deals.stage, index=evening.true.deals.deal).sort_index()
    shown = open_deals(evening)["StageName"].map(OPEN_STAGES.index)
    assert shown.tolist() == true.tolist()


def test_open_deals_belong_to_whoever_sits_in_the_seat(evening: Evening) -> None:
    deals = evening.true.deals
    person = pd.Series(evening.true.seats.person[deals.seat], index=deals.deal).sort_index()
    users = evening.crm["User"].set_index("Id")["Name"]
    shown = open_deals(evening)["OwnerId"].map(users)
    assert shown.tolist() == [evening.names[i] for i in person]


def test_active_sellers_are_those_in_seat_with_their_true_day_of_hire(evening: Evening) -> None:
    users = evening.crm["User"]
    users = users[(users["Title"] == "Account Executive") & (users["IsActive"] == "true")].set_index("Name")
    seats = evening.true.seats
    assert set(users.index) == {evening.names[i] for i in seats.person}
    hired = {evening.names[i]: day for i, day in zip(seats.person, seats.hired, strict=True)}
    assert {name: day_number(date.fromisoformat(day)) for name, day in users["HireDate__c"].items()} == hired


def test_sellers_sit_in_the_team_of_their_seat(evening: Evening, org: Organisation) -> None:
    users = evening.crm["User"].set_index("Name")["UserRoleId"]
    team = org.truth.seats["team"].to_numpy()
    for seat, person in enumerate(evening.true.seats.person):
        assert users[evening.names[person]] == team_ids(org)[team[seat]]


def test_quotas_on_display_are_the_published_ones(evening: Evening, org: Organisation) -> None:
    rows = org.truth.quotas
    rows = rows[(rows["quarter"] >= 0) & (rows["published"] <= day_number(evening.day))]
    assert evening.crm["ForecastingQuota"]["QuotaAmount"].astype(float).sum() == rows["amount"].sum()


def test_what_a_rep_has_booked_in_the_open_quarter_is_where_the_oracle_starts(
    evening: Evening, org: Organisation
) -> None:
    futures = continue_from(org, evening.day, 1, seed=1)
    deals = evening.crm["Opportunity"]
    won = deals[(deals["IsWon"] == "true") & (deals["ClosedDate__c"].str[:10] >= futures.period.start.isoformat())]
    booked = won["Amount"].astype(float).groupby(won["OwnerId"].map(evening.crm["User"].set_index("Id")["Name"])).sum()
    expected = [booked.get(evening.names[person], 0.0) for person in futures.person]
    assert futures.attained.tolist() == expected


def test_closed_deals_say_how_they_ended(evening: Evening) -> None:
    deals = evening.crm["Opportunity"]
    closed = deals[deals["IsClosed"] == "true"]
    assert set(closed["StageName"]) == {STAGE_WON, STAGE_LOST}
    assert ((closed["StageName"] == STAGE_WON) == (closed["IsWon"] == "true")).all()
    assert (closed["CloseDate"] == closed["ClosedDate__c"].str[:10]).all()
    assert (closed["ClosedDate__c"] > closed["CreatedDate"]).all()


def test_nothing_carries_a_moment_after_the_evening(evening: Evening) -> None:
    tomorrow = (evening.day + timedelta(days=1)).isoformat()
    for name, column in [
        ("User", "CreatedDate"),
        ("User", "EndDate__c"),
        ("UserTeamHistory__c", "EndDate"),
        ("Account", "CreatedDate"),
        ("Opportunity", "CreatedDate"),
        ("Opportunity", "ClosedDate__c"),
        ("OpportunityHistory", "CreatedDate"),
        ("OpportunityFieldHistory", "CreatedDate"),
        ("Task", "ActivityDateTime"),
        ("Task", "CreatedDate"),
        ("ForecastingQuota", "PublishedDate__c"),
    ]:
        assert (evening.crm[name][column] < tomorrow).all(), f"{name}.{column}"


@pytest.mark.parametrize(
    "settings",
    [
        SimulatorSettings(reps=1, quarters=1, seed=1),
        SimulatorSettings(reps=1, quarters=2, seed=2, team_size=1, attrition=0.9),
        SimulatorSettings(reps=13, quarters=2, seed=3, team_size=3, regions=1, moves=0.9),
        SimulatorSettings(reps=6, quarters=5, seed=4, start=date(2023, 10, 1), currency="CNY"),
        SimulatorSettings(reps=9, quarters=2, seed=5, segment_shares=(0.0, 0.0, 1.0), attrition=0.0),
    ],
    ids=["one rep", "revolving door", "small teams that swap", "autumn start", "enterprise only"],
)
def test_odd_companies_run_through_export_and_oracle(settings: SimulatorSettings) -> None:
    org = simulate(settings)
    day = org.mid_quarter
    tables = crm_tables(org, until=day, records=keep_records(org))
    users = set(tables["User"]["Id"])
    assert set(tables["Opportunity"]["OwnerId"]) <= users
    assert set(tables["OpportunityFieldHistory"]["OldValue"]) <= users
    assert set(tables["User"]["CurrencyIsoCode"]) == {settings.currency}
    futures = continue_from(org, day, 3, seed=1)
    assert futures.paths.shape == (settings.reps, 3)
    assert np.all(np.isfinite(futures.paths))
    outcomes = org.outcomes
    assert (outcomes["quota"] > 0).all()
    assert (outcomes["booked"] >= 0).all()


def test_the_autumn_start_begins_with_the_busy_season() -> None:
    calendar = simulate(SimulatorSettings(reps=1, quarters=1, start=date(2023, 10, 1))).calendar
    assert calendar.steps(0)[0].season == 1.13
    assert calendar.quarter_of(date(2024, 1, 1)) == 1
