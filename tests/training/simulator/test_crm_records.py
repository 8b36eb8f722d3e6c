"""The CRM's records before a day of export is chosen: accounts, sources, hand-overs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.simulator.crm_records import SOURCES, CrmRecords, keep_records
from training.simulator.market import day_number
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY


def test_the_same_company_keeps_the_same_records(org: Organisation, records: CrmRecords) -> None:
    again = keep_records(org)
    for name in ("tenures", "deals", "history", "accounts", "owner_changes", "activities"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(records, name))
    assert again.names == records.names


def test_deals_closed_before_the_first_recorded_day_are_not_kept(org: Organisation, records: CrmRecords) -> None:
    start = day_number(org.settings.start)
    deals = org.truth.deals
    expected = deals.loc[(deals["closed"] < 0) | (deals["closed"] >= start), "deal"]
    assert records.deals["deal"].tolist() == expected.tolist()
    assert (deals.loc[expected, "entered_0"] < start).any()


def test_an_account_belongs_to_one_territory_and_exists_from_its_first_deal(records: CrmRecords) -> None:
    by_account = records.deals.groupby("account")
    assert by_account["seat"].nunique().max() == 1
    first = by_account["created"].min()
    accounts = records.accounts.set_index("account")
    assert sorted(accounts.index) == sorted(first.index)
    assert (accounts["created"] <= first.loc[accounts.index]).all()


def test_some_accounts_buy_again_and_only_then_count_as_existing(records: CrmRecords) -> None:
    deals = records.deals
    assert 0.05 < deals["existing"].mean() < 0.6
    first_win = deals[deals["won"]].groupby("account")["closed"].min()
    row = deals[deals["existing"]]
    assert (first_win.loc[row["account"]].to_numpy() < row["created"].to_numpy()).all()


def test_better_sources_bring_better_deals(org: Organisation, records: CrmRecords) -> None:
    quality = org.truth.deals["quality"].loc[records.deals["deal"]].to_numpy()
    mean = records.deals.assign(quality=quality).groupby("source")["quality"].mean()
    assert mean.index.tolist() == list(range(len(SOURCES)))
    assert mean.is_monotonic_increasing


def test_every_hand_over_follows_a_change_of_tenure_in_the_evening(org: Organisation, records: CrmRecords) -> None:
    changes = records.owner_changes
    seat = org.truth.deals["seat"].loc[changes["deal"]].to_numpy()
    day = (changes["moment"] // DAY).to_numpy()
    assert len(changes) > 20
    assert np.array_equal(org.owner(seat, day), changes["old"])
    assert np.array_equal(org.owner(seat, day + 1), changes["new"])
    assert (changes["moment"] % DAY // 3_600 == 18).all()


def test_only_deals_that_are_open_change_hands(org: Organisation, records: CrmRecords) -> None:
    deals = org.truth.deals.loc[records.owner_changes["deal"]]
    day = (records.owner_changes["moment"] // DAY).to_numpy()
    closed = deals["closed"].to_numpy()
    assert np.all(deals["entered_0"].to_numpy() <= day)
    assert np.all((closed < 0) | (closed > day))


def test_no_open_deal_is_forgotten_in_a_hand_over(org: Organisation, records: CrmRecords) -> None:
    tenures = org.truth.tenures
    # the last change of tenure; changes before the first recorded day are not in the CRM
    seat, day = tenures.loc[tenures["known"].idxmax(), ["seat", "known"]].astype(int)
    deals = org.truth.deals[org.truth.deals["seat"] == seat]
    open_then = deals[(deals["entered_0"] <= day) & ((deals["closed"] < 0) | (deals["closed"] > day))]
    moved = records.owner_changes[records.owner_changes["moment"] // DAY == day]
    assert len(open_then) > 0
    assert set(open_then["deal"]) <= set(moved["deal"])
