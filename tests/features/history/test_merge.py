"""A later import adds what is new and corrects what is wrong, and leaves the settled past as it was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.history.merge import MergeCounts
from tests.support.staged import Desk, Row

MAY: list[Row] = [
    {"booking_id": "b1", "rep_id": "r1", "occurred_at": "2024-05-10", "amount": 10},
    {"booking_id": "b2", "rep_id": "r1", "occurred_at": "2024-05-20", "amount": 20},
]
JUNE: Row = {"booking_id": "b3", "rep_id": "r1", "occurred_at": "2024-06-05", "amount": 30}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_an_overlapping_export_adds_its_new_rows_only(desk: Desk) -> None:
    desk.commit({"bookings": MAY}, "2024-06-01")
    result = desk.commit({"bookings": [*MAY, JUNE]}, "2024-07-01")

    assert result.counts["bookings"] == {
        "new": 1, "changed": 0, "unchanged": 2, "kept": 0, "vanished": 0, "late": 0, "versions": 1,
    }  # fmt: skip
    assert desk.view("2024-06-06", "bookings", "booking_id") == [("b1",), ("b2",), ("b3",)]


def test_a_row_that_changes_is_known_from_that_import_on(desk: Desk) -> None:
    desk.commit({"bookings": MAY}, "2024-06-01")
    result = desk.commit({"bookings": [{**MAY[0], "amount": 11}, MAY[1]]}, "2024-07-01T08:00")

    assert result.counts["bookings"]["changed"] == 1
    assert desk.view("2024-06-30", "bookings", "amount") == [(10.0,), (20.0,)]
    assert desk.view("2024-07-01", "bookings", "amount") == [(11.0,), (20.0,)]


def test_rows_of_a_table_that_only_appends_never_replace(desk: Desk) -> None:
    desk.commit({"bookings": MAY}, "2024-06-01")
    result = desk.commit({"bookings": [{**MAY[0], "amount": 11}, JUNE]}, "2024-07-01", relations={"bookings": "append"})

    assert (result.counts["bookings"]["kept"], result.counts["bookings"]["new"]) == (1, 1)
    assert desk.view("2031-01-01", "bookings", "amount") == [(10.0,), (20.0,), (30.0,)]


def test_a_late_row_is_known_by_its_own_day_and_named_in_the_report(desk: Desk) -> None:
    desk.commit({"bookings": MAY}, "2024-06-01")
    late = {"booking_id": "b0", "rep_id": "r1", "occurred_at": "2023-01-05", "amount": 1}
    result = desk.commit({"bookings": [late]}, "2024-07-01")

    assert result.counts["bookings"]["late"] == 1
    assert "1 rows are about a time that earlier imports already covered" in result.as_text()
    assert desk.view("2023-01-06", "bookings", "booking_id") == [("b0",)]


def test_a_rep_who_leaves_after_the_last_import_leaves_on_the_day(desk: Desk) -> None:
    ann = {"rep_id": "r1", "name": "Ann"}
    desk.commit({"reps": [ann], "bookings": MAY}, "2024-06-01")
    desk.commit({"reps": [{**ann, "end_date": "2024-06-15"}]}, "2024-07-01")

    assert desk.view("2024-06-14", "reps", "end_date") == [(None,)]
    assert desk.view("2024-06-15", "reps", "end_date") == [("2024-06-15",)]


def test_that_a_rep_had_left_before_the_last_import_is_a_correction(desk: Desk) -> None:
    ann = {"rep_id": "r1", "name": "Ann"}
    desk.commit({"reps": [ann], "bookings": MAY}, "2024-06-01")
    desk.commit({"reps": [{**ann, "end_date": "2024-05-02"}]}, "2024-07-01")

    assert desk.view("2024-06-30", "reps", "end_date") == [(None,)]
    assert desk.view("2024-07-01", "reps", "end_date") == [("2024-05-02",)]


def test_a_rep_who_stays_after_all_does_not_leave(desk: Desk) -> None:
    ann = {"rep_id": "r1", "name": "Ann", "end_date": "2024-12-31"}
    desk.commit({"reps": [ann], "bookings": MAY}, "2024-06-01")
    desk.commit({"reps": [{**ann, "end_date": None}]}, "2024-07-01")

    assert desk.view("2025-06-01", "reps", "end_date") == [(None,)]


def test_a_name_is_corrected_from_the_import_on(desk: Desk) -> None:
    desk.commit({"reps": [{"rep_id": "r1", "name": "Anne"}], "bookings": MAY}, "2024-06-01")
    desk.commit({"reps": [{"rep_id": "r1", "name": "Ann"}]}, "2024-07-01")

    assert desk.view("2024-06-30", "reps", "name") == [("Anne",)]
    assert desk.view("2024-07-01", "reps", "name") == [("Ann",)]


def test_the_same_row_back_and_forth_keeps_every_version(desk: Desk) -> None:
    for day, amount in (("2024-06-01", 10), ("2024-06-02", 11), ("2024-06-03", 10)):
        desk.commit({"bookings": [{**MAY[0], "amount": amount}]}, day, source=day)

    seen = [desk.view(day, "bookings", "amount") for day in ("2024-06-01", "2024-06-02", "2024-06-03")]
    assert seen == [[(10.0,)], [(11.0,)], [(10.0,)]]


def test_quotas_without_a_rep_or_a_team_match_by_what_they_have(desk: Desk) -> None:
    quota = {"team_id": "t1", "period_start": "2024-06-01", "period_end": "2024-06-30", "amount": 5}
    desk.commit({"quotas": [quota]}, "2024-06-01")
    result = desk.commit({"quotas": [quota, {**quota, "team_id": None, "rep_id": "t1"}]}, "2024-06-02")

    assert (result.counts["quotas"]["unchanged"], result.counts["quotas"]["new"]) == (1, 1)


def test_counts_of_two_merges_add_up() -> None:
    assert MergeCounts(new=1, late=1) + MergeCounts(new=2, kept=3) == MergeCounts(new=3, kept=3, late=1)
