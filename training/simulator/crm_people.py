"""Users, roles and team membership of a simulated company, as its CRM knows them on a given evening."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from training.simulator.crm_records import CrmRecords
from training.simulator.crm_values import days, identifiers, picked
from training.simulator.market import Ints, day_number
from training.simulator.names import REGIONS, SEGMENT_TITLES, team_name
from training.simulator.organisation import Organisation
from training.simulator.settings import SEGMENTS

CHIEF, DIRECTOR, MANAGER = "Chief Revenue Officer", "Regional Director", "Sales Manager"
LEADERS_BEFORE = timedelta(days=1_400)
MIXED = "Field Sales"


def manager_ids(org: Organisation) -> list[str]:
    """Return user ids of the chief, the regional directors and the team managers, in this order."""
    return list(identifiers("005", np.arange(1 + len(_regions(org)) + len(_teams(org)))))


def _regions(org: Organisation) -> list[int]:
    return sorted(int(region) for region in org.truth.seats["region"].unique())


def _teams(org: Organisation) -> pd.DataFrame:
    """Return one row per team: region, and segment or -1 where a team has several; the index is the team."""
    teams = org.truth.seats.groupby("team", sort=True).agg(
        region=("region", "first"), segment=("segment", "first"), kinds=("segment", "nunique")
    )
    teams["segment"] = teams["segment"].where(teams["kinds"] == 1, -1)
    return teams.drop(columns="kinds")


def _team_names(org: Organisation) -> list[str]:
    names = []
    titles = (*SEGMENT_TITLES, MIXED)
    counted: dict[tuple[int, int], int] = {}
    for region, segment in _teams(org)[["region", "segment"]].itertuples(index=False):
        counted[region, segment] = counted.get((region, segment), 0) + 1
        names.append(team_name(region, titles[segment], counted[region, segment]))
    return names


def team_ids(org: Organisation) -> list[str]:
    """Return the role id of each team."""
    above = 1 + len(_regions(org))
    return list(identifiers("00E", np.arange(len(_teams(org))) + above))


def role_rows(org: Organisation) -> pd.DataFrame:
    """Return the roles: company, regions, teams."""
    regions, teams, managers = _regions(org), _teams(org), manager_ids(org)
    above = identifiers("00E", np.arange(1 + len(regions))).tolist()
    return pd.DataFrame(
        {
            "Id": [*above, *team_ids(org)],
            "Name": ["Company", *(REGIONS[region] for region in regions), *_team_names(org)],
            "ParentRoleId": ["", *[above[0]] * len(regions), *(above[1 + int(r)] for r in teams["region"])],
            "ManagerUserId__c": managers,
        }
    )


def user_rows(org: Organisation, records: CrmRecords, last: date) -> pd.DataFrame:
    """Return leaders, then everybody hired so far; those who left carry their last day and the last team."""
    rows = pd.concat([_leaders(org, records), _reps(org, records, last)], ignore_index=True)
    return rows.assign(TimeZoneSidKey="GMT", CurrencyIsoCode=org.settings.currency)


def _leaders(org: Organisation, records: CrmRecords) -> pd.DataFrame:
    regions, teams, ids = _regions(org), _teams(org), manager_ids(org)
    count = len(regions)
    roles = identifiers("00E", np.arange(1 + count)).tolist()
    team_region = [int(region) for region in teams["region"]]
    hired = [org.settings.start - LEADERS_BEFORE - timedelta(days=17 * i) for i in range(len(ids))]
    segments = [SEGMENTS[s].name if s >= 0 else "" for s in teams["segment"]]
    return pd.DataFrame(
        {
            "Id": ids,
            "Name": records.manager_names,
            "Title": [CHIEF, *[DIRECTOR] * count, *[MANAGER] * len(teams)],
            "ManagerId": ["", *[ids[0]] * count, *(ids[1 + region] for region in team_region)],
            "UserRoleId": [roles[0], *[roles[0]] * count, *(roles[1 + region] for region in team_region)],
            "IsActive": "true",
            "Department": [*[""] * (1 + count), *segments],
            "Region__c": ["", *(REGIONS[region] for region in regions), *(REGIONS[region] for region in team_region)],
            "HireDate__c": [day.isoformat() for day in hired],
            "EndDate__c": "",
            "CreatedDate": [f"{day.isoformat()}T07:00:00.000+0000" for day in hired],
        }
    )


def _known(records: CrmRecords, last: date) -> pd.DataFrame:
    """Return tenures that people know of in the evening of `last`, ends that lie later removed."""
    rows = records.tenures[records.tenures["known"] <= day_number(last)].reset_index(drop=True)
    rows["last"] = rows["last"].where(rows["last"] <= day_number(last), -1)
    return rows


def _places(org: Organisation, seat: Ints) -> tuple[Ints, Ints, Ints]:
    """Return team, region and segment of seats."""
    seats = org.truth.seats
    team, region, segment = (seats[name].to_numpy(dtype=np.int64)[seat] for name in ("team", "region", "segment"))
    return team, region, segment


def _reps(org: Organisation, records: CrmRecords, last: date) -> pd.DataFrame:
    rows = _known(records, last).groupby("person", sort=True).last().reset_index()
    person = rows["person"].to_numpy(dtype=np.int64)
    team, region, segment = _places(org, rows["seat"].to_numpy(dtype=np.int64))
    leaders = len(manager_ids(org))
    hired = org.truth.people["hired"].to_numpy(dtype=np.int64)[person]
    known = records.tenures.groupby("person")["known"].min().loc[person].to_numpy()
    gone = (rows["last"] >= 0).to_numpy()
    return pd.DataFrame(
        {
            "Id": identifiers("005", person + leaders),
            "Name": [records.names[i] for i in person],
            "Title": "Account Executive",
            "ManagerId": picked(manager_ids(org)[1 + len(_regions(org)) :], team),
            "UserRoleId": picked(team_ids(org), team),
            "IsActive": picked(("true", "false"), gone),
            "Department": picked([s.name for s in SEGMENTS], segment),
            "Region__c": picked(REGIONS, region),
            "HireDate__c": days(hired),
            "EndDate__c": days(np.maximum(rows["last"], 0)).where(gone, ""),
            "CreatedDate": days(np.minimum(known, hired)) + "T19:30:00.000+0000",
        }
    )


def team_history_rows(org: Organisation, records: CrmRecords, last: date) -> pd.DataFrame:
    """Return one row per person and stay in a team; who left on the eve of a move never came to the other team."""
    rows = _known(records, last)
    rows = rows[(rows["last"] < 0) | (rows["last"] >= rows["first"])]
    team, region, _ = _places(org, rows["seat"].to_numpy(dtype=np.int64))
    leaders = manager_ids(org)
    ended = (rows["last"] >= 0).to_numpy()
    return pd.DataFrame(
        {
            "Id": identifiers("a0T", rows.index),
            "UserId": identifiers("005", rows["person"] + len(leaders)),
            "TeamId": picked(team_ids(org), team),
            "ManagerId": picked(leaders[1 + len(_regions(org)) :], team),
            "Region": picked(REGIONS, region),
            "StartDate": days(rows["first"]),
            "EndDate": days(np.maximum(rows["last"], 0)).where(ended, ""),
        }
    )
