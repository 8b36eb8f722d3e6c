"""On its first import a row is known by its business time plus the declared lag, and not a moment earlier."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.staged import Desk

ANN = {"rep_id": "r1", "name": "Ann"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_booking_is_known_one_day_after_it_occurred(desk: Desk) -> None:
    desk.commit({"bookings": [{"booking_id": "b", "rep_id": "r1", "occurred_at": "2024-05-31T10:00", "amount": 5}]})

    assert desk.view("2024-05-31", "bookings") == []
    assert desk.view("2024-06-01", "bookings", "amount", "known_at", "known_on") == [
        (5.0, "2024-06-01 10:00", "2024-06-01")
    ]


def test_a_monthly_sum_is_not_known_before_its_month_is_over(desk: Desk) -> None:
    row = {"booking_id": "b", "rep_id": "r1", "occurred_at": "2024-05-01", "amount": 5, "grain": "month"}
    desk.commit({"bookings": [row]})

    assert desk.view("2024-06-01", "bookings") == []
    assert desk.view("2024-06-02", "bookings", "known_at") == [("2024-06-02 00:00",)]


def test_a_weekly_sum_is_not_known_before_its_week_is_over(desk: Desk) -> None:
    # 2024-05-01 is a Wednesday; its week ends with Sunday the 5th, and the lag of one day follows.
    row = {"booking_id": "b", "rep_id": "r1", "occurred_at": "2024-05-01", "amount": 5, "grain": "week"}
    desk.commit({"bookings": [row]})

    assert desk.view("2024-05-31", "bookings", "known_at") == [("2024-05-07 00:00",)]


def test_days_are_those_of_the_company(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calendar={"zone": "Asia/Shanghai"})
    row = {"booking_id": "b", "rep_id": "r1", "occurred_at": "2024-05-31T20:00", "amount": 5}
    desk.commit({"bookings": [row]})

    # 20:00 UTC on the last of May is four in the morning of the first of June in Shanghai.
    assert desk.view("2024-06-03", "bookings", "occurred_on", "known_on") == [("2024-06-01", "2024-06-02")]


def test_that_a_rep_leaves_is_only_known_on_the_day(desk: Desk) -> None:
    desk.commit({"reps": [{**ANN, "end_date": "2024-05-15"}]})

    assert desk.view("1999-01-01", "reps", "name", "end_date") == [("Ann", None)]
    assert desk.view("2024-05-14", "reps", "end_date") == [(None,)]
    assert desk.view("2024-05-15", "reps", "end_date") == [("2024-05-15",)]


def test_an_assignment_is_known_when_it_starts_and_its_end_when_it_ends(desk: Desk) -> None:
    row = {"rep_id": "r1", "team_id": "t1", "valid_from": "2024-02-01", "valid_to": "2024-05-31"}
    desk.commit({"team_assignments": [row]})

    assert desk.view("2024-01-31", "team_assignments") == []
    assert desk.view("2024-05-30", "team_assignments", "valid_to") == [(None,)]
    assert desk.view("2024-05-31", "team_assignments", "valid_to") == [("2024-05-31",)]


def test_an_assignment_of_one_day_is_known_whole(desk: Desk) -> None:
    row = {"rep_id": "r1", "team_id": "t1", "valid_from": "2024-02-01", "valid_to": "2024-02-01"}
    desk.commit({"team_assignments": [row]})

    assert desk.view("2024-02-01", "team_assignments_log", "valid_to") == [("2024-02-01",)]


@pytest.mark.parametrize(
    ("published", "eve", "day"),
    [("2024-03-20T09:00", "2024-03-19", "2024-03-20"), (None, "2024-03-01", "2024-03-02")],
)
def test_a_quota_is_known_from_publication_or_thirty_days_before(
    desk: Desk, published: str | None, eve: str, day: str
) -> None:
    row = {"rep_id": "r1", "period_start": "2024-04-01", "period_end": "2024-04-30", "amount": 9}
    desk.commit({"quotas": [{**row, "published_at": published}]})

    assert desk.view(eve, "quotas") == []
    assert desk.view(day, "quotas", "amount") == [(9.0,)]


def test_an_activity_counts_from_its_log_entry_but_not_before_it_took_place(desk: Desk) -> None:
    call = {"activity_id": "late", "occurred_at": "2024-05-01T09:00", "logged_at": "2024-05-09T09:00", "type": "call"}
    planned = {**call, "activity_id": "planned", "occurred_at": "2024-05-20T09:00"}
    plain = {**call, "activity_id": "plain", "logged_at": None}
    desk.commit({"activities": [call, planned, plain]})

    assert desk.view("2024-06-01", "activities", "activity_id", "known_on") == [
        ("late", "2024-05-09"),
        ("plain", "2024-05-02"),
        ("planned", "2024-05-20"),
    ]


def test_a_kpi_is_not_known_before_its_month_is_over(desk: Desk) -> None:
    desk.commit({"kpi_values": [{"rep_id": "r1", "kpi": "calls", "period": "2024-05-01", "value": 3.0}]})

    assert desk.view("2024-05-31", "kpi_values") == []
    assert desk.view("2024-06-01", "kpi_values", "value") == [(3.0,)]


def test_the_end_of_a_deal_is_not_seen_before_it_came(desk: Desk) -> None:
    deal = {
        "opportunity_id": "o",
        "rep_id": "r1",
        "created_at": "2024-01-10",
        "stage": "Closed Won",
        "amount": 70,
        "expected_close": "2024-03-03",
        "outcome": "won",
        "closed_at": "2024-03-03",
    }
    desk.commit({"opportunities": [deal]}, grade="C")

    shown = ("stage", "amount", "expected_close", "outcome", "closed_at")
    assert desk.view("2024-03-02", "opportunities", *shown) == [(None, None, None, "open", None)]
    assert desk.view("2024-03-03", "opportunities", "stage", "outcome") == [("Closed Won", "won")]


def test_what_an_open_deal_looks_like_today_is_known_from_the_import_on(desk: Desk) -> None:
    deal = {"opportunity_id": "o", "rep_id": "r1", "created_at": "2024-01-10", "stage": "Demo", "amount": 70}
    desk.commit({"opportunities": [deal]}, "2024-06-05T08:00", grade="C")

    assert desk.view("2024-06-04", "opportunities", "stage", "amount") == [(None, None)]
    assert desk.view("2024-06-05", "opportunities", "stage", "amount") == [("Demo", 70.0)]


def test_rows_with_one_key_give_one_row_whatever_their_order(tmp_path: Path) -> None:
    rows = [{"account_id": "a", "name": name} for name in ("Zed", "Abc")]
    first, second = Desk(tmp_path / "1"), Desk(tmp_path / "2")
    result = first.commit({"accounts": rows})
    second.commit({"accounts": rows[::-1]})

    assert first.view("2024-01-01", "accounts", "name") == second.view("2024-01-01", "accounts", "name") == [("Zed",)]
    assert result.report["dataset"]["repeated_keys"] == {"accounts": 1}  # type: ignore[index]
