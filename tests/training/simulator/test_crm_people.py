"""Users, roles and teams: one hierarchy without holes, and no knowledge of people's future."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from training.simulator.crm_people import (
    CHIEF,
    DIRECTOR,
    MANAGER,
    role_rows,
    team_history_rows,
    team_ids,
    user_rows,
)
from training.simulator.crm_records import CrmRecords
from training.simulator.market import as_date
from training.simulator.organisation import Organisation

MIDDLE = date(2021, 11, 16)


@pytest.fixture(scope="module")
def users(org: Organisation, records: CrmRecords) -> pd.DataFrame:
    return user_rows(org, records, MIDDLE)


@pytest.fixture(scope="module")
def roles(org: Organisation) -> pd.DataFrame:
    return role_rows(org)


def test_roles_are_a_tree_of_company_regions_and_teams(roles: pd.DataFrame) -> None:
    parents = dict(zip(roles["Id"], roles["ParentRoleId"], strict=True))
    depth = {role: 0 if not parents[role] else 1 + (parents[parents[role]] != "") for role in parents}
    # 40 seats: 5 teams in 5 regions
    assert [list(depth.values()).count(level) for level in (0, 1, 2)] == [1, 5, 5]
    assert roles["Name"].is_unique


def test_every_role_has_its_own_leader(roles: pd.DataFrame, users: pd.DataFrame) -> None:
    titles = users.set_index("Id")["Title"]
    assert roles["ManagerUserId__c"].is_unique
    assert titles.loc[roles["ManagerUserId__c"]].tolist() == [CHIEF, *[DIRECTOR] * 5, *[MANAGER] * 5]


def test_everybody_reports_to_somebody_but_the_chief(users: pd.DataFrame) -> None:
    by_id = users.set_index("Id")
    assert by_id.index[by_id["ManagerId"] == ""].tolist() == by_id.index[by_id["Title"] == CHIEF].tolist()
    above = by_id.loc[by_id.loc[by_id["ManagerId"] != "", "ManagerId"].unique(), "Title"]
    assert set(above) == {CHIEF, DIRECTOR, MANAGER}


def test_sellers_carry_their_teams_role_and_its_manager(
    org: Organisation, users: pd.DataFrame, roles: pd.DataFrame
) -> None:
    sellers = users[users["Title"] == "Account Executive"]
    manager = roles.set_index("Id")["ManagerUserId__c"]
    assert set(sellers["UserRoleId"]) == set(team_ids(org))
    assert manager.loc[sellers["UserRoleId"]].tolist() == sellers["ManagerId"].tolist()


def test_every_seat_is_filled_once(org: Organisation, users: pd.DataFrame) -> None:
    sellers = users[(users["Title"] == "Account Executive") & (users["IsActive"] == "true")]
    assert len(sellers) == org.settings.reps
    assert sellers.groupby("UserRoleId").size().tolist() == [8] * 5


def test_names_and_ids_are_unique(users: pd.DataFrame) -> None:
    assert users["Name"].is_unique
    assert users["Id"].is_unique


def test_who_left_has_a_last_day_and_who_will_leave_has_none(
    org: Organisation, records: CrmRecords, users: pd.DataFrame
) -> None:
    later = user_rows(org, records, org.last_day).set_index("Id")
    now = users.set_index("Id")
    assert ((now["EndDate__c"] != "") == (now["IsActive"] == "false")).all()
    assert (now.loc[now["EndDate__c"] != "", "EndDate__c"] <= MIDDLE.isoformat()).all()
    will_leave = later.index[later["EndDate__c"] > MIDDLE.isoformat()].intersection(now.index)
    assert len(will_leave) > 0
    assert (now.loc[will_leave, "EndDate__c"] == "").all()


def test_people_hired_later_are_unknown(org: Organisation, records: CrmRecords, users: pd.DataFrame) -> None:
    later = user_rows(org, records, org.last_day).set_index("Id")
    newer = later.index.difference(users["Id"])
    assert len(newer) > 0
    assert (later.loc[newer, "HireDate__c"] > MIDDLE.isoformat()).all()


def test_moves_stand_in_the_team_history_with_adjoining_dates(org: Organisation, records: CrmRecords) -> None:
    history = team_history_rows(org, records, org.last_day).sort_values(["UserId", "StartDate"])
    moved = history[history.duplicated("UserId", keep=False)]
    assert len(moved) > 0
    for _, rows in moved.groupby("UserId"):
        ends, starts = rows["EndDate"].tolist()[:-1], rows["StartDate"].tolist()[1:]
        assert [date.fromisoformat(day).toordinal() + 1 for day in ends] == [
            date.fromisoformat(day).toordinal() for day in starts
        ]


def test_a_stay_that_ends_later_is_still_open_today(org: Organisation, records: CrmRecords) -> None:
    history = team_history_rows(org, records, MIDDLE)
    assert (history["EndDate"] <= MIDDLE.isoformat()).all()
    last = records.tenures["last"]
    ended = (last >= 0) & (last.map(as_date) <= MIDDLE)
    assert (history["EndDate"] != "").sum() == ended.sum()


def test_who_left_on_the_eve_of_a_move_never_came_to_the_other_team(org: Organisation, records: CrmRecords) -> None:
    before = team_history_rows(org, records, MIDDLE)
    tenures = records.tenures.copy()
    place = int(tenures.index[tenures["last"] < 0][0])
    tenures.loc[place, "last"] = tenures.loc[place, "first"] - 1
    after = team_history_rows(org, replace(records, tenures=tenures), MIDDLE)
    ended = after[after["EndDate"] != ""]
    assert (ended["EndDate"] >= ended["StartDate"]).all()
    assert len(after) == len(before) - 1
