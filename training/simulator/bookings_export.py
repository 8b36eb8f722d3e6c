"""Export of a company without a CRM: its reps, teams, quotas and bookings as canonical files, and no deals."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from training.simulator.crm_values import identifiers, moments
from training.simulator.market import Ints, day_number
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY

BOOKED_AT = 15 * 3_600
RENAMED: dict[str, dict[str, str]] = {
    "reps": {
        "Id": "rep_id",
        "Name": "name",
        "Title": "role",
        "Department": "segment",
        "Region__c": "region",
        "HireDate__c": "hire_date",
        "EndDate__c": "end_date",
        "CurrencyIsoCode": "currency",
    },
    "team_assignments": {
        "UserId": "rep_id",
        "TeamId": "team_id",
        "ManagerId": "manager_rep_id",
        "Region": "region",
        "StartDate": "valid_from",
        "EndDate": "valid_to",
    },
    "quotas": {
        "QuotaOwnerId": "rep_id",
        "StartDate": "period_start",
        "EndDate__c": "period_end",
        "QuotaAmount": "amount",
        "CurrencyIsoCode": "currency",
        "PublishedDate__c": "published_at",
    },
}
"""Canonical columns of what the CRM would call otherwise, by canonical table."""


def bookings_tables(
    org: Organisation, crm: dict[str, pd.DataFrame], users: int, until: date
) -> dict[str, pd.DataFrame]:
    """Return the canonical tables as text, as they stand in the evening of `until`.

    Args:
        org: The organisation.
        crm: Its CRM tables of that evening, of which only people, teams and quotas are read.
        users: How many user ids come before that of the first rep.
        until: Day of the export.
    """
    sources = {"reps": "User", "team_assignments": "UserTeamHistory__c", "quotas": "ForecastingQuota"}
    tables = {name: crm[sources[name]].loc[:, list(new)].rename(columns=new) for name, new in RENAMED.items()}
    return {**tables, "bookings": _bookings(org, users, day_number(until + timedelta(days=1)))}


def _bookings(org: Organisation, users: int, tomorrow: int) -> pd.DataFrame:
    """Return the bookings entered before a day, an edited one with the amount that it has by then."""
    rows = org.reported_until(tomorrow - 1)
    rows = rows[rows["quarter"] >= 0].reset_index(drop=True)
    day: Ints = rows["day"].to_numpy(dtype=np.int64)
    refund = (rows["kind"] == "refund").to_numpy()
    number = rows["deal"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "booking_id": identifiers("B", number).where(~refund, identifiers("R", number)),
            "rep_id": identifiers("005", rows["person"] + users),
            "occurred_at": moments(day * DAY + BOOKED_AT),
            "amount": [f"{amount:.2f}" for amount in rows["amount"]],
            "currency": org.settings.currency,
        }
    )
