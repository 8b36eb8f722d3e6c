"""A deal's whole state after each change, as far as its source can say what it was then."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.support.staged import Desk, Row

DEAL: Row = {
    "opportunity_id": "o",
    "rep_id": "r2",
    "account_id": "a",
    "created_at": "2024-01-10",
    "stage": "Won",
    "amount": 90,
    "expected_close": "2024-03-01",
    "outcome": "won",
    "closed_at": "2024-03-03",
}
SHOWN = ("version", "changed_at", "rep_id", "stage", "amount", "expected_close", "outcome")


def change(moment: str, field: str, old: object, new: object) -> Row:
    return {"opportunity_id": "o", "changed_at": moment, "field": field, "old": old, "new": new}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_full_history_is_replayed_change_by_change(desk: Desk) -> None:
    changes = [
        change("2024-02-01", "stage", "Demo", "Offer"),
        change("2024-02-01", "amount", "50", "90"),
        change("2024-02-10", "rep_id", "r1", "r2"),
        change("2024-03-03", "stage", "Offer", "Won"),
        change("2024-03-03", "outcome", "open", "won"),
    ]
    desk.commit({"opportunities": [DEAL], "opportunity_changes": changes}, grade="A")

    # The expected close never changed, so today's value was there from the start.
    assert desk.view("2024-04-01", "deal_states", *SHOWN) == [
        (1, "2024-01-10 00:00", "r1", "Demo", 50.0, "2024-03-01", "open"),
        (2, "2024-02-01 00:00", "r1", "Offer", 90.0, "2024-03-01", "open"),
        (3, "2024-02-10 00:00", "r2", "Offer", 90.0, "2024-03-01", "open"),
        (4, "2024-03-03 00:00", "r2", "Won", 90.0, "2024-03-01", "won"),
    ]
    assert desk.view("2024-02-09", "deal_states", "version", "rep_id") == [(1, "r1"), (2, "r1")]


def test_a_row_of_history_at_creation_gives_the_first_state(desk: Desk) -> None:
    changes = [
        change("2024-01-10", "stage", None, "Demo"),
        change("2024-01-10", "amount", None, "50"),
        change("2024-02-01", "amount", "50", "90"),
    ]
    desk.commit(
        {"opportunities": [{**DEAL, "outcome": "open", "closed_at": None}], "opportunity_changes": changes}, grade="A"
    )

    assert desk.view("2024-04-01", "deal_states", "version", "stage", "amount") == [
        (1, "Demo", 50.0),
        (2, "Demo", 90.0),
    ]


def test_a_closing_that_no_change_tells_of_is_taken_from_the_deal(desk: Desk) -> None:
    desk.commit(
        {"opportunities": [DEAL], "opportunity_changes": [change("2024-02-01", "amount", "50", "90")]}, grade="A"
    )

    assert desk.view("2024-04-01", "deal_states", "version", "changed_at", "amount", "outcome") == [
        (1, "2024-01-10 00:00", 50.0, "open"),
        (2, "2024-02-01 00:00", 90.0, "open"),
        (3, "2024-03-03 00:00", 90.0, "won"),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_changes_of_one_instant_are_a_chain_whatever_their_order(desk: Desk, order: tuple[int, ...]) -> None:
    # Demo -> Offer -> Legal in one second: the end of the chain is the value that nothing else starts from.
    chain = [change("2024-02-01", "stage", *step) for step in (("Demo", "Zoom"), ("Zoom", "Offer"), ("Offer", "Legal"))]
    desk.commit(
        {"opportunities": [{**DEAL, "outcome": "open"}], "opportunity_changes": [chain[i] for i in order]}, grade="A"
    )

    assert desk.view("2024-04-01", "deal_states", "version", "stage") == [(1, "Demo"), (2, "Legal")]


def test_a_field_that_was_emptied_is_empty(desk: Desk) -> None:
    changes = [change("2024-02-01", "amount", "50", None), change("2024-02-10", "amount", None, "60")]
    desk.commit({"opportunities": [DEAL], "opportunity_changes": changes}, grade="A")

    assert desk.view("2024-02-20", "deal_states", "amount") == [(50.0,), (None,), (60.0,)]


def test_a_current_state_says_nothing_of_an_open_deal(desk: Desk) -> None:
    other = {**DEAL, "opportunity_id": "p", "outcome": "open", "closed_at": None}
    desk.commit({"opportunities": [DEAL, other]}, grade="C")

    assert desk.view("2031-01-01", "deal_states", "opportunity_id", "stage", "amount", "expected_close", "outcome") == [
        ("o", None, None, None, "open"),
        ("o", None, 90.0, None, "won"),
        ("p", None, None, None, "open"),
    ]


def test_own_snapshots_grow_a_history_from_the_first_one_on(desk: Desk) -> None:
    opened = {**DEAL, "outcome": "open", "closed_at": None, "stage": "Demo", "amount": 50}
    desk.commit({"opportunities": [opened]}, "2024-02-01", relations={"opportunities": "snapshot"}, grade="B")
    desk.commit(
        {"opportunities": [{**opened, "stage": "Offer", "amount": 90}]},
        "2024-02-02",
        relations={"opportunities": "snapshot"},
        grade="B",
    )

    assert desk.view("2024-01-31", "deal_states", "stage", "amount") == [(None, None)]
    assert desk.view("2024-02-02", "deal_states", "version", "changed_at", "stage", "amount") == [
        (1, "2024-01-10 00:00", None, None),
        (2, "2024-02-01 00:00", "Demo", 50.0),
        (3, "2024-02-02 00:00", "Offer", 90.0),
    ]


def test_a_deal_without_a_creation_date_is_kept_and_counted_but_has_no_states(desk: Desk) -> None:
    result = desk.commit({"opportunities": [{**DEAL, "created_at": None}]}, grade="C")

    assert desk.view("2031-01-01", "deal_states") == []
    assert desk.view("2031-01-01", "opportunities", "opportunity_id") == [("o",)]
    assert result.report["dataset"]["deals"]["undated"] == 1  # type: ignore[index]


def test_an_amount_that_is_none_is_counted(desk: Desk) -> None:
    result = desk.commit(
        {"opportunities": [DEAL], "opportunity_changes": [change("2024-02-01", "amount", "50", "lots")]}, grade="A"
    )

    assert desk.view("2024-02-10", "deal_states", "amount") == [(50.0,), (None,)]
    assert result.report["dataset"]["deals"]["unreadable"] == 1  # type: ignore[index]


def test_changes_of_a_deal_that_never_came_are_counted(desk: Desk) -> None:
    result = desk.commit({"opportunity_changes": [change("2024-02-01", "amount", "50", "60")]}, grade="A")

    assert result.report["dataset"]["deals"]["orphaned"] == 1  # type: ignore[index]


def test_a_new_change_is_an_event_known_on_its_day(desk: Desk) -> None:
    opened = {**DEAL, "outcome": "open", "closed_at": None}
    first = [change("2024-02-01", "amount", "50", "90")]
    desk.commit({"opportunities": [opened], "opportunity_changes": first}, "2024-02-15", grade="A")
    second = [*first, change("2024-03-03", "outcome", "open", "won")]
    desk.commit({"opportunities": [DEAL], "opportunity_changes": second}, "2024-06-01", grade="A")

    assert desk.view("2024-03-02", "deal_states", "version") == [(1,), (2,)]
    assert desk.view("2024-03-03", "deal_states", "version", "outcome") == [(1, "open"), (2, "open"), (3, "won")]


def test_news_of_the_settled_past_is_known_from_the_import_on(desk: Desk) -> None:
    changes = [change("2024-02-01", "amount", "50", "90"), change("2024-03-03", "outcome", "open", "won")]
    desk.commit({"opportunities": [DEAL], "opportunity_changes": changes}, "2024-03-10", grade="A")
    late = [*changes, change("2024-02-20", "amount", "90", "70")]
    desk.commit({"opportunities": [DEAL], "opportunity_changes": late}, "2024-06-01", grade="A")

    shown = ("version", "changed_at", "amount", "outcome")
    assert desk.view("2024-05-31", "deal_states", *shown) == [
        (1, "2024-01-10 00:00", 50.0, "open"),
        (2, "2024-02-01 00:00", 90.0, "open"),
        (3, "2024-03-03 00:00", 90.0, "won"),
    ]
    assert desk.view("2024-06-01", "deal_states", *shown) == [
        (1, "2024-01-10 00:00", 50.0, "open"),
        (2, "2024-02-01 00:00", 90.0, "open"),
        (3, "2024-02-20 00:00", 70.0, "open"),
        (4, "2024-03-03 00:00", 70.0, "won"),
    ]
