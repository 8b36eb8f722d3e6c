"""A deal is called by its account, as far as its name was known then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.deal_labels import deal_labels
from features.domain.time import AsOf
from tests.support.staged import Desk, Row

ACCOUNTS: list[Row] = [
    {"account_id": "a1", "name": " Amber Foods "},
    {"account_id": "a2", "name": "Alder Steel"},
    {"account_id": "a3", "name": " "},
]
DEALS: list[Row] = [
    {"opportunity_id": f"00-{number}", "rep_id": "r1", "account_id": account, "created_at": "2026-01-01T00:00:00"}
    for number, account in enumerate(("a1", "a1", "a2", "a2", "a3", None))
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    reps = [{"rep_id": "r1", "name": "Ann"}]
    desk.commit({"reps": reps, "accounts": ACCOUNTS, "opportunities": DEALS}, "2026-02-01")
    return desk


def labels(desk: Desk, open_ids: list[str], closed_ids: list[str] | None = None) -> dict[str, str]:
    with desk.history().known_by(AsOf(date(2026, 3, 1))) as known:
        return deal_labels(known, open_ids, closed_ids or [])


def test_a_deal_is_called_by_its_account(desk: Desk) -> None:
    assert labels(desk, ["00-0", "00-2"]) == {"00-0": "Amber Foods", "00-2": "Alder Steel"}


def test_open_deals_of_one_account_are_told_apart_by_the_ends_of_their_ids(desk: Desk) -> None:
    found = labels(desk, ["00-0", "00-1", "00-2"])
    assert found == {"00-0": "Amber Foods (…00-0)", "00-1": "Amber Foods (…00-1)", "00-2": "Alder Steel"}


def test_a_deal_that_was_decided_does_not_lengthen_the_name_of_an_open_one(desk: Desk) -> None:
    assert labels(desk, ["00-0"], ["00-1", "00-3"]) == {
        "00-0": "Amber Foods",
        "00-1": "Amber Foods",
        "00-3": "Alder Steel",
    }


def test_a_deal_without_an_account_or_of_one_without_a_name_is_left_out(desk: Desk) -> None:
    assert labels(desk, ["00-4", "00-5", "nobody's"]) == {}
    assert labels(desk, []) == {}


def test_a_new_name_counts_from_the_day_it_was_known(desk: Desk) -> None:
    desk.commit({"accounts": [{"account_id": "a1", "name": "Amber Foods Group"}]}, "2026-04-01")

    assert labels(desk, ["00-0"]) == {"00-0": "Amber Foods"}
    with desk.history().known_by(AsOf(date(2026, 4, 2))) as known:
        assert deal_labels(known, ["00-0"]) == {"00-0": "Amber Foods Group"}
