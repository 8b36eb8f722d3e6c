"""Everything that a simulated CRM ever held, with the moment from which it held it, not yet cut at a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.simulator.activities import activity_log
from training.simulator.dirt import HANDED_AT, TWIN, Soil
from training.simulator.fates import NEVER
from training.simulator.market import Floats, Ints, Mask, day_number
from training.simulator.names import people_names
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY, WON_STAGE, deal_history

NEW_ACCOUNT = 0.6
SOURCES = ("Purchased List", "Web", "Phone Inquiry", "Partner Referral")
SOURCE_BOUNDS, SOURCE_QUALITY = (-0.88, 0.26, 0.88), 0.3


@dataclass(frozen=True)
class CrmRecords:
    """The CRM's own view, not cut at any day; moments are seconds since 1970-01-01, days count from there.

    Attributes:
        names: Name of each person.
        manager_names: Names of the chief, the regional directors and the team managers, in this order.
        tenures: seat, person, first, last, known, of people who were there at or after the start; by known, then seat.
        deals: deal, seat, created, closed, won, account, source (index into `SOURCES`), existing (whether the account
            bought before), handed (moment from which the seat `receiver` owns it, -1: never), receiver; by deal. A
            second record of a deal has its number plus `dirt.TWIN`.
        history: As of `paper_trail.deal_history`.
        accounts: account, seat, created, industry, country (random integers); by account.
        owner_changes: deal, old, new (people), moment; by moment, then deal.
        activities: As of `activities.activity_log`.
    """

    names: list[str]
    manager_names: list[str]
    tenures: pd.DataFrame
    deals: pd.DataFrame
    history: pd.DataFrame
    accounts: pd.DataFrame
    owner_changes: pd.DataFrame
    activities: pd.DataFrame


def keep_records(org: Organisation) -> CrmRecords:
    """Return the records of an organisation; the same organisation gives the same records."""
    seeds = np.random.SeedSequence([org.settings.seed, 2]).spawn(5)
    name_rng, account_rng, paper_rng, owner_rng, task_rng = (np.random.default_rng(seed) for seed in seeds)
    start = day_number(org.settings.start)
    truth = org.truth.deals
    kept = truth[(truth["closed"] < 0) | (truth["closed"] >= start)].reset_index(drop=True)
    soil = Soil(org)
    clean = deal_history(org, kept, paper_rng)
    history = soil.history(clean)
    deals, accounts = _accounts(kept, clean, account_rng)
    deals = _recorded(org, deals, history)
    tenures = org.truth.tenures
    tenures = tenures[(tenures["last"] < 0) | (tenures["last"] >= start)]
    leaders = 1 + org.truth.seats["region"].nunique() + org.truth.seats["team"].nunique()
    names = people_names(name_rng, leaders + len(org.truth.people))
    return CrmRecords(
        names=names[leaders:],
        manager_names=names[:leaders],
        tenures=tenures.sort_values(["known", "seat"], kind="stable").reset_index(drop=True),
        deals=deals,
        history=history,
        accounts=accounts,
        owner_changes=_owner_changes(org, deals, owner_rng),
        activities=soil.activities(activity_log(org, kept, task_rng)),
    )


def _accounts(kept: pd.DataFrame, history: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put every deal on an account of its territory, new or known, and return deals and accounts."""
    count = len(kept)
    seat = kept["seat"].to_numpy(dtype=np.int64)
    first = ~kept["seat"].duplicated().to_numpy()
    new = first | (rng.random(count) < NEW_ACCOUNT)
    account = _choose(seat, new, rng.random(count))
    moments = history.groupby("deal", sort=True)["moment"]
    created, last = moments.min().to_numpy(), moments.max().to_numpy()
    deals = pd.DataFrame({"deal": kept["deal"], "seat": seat, "created": created, "account": account})
    deals["closed"] = np.where(kept["closed"] >= 0, last, -1)
    deals["won"] = kept["won"]
    score = SOURCE_QUALITY * kept["quality"].to_numpy() + rng.standard_normal(count)
    deals["source"] = np.digitize(score, SOURCE_BOUNDS)
    first_win = deals[deals["won"]].groupby("account")["closed"].min()
    won_at = deals["account"].map(first_win).to_numpy(dtype=np.float64, na_value=np.inf)
    deals["existing"] = won_at < deals["created"]
    accounts = deals.groupby("account", sort=True).agg(seat=("seat", "first"), created=("created", "min")).reset_index()
    accounts["industry"] = rng.integers(1_000, size=len(accounts))
    accounts["country"] = rng.integers(1_000, size=len(accounts))
    return deals, accounts


def _choose(seat: Ints, new: Mask, draw: Floats) -> Ints:
    """Return the account of each deal: a fresh number if `new`, else one of those its seat already has."""
    fresh = np.cumsum(new) - 1
    known: dict[int, list[int]] = {}
    account = np.empty(len(seat), dtype=np.int64)
    for i, place in enumerate(seat.tolist()):
        mine = known.setdefault(place, [])
        if new[i]:
            mine.append(int(fresh[i]))
        account[i] = mine[-1] if new[i] else mine[int(draw[i] * len(mine))]
    return account


def _recorded(org: Organisation, deals: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return the deals as the CRM holds them: closed when it says so, second records and hand-overs included."""
    moments = history.groupby("deal", sort=True)["moment"].min()
    closed = history[history["stage"] >= WON_STAGE].groupby("deal", sort=True)["moment"].min()
    number = moments.index.to_numpy()
    rows = deals.set_index("deal").loc[number % TWIN].reset_index()
    rows = rows.assign(
        deal=number, created=moments.to_numpy(), closed=closed.reindex(number, fill_value=-1).to_numpy(dtype=np.int64)
    )
    twin = number >= TWIN
    rows["won"] &= ~twin
    handed, receiver = (getattr(org.fates, name)[number % TWIN] for name in ("handed", "receiver"))
    rows["handed"] = np.where(twin | (handed == NEVER), -1, handed * DAY + HANDED_AT)
    rows["receiver"] = np.where(twin, rows["seat"], receiver)
    return rows


def _owner_changes(org: Organisation, deals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return who handed which open deal to whom; a successor takes over in the evening, after the day's work."""
    start = day_number(org.settings.start)
    stays = _stays(deals)
    frames = []
    tenures = org.truth.tenures.sort_values(["seat", "known"], kind="stable")
    for seat, group in tenures.groupby("seat", sort=True):
        mine = stays[stays["seat"] == seat]
        people, known = group["person"].to_numpy(), group["known"].to_numpy()
        for i in range(1, len(group)):
            # people who left before the first recorded day do not stand in the CRM
            if known[i] < start:
                continue
            still = mine[(mine["first"] <= known[i]) & ((mine["last"] < 0) | (mine["last"] > known[i]))]
            frames.append(
                pd.DataFrame({"deal": still["deal"], "old": people[i - 1], "new": people[i], "day": known[i]})
            )
    columns = ["deal", "old", "new", "day"]
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns, dtype="int64")
    rows = rows.sort_values(["day", "deal"], kind="stable").reset_index(drop=True)
    rows["moment"] = rows.pop("day") * DAY + 18 * 3_600 + rng.integers(3_600, size=len(rows))
    rows = pd.concat([rows, _handovers(org, deals)], ignore_index=True)
    return rows.sort_values(["moment", "deal"], kind="stable").reset_index(drop=True)


def _stays(deals: pd.DataFrame) -> pd.DataFrame:
    """Return on which seat each deal lies from which day to which: deal, seat, first, last (-1: still there)."""
    passed = (deals["handed"] >= 0).to_numpy()
    end = np.where(deals["closed"] >= 0, deals["closed"] // DAY, -1)
    day = (deals["handed"] // DAY).to_numpy()
    whole = pd.DataFrame({"deal": deals["deal"], "seat": deals["seat"], "first": deals["created"] // DAY})
    whole["last"] = np.where(passed, day, end)
    later = whole[passed].assign(seat=deals["receiver"].to_numpy()[passed], first=day[passed], last=end[passed])
    return pd.concat([whole, later], ignore_index=True)


def _handovers(org: Organisation, deals: pd.DataFrame) -> pd.DataFrame:
    """Return the changes of owner that are no succession: deal, old, new, moment."""
    rows = deals[deals["handed"] >= day_number(org.settings.start) * DAY]
    day = (rows["handed"] // DAY).to_numpy(dtype=np.int64)
    old, new = (org.owner(rows[name].to_numpy(dtype=np.int64), day) for name in ("seat", "receiver"))
    return pd.DataFrame({"deal": rows["deal"], "old": old, "new": new, "moment": rows["handed"]})
