"""Where deals are the only record of what was sold, a win is a booking of the owner of that moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.staged import Desk, Row

DEAL: Row = {
    "opportunity_id": "o",
    "rep_id": "r2",
    "account_id": "a",
    "created_at": "2024-01-10",
    "amount": 90,
    "outcome": "won",
    "closed_at": "2024-03-03",
}
SHOWN = ("booking_id", "rep_id", "occurred_at", "amount", "known_on")


def change(moment: str, field: str, old: str, new: str) -> Row:
    return {"opportunity_id": "o", "changed_at": moment, "field": field, "old": old, "new": new}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_won_deal_is_a_booking_on_the_day_it_was_won(desk: Desk) -> None:
    desk.commit({"opportunities": [DEAL]}, grade="C", bookings_from_won=True, currency="EUR")

    assert desk.view("2024-03-02", "bookings") == []
    assert desk.view("2024-03-03", "bookings", *SHOWN) == [("won:o", "r2", "2024-03-03 00:00", 90.0, "2024-03-03")]
    assert desk.view("2024-03-03", "bookings", "currency", "account_id", "opportunity_id", "status", "grain") == [
        ("EUR", "a", "o", "counted", "transaction")
    ]


def test_lost_and_open_deals_are_no_bookings(desk: Desk) -> None:
    lost = {**DEAL, "outcome": "lost"}
    opened = {**DEAL, "opportunity_id": "p", "outcome": "open", "closed_at": None}
    desk.commit({"opportunities": [lost, opened]}, grade="C", bookings_from_won=True)

    assert desk.view("2031-01-01", "bookings") == []


def test_the_owner_at_the_win_keeps_it_and_an_edited_amount_is_a_new_version(desk: Desk) -> None:
    changes = [
        change("2024-03-03", "outcome", "open", "won"),
        change("2024-03-20", "rep_id", "r1", "r2"),
        change("2024-04-02", "amount", "120", "90"),
    ]
    result = desk.commit({"opportunities": [DEAL], "opportunity_changes": changes}, grade="A", bookings_from_won=True)

    assert (result.counts["bookings"]["new"], result.counts["bookings"]["versions"]) == (1, 2)
    assert desk.view("2024-04-01", "bookings", *SHOWN) == [("won:o", "r1", "2024-03-03 00:00", 120.0, "2024-03-03")]
    assert desk.view("2024-04-02", "bookings", *SHOWN) == [("won:o", "r1", "2024-03-03 00:00", 90.0, "2024-04-02")]
    # The change of owner after the win is no version of the booking.
    assert len(desk.view("2024-06-01", "bookings_log")) == 2


def test_a_win_taken_back_is_no_booking_any_more(desk: Desk) -> None:
    changes = [change("2024-03-03", "outcome", "open", "won"), change("2024-03-09", "outcome", "won", "open")]
    desk.commit(
        {"opportunities": [{**DEAL, "outcome": "open", "closed_at": None}], "opportunity_changes": changes},
        grade="A",
        bookings_from_won=True,
    )

    assert len(desk.view("2024-03-08", "bookings")) == 1
    assert desk.view("2024-03-09", "bookings") == []


def test_a_win_without_an_amount_is_counted_and_gives_no_booking(desk: Desk) -> None:
    result = desk.commit({"opportunities": [{**DEAL, "amount": None}]}, grade="C", bookings_from_won=True)

    assert desk.view("2031-01-01", "bookings") == []
    assert result.report["dataset"]["deals"]["won_without_amount"] == 1  # type: ignore[index]


def test_a_later_export_that_closes_a_deal_books_it_on_its_day(desk: Desk) -> None:
    opened = {**DEAL, "outcome": "open", "closed_at": None}
    desk.commit({"opportunities": [opened]}, "2024-02-01", grade="C", bookings_from_won=True)
    desk.commit({"opportunities": [DEAL]}, "2024-04-01", grade="C", bookings_from_won=True)

    assert desk.view("2024-03-02", "bookings") == []
    assert desk.view("2024-03-03", "bookings", *SHOWN) == [("won:o", "r2", "2024-03-03 00:00", 90.0, "2024-03-03")]


def test_an_amount_edited_in_a_later_export_is_known_from_then_on(desk: Desk) -> None:
    desk.commit({"opportunities": [DEAL]}, "2024-04-01", grade="C", bookings_from_won=True)
    desk.commit({"opportunities": [{**DEAL, "amount": 70}]}, "2024-05-01", grade="C", bookings_from_won=True)

    assert desk.view("2024-04-30", "bookings", "amount") == [(90.0,)]
    assert desk.view("2024-05-01", "bookings", "amount") == [(70.0,)]
