"""What a full snapshot no longer holds is closed, never deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.staged import Desk, Row

OPEN: Row = {"opportunity_id": "o", "rep_id": "r1", "created_at": "2024-01-10", "stage": "Demo", "amount": 50}
OTHER: Row = {**OPEN, "opportunity_id": "p"}
FULL = {"opportunities": "snapshot", "bookings": "snapshot", "reps": "snapshot", "team_assignments": "snapshot"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_an_open_deal_that_vanished_is_lost_and_the_reason_is_kept(desk: Desk) -> None:
    desk.commit({"opportunities": [OPEN, OTHER]}, "2024-02-01", relations=FULL, grade="B")
    result = desk.commit({"opportunities": [OTHER]}, "2024-02-02T06:00", relations=FULL, grade="B")

    assert result.counts["opportunities"]["vanished"] == 1
    assert desk.view("2024-02-01", "deal_states", "opportunity_id", "outcome")[:2] == [("o", "open"), ("o", "open")]
    assert desk.view("2024-02-02", "deal_states", "version", "changed_at", "amount", "outcome")[2] == (
        3, "2024-02-02 06:00", 50.0, "lost",
    )  # fmt: skip
    assert ("outcome", "lost:vanished") in desk.view("2024-02-02", "opportunity_changes", "field", "new")


def test_a_closed_deal_that_vanished_stays_closed(desk: Desk) -> None:
    won = {**OPEN, "outcome": "won", "closed_at": "2024-01-20"}
    desk.commit({"opportunities": [won, OTHER]}, "2024-02-01", relations=FULL, grade="C")
    desk.commit({"opportunities": [OTHER]}, "2024-02-02", relations=FULL, grade="C")

    assert desk.view("2031-01-01", "deal_states", "opportunity_id", "outcome")[:2] == [("o", "open"), ("o", "won")]


def test_at_grade_c_a_vanished_deal_is_lost_too(desk: Desk) -> None:
    desk.commit({"opportunities": [OPEN, OTHER]}, "2024-02-01", relations=FULL, grade="C")
    desk.commit({"opportunities": [OTHER]}, "2024-02-02", relations=FULL, grade="C")

    assert desk.view("2031-01-01", "deal_states", "opportunity_id", "outcome") == [
        ("o", "open"),
        ("o", "lost"),
        ("p", "open"),
    ]


def test_a_booking_that_vanished_does_not_count_any_more(desk: Desk) -> None:
    rows = [{"booking_id": b, "rep_id": "r1", "occurred_at": "2024-01-05", "amount": 5} for b in ("b1", "b2")]
    desk.commit({"bookings": rows}, "2024-02-01", relations=FULL)
    desk.commit({"bookings": rows[1:]}, "2024-02-02", relations=FULL)

    assert desk.view("2024-02-01", "bookings", "status") == [("counted",), ("counted",)]
    assert desk.view("2024-02-02", "bookings", "status") == [("not counted",), ("counted",)]


def test_a_booking_that_comes_back_counts_again(desk: Desk) -> None:
    rows = [{"booking_id": b, "rep_id": "r1", "occurred_at": "2024-01-05", "amount": 5} for b in ("b1", "b2")]
    for day, held in (("2024-02-01", rows), ("2024-02-02", rows[1:]), ("2024-02-03", rows)):
        desk.commit({"bookings": held}, day, relations=FULL, source=day)

    assert desk.view("2024-02-03", "bookings", "status") == [("counted",), ("counted",)]


def test_reps_and_assignments_that_vanished_end_on_the_day(desk: Desk) -> None:
    reps = [{"rep_id": r, "name": r} for r in ("r1", "r2")]
    teams = [{"rep_id": r, "team_id": "t", "valid_from": "2024-01-01"} for r in ("r1", "r2")]
    desk.commit({"reps": reps, "team_assignments": teams}, "2024-02-01", relations=FULL)
    desk.commit({"reps": reps[1:], "team_assignments": teams[1:]}, "2024-02-02", relations=FULL)

    assert desk.view("2024-02-02", "reps", "end_date") == [("2024-02-02",), (None,)]
    assert desk.view("2024-02-02", "team_assignments", "valid_to") == [("2024-02-02",), (None,)]


def test_what_is_missing_from_an_upsert_has_not_vanished(desk: Desk) -> None:
    desk.commit({"opportunities": [OPEN, OTHER]}, "2024-02-01", grade="B")
    desk.commit({"opportunities": [OTHER]}, "2024-02-02", grade="B")

    assert {row[0] for row in desk.view("2031-01-01", "deal_states", "outcome")} == {"open"}


def test_a_close_between_two_snapshots_happens_on_its_own_day(desk: Desk) -> None:
    sold = {"bookings": [{"booking_id": "b", "rep_id": "r1", "occurred_at": "2024-01-30", "amount": 5}]}
    desk.commit({"opportunities": [OPEN], **sold}, "2024-02-01", relations=FULL, grade="B")
    won = {**OPEN, "outcome": "won", "closed_at": "2024-02-05"}
    desk.commit({"opportunities": [won]}, "2024-02-08", relations=FULL, grade="B")

    assert desk.view("2024-02-05", "deal_states", "version", "changed_at", "amount", "outcome")[-1] == (
        3, "2024-02-05 00:00", 50.0, "won",
    )  # fmt: skip
