"""Write what a simulated organisation's CRM would export on a given day: CSV files with Salesforce's own headers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from features.domain.errors import UsageError
from training.simulator.activities import KINDS, NO_DEAL
from training.simulator.bookings_export import bookings_tables
from training.simulator.crm_people import manager_ids, role_rows, team_history_rows, user_rows
from training.simulator.crm_records import SOURCES, CrmRecords, keep_records
from training.simulator.crm_values import booleans, days, identifiers, moments, picked
from training.simulator.dirt import TWIN
from training.simulator.market import Floats, day_number
from training.simulator.names import COUNTRIES, INDUSTRIES, REGIONS, account_name
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY, WON_STAGE
from training.simulator.refunds import CANONICAL_WITH_RETURNS, ORDER, SALESFORCE_WITH_RETURNS, order_rows
from training.simulator.second_currency import converted
from training.simulator.settings import SEGMENTS

USER = (
    "Id",
    "Name",
    "Title",
    "ManagerId",
    "UserRoleId",
    "IsActive",
    "Department",
    "Region__c",
    "HireDate__c",
    "EndDate__c",
    "TimeZoneSidKey",
    "CurrencyIsoCode",
    "CreatedDate",
)
USER_ROLE = ("Id", "Name", "ParentRoleId", "ManagerUserId__c")
USER_TEAM_HISTORY = ("Id", "UserId", "TeamId", "ManagerId", "Region", "StartDate", "EndDate")
ACCOUNT = ("Id", "Name", "OwnerId", "Segment__c", "Industry", "BillingCountry", "Region__c", "CreatedDate")
OPPORTUNITY = (
    "Id",
    "Name",
    "AccountId",
    "OwnerId",
    "StageName",
    "Amount",
    "CurrencyIsoCode",
    "CloseDate",
    "CreatedDate",
    "IsClosed",
    "IsWon",
    "ClosedDate__c",
    "LeadSource",
    "Type",
)
OPPORTUNITY_HISTORY = (
    "Id",
    "OpportunityId",
    "StageName",
    "Amount",
    "CloseDate",
    "IsClosed",
    "IsWon",
    "CreatedDate",
)
OPPORTUNITY_FIELD_HISTORY = ("Id", "OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate")
TASK = ("Id", "OwnerId", "WhatId", "AccountId", "ActivityDateTime", "CreatedDate", "Type", "Status")
FORECASTING_QUOTA = (
    "Id",
    "QuotaOwnerId",
    "StartDate",
    "EndDate__c",
    "QuotaAmount",
    "CurrencyIsoCode",
    "PublishedDate__c",
)

HEADERS: dict[str, tuple[str, ...]] = {
    "User": USER,
    "UserRole": USER_ROLE,
    "UserTeamHistory__c": USER_TEAM_HISTORY,
    "Account": ACCOUNT,
    "Opportunity": OPPORTUNITY,
    "OpportunityHistory": OPPORTUNITY_HISTORY,
    "OpportunityFieldHistory": OPPORTUNITY_FIELD_HISTORY,
    "Task": TASK,
    "ForecastingQuota": FORECASTING_QUOTA,
}
"""Columns of every file, in order; the file of table `X` is `X.csv`.

Moments look like `2023-03-31T14:05:00.000+0000`, days like `2023-03-31`, booleans `true` or `false`, an empty field
is no value. A team is a `UserRole` that reps carry in `UserRoleId`; its `ParentRoleId` is the region, whose parent
is the company. Managers (`Title` is `Sales Manager`, `Regional Director` or `Chief Revenue Officer`) carry a role
further up, no quota and no deals. Stages are `OPEN_STAGES`, then `Closed Won` or `Closed Lost`. `OpportunityHistory`
holds the whole row after each change, the first at creation; `OpportunityFieldHistory` has `Field` = `Owner` with
user ids. `UserTeamHistory__c.EndDate` is the last day that belongs to the assignment.
"""

OPEN_STAGES = ("Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review")
STAGE_WON = "Closed Won"
STAGE_LOST = "Closed Lost"
STAGES = (*OPEN_STAGES, STAGE_WON, STAGE_LOST)
MAPPING_FILE = "mapping.yml"


def write_crm_export(
    org: Organisation, folder: Path, *, until: date | None = None, records: CrmRecords | None = None
) -> dict[str, int]:
    """Write one CSV file per table of `crm_tables`, and `mapping.yml` where no built-in mapping declares all of it.

    Args:
        org: The organisation.
        folder: Where the files go; it is created, files of the same name are replaced.
        until: Day of the export; nothing that happened later is in it. None: the last simulated day.
        records: What `keep_records(org)` returned, to save time where several days are exported.

    Returns:
        Number of rows by table.

    Raises:
        UsageError: `until` lies before the first recorded day or after the last one.
    """
    tables = crm_tables(org, until=until, records=records)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    mapping = mapping_text(org)
    if mapping is not None:
        (folder / MAPPING_FILE).write_text(mapping, encoding="utf-8")
    return {name: len(table) for name, table in tables.items()}


def crm_tables(
    org: Organisation, *, until: date | None = None, records: CrmRecords | None = None
) -> dict[str, pd.DataFrame]:
    """Return the tables of the export as text, as they stand in the evening of `until`.

    These are the tables of `HEADERS`; `Order` on top where the company pays back, `DatedConversionRate` where a region
    sells in another currency. A company without a CRM gives the canonical tables of `bookings_export` instead.
    """
    last = until or org.last_day
    if not org.settings.start <= last <= org.last_day:
        raise UsageError(f"the export day is {last}; choose one from {org.settings.start} to {org.last_day}")
    view = _View(org, records or keep_records(org), last)
    tables = {
        "User": user_rows(org, view.records, last),
        "UserRole": role_rows(org),
        "UserTeamHistory__c": team_history_rows(org, view.records, last),
        "Account": view.accounts(),
        "Opportunity": view.opportunities(),
        "OpportunityHistory": view.history(),
        "OpportunityFieldHistory": view.owner_history(),
        "Task": view.tasks(),
        "ForecastingQuota": view.quotas(),
    }
    tables = {name: tables[name].loc[:, list(HEADERS[name])] for name in HEADERS}
    if not org.settings.pipeline:
        return bookings_tables(org, tables, view.first_rep, last)
    dirt = org.settings.dirt
    if dirt.refunds:
        account = view.records.deals.set_index("deal")["account"]
        tables["Order"] = order_rows(org, account, view.first_rep, view.tomorrow).loc[:, list(ORDER)]
    return converted(org, tables, last) if dirt.second_currency else tables


def mapping_text(org: Organisation) -> str | None:
    """Return the mapping file that the export needs beside it; None: a built-in one reads it as it is."""
    if not org.settings.dirt.refunds:
        return None
    return SALESFORCE_WITH_RETURNS if org.settings.pipeline else CANONICAL_WITH_RETURNS


def mapping_of(org: Organisation, folder: Path) -> str:
    """Return what `paceline ingest --mapping` takes for the export in `folder`: a built-in name or a file's path."""
    built_in = "salesforce" if org.settings.pipeline else "canonical"
    return built_in if mapping_text(org) is None else str(folder / MAPPING_FILE)


class _View:
    """The records of one organisation as one evening shows them."""

    def __init__(self, org: Organisation, records: CrmRecords, last: date) -> None:
        self.org, self.records = org, records
        self.cut = (day_number(last) + 1) * DAY
        self.tomorrow = day_number(last + timedelta(days=1))
        self.first_rep = len(manager_ids(org))

    def _users(self, people: pd.Series[int] | Floats) -> pd.Series[str]:
        return identifiers("005", np.asarray(people, dtype=np.int64) + self.first_rep)

    def _owners(self, seat: pd.Series[int], day: Floats) -> pd.Series[str]:
        return self._users(self.org.owner(seat.to_numpy(dtype=np.int64), day.astype(np.int64)))

    def accounts(self) -> pd.DataFrame:
        """Accounts that exist, with today's owner."""
        rows = self.records.accounts
        rows = rows[rows["created"] < self.cut].reset_index(drop=True)
        seats = self.org.truth.seats.iloc[rows["seat"].to_numpy()]
        countries = [COUNTRIES[r][c % len(COUNTRIES[r])] for r, c in zip(seats["region"], rows["country"], strict=True)]
        return pd.DataFrame(
            {
                "Id": identifiers("001", rows["account"]),
                "Name": [account_name(int(index)) for index in rows["account"]],
                "OwnerId": self._owners(rows["seat"], np.full(len(rows), float(self.tomorrow))),
                "Segment__c": picked([segment.name for segment in SEGMENTS], seats["segment"]),
                "Industry": picked(INDUSTRIES, rows["industry"] % len(INDUSTRIES)),
                "BillingCountry": countries,
                "Region__c": picked(REGIONS, seats["region"]),
                "CreatedDate": moments(rows["created"]),
            }
        )

    def opportunities(self) -> pd.DataFrame:
        """Deals as they stand now: the past is overwritten, as in every CRM."""
        seen = self.records.history[self.records.history["moment"] < self.cut]
        now = seen.groupby("deal", sort=True).last()
        rows = self.records.deals[self.records.deals["created"] < self.cut].reset_index(drop=True)
        now = now.loc[rows["deal"]].reset_index()
        closed = now["stage"] >= WON_STAGE
        # an amount that is edited later leaves the moment of the win as it was
        ended = rows["closed"].where(closed, self.cut)
        owned_on = np.where(closed, ended // DAY, self.tomorrow)
        seat = rows["receiver"].where((rows["handed"] >= 0) & (rows["handed"] < self.cut), rows["seat"])
        return pd.DataFrame(
            {
                "Id": identifiers("006", rows["deal"]),
                "Name": [
                    f"{account_name(int(a))} {d % TWIN + 1}" for a, d in zip(rows["account"], rows["deal"], strict=True)
                ],
                "AccountId": identifiers("001", rows["account"]),
                "OwnerId": self._owners(seat, owned_on),
                "StageName": picked(STAGES, now["stage"]),
                "Amount": now["amount"].astype(str) + ".00",
                "CurrencyIsoCode": self.org.settings.currency,
                "CloseDate": days(now["close_day"]),
                "CreatedDate": moments(rows["created"]),
                "IsClosed": booleans(closed),
                "IsWon": booleans(now["stage"] == WON_STAGE),
                "ClosedDate__c": moments(ended).where(closed, ""),
                "LeadSource": picked(SOURCES, rows["source"]),
                "Type": picked(("New Business", "Existing Business"), rows["existing"].astype("int64")),
            }
        )

    def history(self) -> pd.DataFrame:
        """Every version of every deal."""
        rows = self.records.history
        rows = rows[rows["moment"] < self.cut]
        return pd.DataFrame(
            {
                "Id": identifiers("008", rows.index),
                "OpportunityId": identifiers("006", rows["deal"]),
                "StageName": picked(STAGES, rows["stage"]),
                "Amount": (rows["amount"].astype(str) + ".00").to_numpy(),
                "CloseDate": days(rows["close_day"]),
                "IsClosed": booleans(rows["stage"] >= WON_STAGE),
                "IsWon": booleans(rows["stage"] == WON_STAGE),
                "CreatedDate": moments(rows["moment"]),
            }
        )

    def owner_history(self) -> pd.DataFrame:
        """Every change of owner."""
        rows = self.records.owner_changes
        rows = rows[rows["moment"] < self.cut]
        return pd.DataFrame(
            {
                "Id": identifiers("017", rows.index),
                "OpportunityId": identifiers("006", rows["deal"]),
                "Field": "Owner",
                "OldValue": self._users(rows["old"]),
                "NewValue": self._users(rows["new"]),
                "CreatedDate": moments(rows["moment"]),
            }
        )

    def tasks(self) -> pd.DataFrame:
        """Every logged activity."""
        rows = self.records.activities
        rows = rows[rows["logged"] < self.cut]
        on_deal = rows["deal"] != NO_DEAL
        account = rows["deal"].map(self.records.deals.set_index("deal")["account"]).fillna(0).astype("int64")
        return pd.DataFrame(
            {
                "Id": identifiers("00T", rows.index),
                "OwnerId": self._owners(rows["seat"], (rows["moment"] // DAY).to_numpy(dtype=np.float64)),
                "WhatId": identifiers("006", rows["deal"]).where(on_deal.to_numpy(), ""),
                "AccountId": identifiers("001", account).where(on_deal.to_numpy(), ""),
                "ActivityDateTime": moments(rows["moment"]),
                "CreatedDate": moments(rows["logged"]),
                "Type": picked(KINDS, rows["kind"]),
                "Status": picked(("Not Started", "Completed"), rows["done"].astype("int64")),
            }
        )

    def quotas(self) -> pd.DataFrame:
        """Quotas that are published."""
        rows = self.org.truth.quotas
        rows = rows[(rows["quarter"] >= 0) & (rows["published"] < self.tomorrow)]
        periods = [self.org.calendar.period(int(quarter)) for quarter in rows["quarter"]]
        return pd.DataFrame(
            {
                "Id": identifiers("0J9", rows.index),
                "QuotaOwnerId": self._users(rows["person"]),
                "StartDate": [period.start.isoformat() for period in periods],
                "EndDate__c": [period.end.isoformat() for period in periods],
                "QuotaAmount": [f"{amount:.2f}" for amount in rows["amount"]],
                "CurrencyIsoCode": self.org.settings.currency,
                "PublishedDate__c": days(rows["published"]),
            }
        )
