"""The export is what a CRM would show that evening: true headers, no future, the same bytes for the same settings."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from features.domain.errors import UsageError
from training.simulator.crm_export import HEADERS, OPEN_STAGES, crm_tables, write_crm_export
from training.simulator.crm_records import CrmRecords
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings

MIDDLE = date(2021, 11, 16)
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def final(org: Organisation, records: CrmRecords) -> Tables:
    return crm_tables(org, records=records)


@pytest.fixture(scope="module")
def early(org: Organisation, records: CrmRecords) -> Tables:
    return crm_tables(org, until=MIDDLE, records=records)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_files_carry_exactly_the_promised_headers(org: Organisation, records: CrmRecords, tmp_path: Path) -> None:
    counts = write_crm_export(org, tmp_path, records=records)
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.csv" for name in HEADERS}
    for name, header in HEADERS.items():
        lines = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert lines[0] == ",".join(header)
        assert len(lines) - 1 == counts[name] > 0


def test_the_same_settings_give_the_same_bytes(tmp_path: Path) -> None:
    settings = SimulatorSettings(reps=9, quarters=2, seed=4)
    for name in ("one", "other"):
        write_crm_export(simulate(settings), tmp_path / name, until=date(2021, 5, 14))
    assert digests(tmp_path / "one") == digests(tmp_path / "other")


@pytest.mark.parametrize("day", [date(2020, 12, 31), date(2022, 7, 1)])
def test_a_day_outside_the_record_is_refused(org: Organisation, day: date) -> None:
    with pytest.raises(UsageError, match=f"the export day is {day}; choose one from 2021-01-01 to 2022-06-30"):
        crm_tables(org, until=day)


@pytest.mark.parametrize(
    ("table", "moment"),
    [
        ("OpportunityHistory", "CreatedDate"),
        ("OpportunityFieldHistory", "CreatedDate"),
        ("Task", "CreatedDate"),
        ("ForecastingQuota", "PublishedDate__c"),
    ],
)
def test_an_earlier_export_is_the_later_one_without_what_came_after(
    early: Tables, final: Tables, table: str, moment: str
) -> None:
    known = final[table][final[table][moment].str[:10] <= MIDDLE.isoformat()]
    assert 0 < len(known) < len(final[table])
    pd.testing.assert_frame_equal(early[table].reset_index(drop=True), known.reset_index(drop=True))


@pytest.mark.parametrize("table", ["Opportunity", "Account", "User"])
def test_an_earlier_export_knows_no_later_record(early: Tables, final: Tables, table: str) -> None:
    created = final[table].set_index("Id")["CreatedDate"].str[:10]
    assert set(early[table]["Id"]) == set(created.index[created <= MIDDLE.isoformat()])


def test_the_current_state_is_the_last_row_of_the_history(early: Tables) -> None:
    last = early["OpportunityHistory"].groupby("OpportunityId").last()
    now = early["Opportunity"].set_index("Id")
    for column in ("StageName", "Amount", "CloseDate", "IsClosed", "IsWon"):
        assert now[column].tolist() == last.loc[now.index, column].tolist(), column


def test_a_deal_that_is_decided_later_is_still_open(early: Tables, final: Tables) -> None:
    then, later = (
        early["Opportunity"].set_index("Id"),
        final["Opportunity"].set_index("Id").loc[early["Opportunity"]["Id"]],
    )
    decided_later = later.index[(later["IsClosed"] == "true") & (later["ClosedDate__c"].str[:10] > MIDDLE.isoformat())]
    assert len(decided_later) > 50
    assert set(then.loc[decided_later, "IsClosed"]) == {"false"}
    assert set(then.loc[decided_later, "ClosedDate__c"]) == {""}
    assert set(then.loc[decided_later, "StageName"]) <= set(OPEN_STAGES)


def test_walking_the_owner_changes_ends_at_todays_owner(early: Tables) -> None:
    changes = early["OpportunityFieldHistory"]
    owner = early["Opportunity"].set_index("Id")["OwnerId"]
    last = changes.groupby("OpportunityId")["NewValue"].last()
    assert (owner.loc[last.index] == last).all()
    for _, rows in changes.groupby("OpportunityId"):
        assert rows["OldValue"].tolist()[1:] == rows["NewValue"].tolist()[:-1]


def test_won_amounts_by_owner_are_the_true_bookings(org: Organisation, records: CrmRecords, final: Tables) -> None:
    won = final["Opportunity"][final["Opportunity"]["IsWon"] == "true"]
    exported = won["Amount"].astype(float).groupby(won["OwnerId"]).sum()
    rows = org.bookings[org.bookings["quarter"] >= 0]
    true = rows.groupby("person")["amount"].sum()
    users = final["User"].set_index("Id")["Name"]
    by_name = {users[owner]: amount for owner, amount in exported.items()}
    assert by_name == {records.names[person]: amount for person, amount in true.items()}


def test_every_reference_points_to_an_exported_record(early: Tables) -> None:
    ids = {name: set(table["Id"]) for name, table in early.items()}
    for table, column, target in [
        ("Opportunity", "OwnerId", "User"),
        ("Opportunity", "AccountId", "Account"),
        ("OpportunityHistory", "OpportunityId", "Opportunity"),
        ("OpportunityFieldHistory", "OpportunityId", "Opportunity"),
        ("OpportunityFieldHistory", "OldValue", "User"),
        ("OpportunityFieldHistory", "NewValue", "User"),
        ("Task", "OwnerId", "User"),
        ("Task", "WhatId", "Opportunity"),
        ("Task", "AccountId", "Account"),
        ("Account", "OwnerId", "User"),
        ("ForecastingQuota", "QuotaOwnerId", "User"),
        ("UserTeamHistory__c", "UserId", "User"),
        ("UserTeamHistory__c", "TeamId", "UserRole"),
        ("User", "UserRoleId", "UserRole"),
        ("User", "ManagerId", "User"),
        ("UserRole", "ParentRoleId", "UserRole"),
    ]:
        assert set(early[table][column]) - {""} <= ids[target], f"{table}.{column}"


@pytest.mark.parametrize("table", sorted(HEADERS))
def test_record_ids_are_unique(final: Tables, table: str) -> None:
    assert final[table]["Id"].is_unique


def test_leaders_carry_no_quota_and_no_deal(final: Tables) -> None:
    leaders = set(final["User"].loc[final["User"]["Title"] != "Account Executive", "Id"])
    assert not leaders & set(final["ForecastingQuota"]["QuotaOwnerId"])
    assert not leaders & set(final["Opportunity"]["OwnerId"])


def test_almost_everybody_active_has_a_quota_for_the_open_quarter(early: Tables) -> None:
    quotas = early["ForecastingQuota"]
    now = set(quotas.loc[quotas["StartDate"] == "2021-10-01", "QuotaOwnerId"])
    users = early["User"]
    active = set(users.loc[(users["Title"] == "Account Executive") & (users["IsActive"] == "true"), "Id"])
    assert len(active - now) <= 3


def test_amounts_are_positive_and_have_cents(final: Tables) -> None:
    assert final["Opportunity"]["Amount"].str.fullmatch(r"[1-9]\d*\.00").all()
    assert final["ForecastingQuota"]["QuotaAmount"].str.fullmatch(r"[1-9]\d*\.00").all()


def test_an_export_leaves_other_files_alone(org: Organisation, records: CrmRecords, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    write_crm_export(org, tmp_path, until=MIDDLE, records=records)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
