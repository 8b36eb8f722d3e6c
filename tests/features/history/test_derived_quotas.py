"""Quotas that nobody gave come from what was known on the eve of their period, and nothing later moves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.domain.errors import MappingError
from features.history.derived_quotas import DerivedRule
from tests.support.staged import Desk, Row

RULE = {"rule": "R1", "grain": "quarter"}
SHOWN = ("rep_id", "period_start", "period_end", "amount", "source")


def booking(day: str, amount: float, rep: str = "r1", **more: object) -> Row:
    return {"booking_id": f"{rep}-{day}-{amount}", "rep_id": rep, "occurred_at": day, "amount": amount, **more}


FOUR_QUARTERS = [booking(f"2023-{month:02d}-15", 10_000.0 * n) for n, month in enumerate((2, 5, 8, 11), start=1)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def quotas(desk: Desk, day: str) -> list[tuple[object, ...]]:
    return [row for row in desk.view(day, "quotas", *SHOWN) if str(row[4]).startswith("derived")]


def test_r1_is_five_percent_over_the_mean_of_up_to_four_quarters_rounded_up(desk: Desk) -> None:
    desk.commit({"bookings": FOUR_QUARTERS}, derived_quota_rule=RULE)

    # After two quarters: 1.05 x (10,000 + 20,000) / 2 = 15,750, rounded up to 16,000. After three: 1.05 x 20,000 =
    # 21,000 exactly. After four: 1.05 x 25,000 = 26,250, rounded up to 27,000.
    assert quotas(desk, "2024-01-31") == [
        ("r1", "2023-07-01", "2023-09-30", 16_000.0, "derived:R1"),
        ("r1", "2023-10-01", "2023-12-31", 21_000.0, "derived:R1"),
        ("r1", "2024-01-01", "2024-03-31", 27_000.0, "derived:R1"),
    ]


def test_only_the_last_four_quarters_count_and_an_empty_one_counts_as_nothing(desk: Desk) -> None:
    rows = [booking("2022-02-15", 900_000.0), booking("2023-05-15", 40_000.0)]
    desk.commit({"bookings": rows}, derived_quota_rule=RULE)

    # The four quarters before July 2023 hold 40,000 in all: 1.05 x 10,000 = 10,500, rounded up to 11,000.
    assert ("r1", "2023-07-01", "2023-09-30", 11_000.0, "derived:R1") in quotas(desk, "2023-07-31")


def test_it_is_known_on_the_eve_of_its_quarter(desk: Desk) -> None:
    desk.commit({"bookings": FOUR_QUARTERS}, derived_quota_rule=RULE)

    assert len(quotas(desk, "2023-12-30")) == 2
    assert len(quotas(desk, "2023-12-31")) == 3


def test_a_booking_that_is_known_after_the_eve_does_not_count(desk: Desk) -> None:
    # Booked on 31 December, known on 1 January: too late for the first quarter of 2024.
    desk.commit({"bookings": [*FOUR_QUARTERS, booking("2023-12-31", 1_000_000.0)]}, derived_quota_rule=RULE)

    assert ("r1", "2024-01-01", "2024-03-31", 27_000.0, "derived:R1") in quotas(desk, "2024-01-31")


def test_splits_and_bookings_that_do_not_count_are_honoured(desk: Desk) -> None:
    rows = [
        booking("2023-02-15", 40_000.0, split=0.5),
        booking("2023-05-15", 20_000.0),
        booking("2023-05-16", 70_000.0, status="not counted"),
    ]
    desk.commit({"bookings": rows}, derived_quota_rule=RULE)

    # 1.05 x (20,000 + 20,000) / 2 = 21,000.
    assert quotas(desk, "2023-07-31") == [("r1", "2023-07-01", "2023-09-30", 21_000.0, "derived:R1")]


def test_where_somebody_gave_a_quota_none_is_derived(desk: Desk) -> None:
    given = {"rep_id": "r1", "period_start": "2023-10-01", "period_end": "2023-10-31", "amount": 5}
    desk.commit({"bookings": FOUR_QUARTERS, "quotas": [given]}, derived_quota_rule=RULE)

    assert [row[1] for row in quotas(desk, "2024-01-31")] == ["2023-07-01", "2024-01-01"]


def test_who_has_left_gets_none(desk: Desk) -> None:
    gone = {"rep_id": "r1", "name": "Ann", "end_date": "2023-12-20"}
    desk.commit({"bookings": FOUR_QUARTERS, "reps": [gone]}, derived_quota_rule=RULE)

    assert [row[1] for row in quotas(desk, "2024-01-31")] == ["2023-07-01", "2023-10-01"]


def test_a_fiscal_year_moves_the_quarters(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calendar={"fiscal_start_month": 2})
    desk.commit({"bookings": FOUR_QUARTERS}, derived_quota_rule=RULE)

    # Quarters begin in February, May, August and November.
    assert [row[1] for row in quotas(desk, "2024-02-28")] == ["2023-08-01", "2023-11-01", "2024-02-01"]


def test_once_its_quarter_has_begun_a_late_booking_does_not_move_it(desk: Desk) -> None:
    begun = [*FOUR_QUARTERS, booking("2024-01-10", 1.0)]
    desk.commit({"bookings": begun}, "2024-01-20", derived_quota_rule=RULE)
    desk.commit({"bookings": [*begun, booking("2023-03-03", 500_000.0)]}, "2024-01-25", derived_quota_rule=RULE)

    assert ("r1", "2024-01-01", "2024-03-31", 27_000.0, "derived:R1") in quotas(desk, "2024-01-31")


def test_before_its_quarter_begins_new_bookings_still_move_it(desk: Desk) -> None:
    desk.commit({"bookings": FOUR_QUARTERS}, "2023-11-20", derived_quota_rule=RULE)
    desk.commit({"bookings": [booking("2023-12-01", 20_000.0)]}, "2023-12-05", derived_quota_rule=RULE)

    # 1.05 x (10,000 + 20,000 + 30,000 + 60,000) / 4 = 31,500, rounded up to 32,000.
    assert ("r1", "2024-01-01", "2024-03-31", 32_000.0, "derived:R1") in quotas(desk, "2024-01-31")


def test_a_rule_by_another_name_is_refused() -> None:
    with pytest.raises(MappingError, match="R7"):
        DerivedRule.read({"rule": "R7"})


def month(number: int, amount: float, **more: object) -> Row:
    last = {1: 31, 2: 29, 3: 31, 4: 30}[number]
    start, end = f"2024-{number:02d}-01", f"2024-{number:02d}-{last}"
    return {"rep_id": "r1", "period_start": start, "period_end": end, "amount": amount, **more}


def test_three_monthly_quotas_make_a_quarter_once_the_last_is_known(desk: Desk) -> None:
    # March is known thirty days before it begins: on 31 January.
    desk.commit({"quotas": [month(1, 10), month(2, 20), month(3, 30), month(4, 40)]})

    assert quotas(desk, "2024-01-30") == []
    assert quotas(desk, "2024-01-31") == [("r1", "2024-01-01", "2024-03-31", 60.0, "derived:sum")]


def test_two_months_make_no_quarter(desk: Desk) -> None:
    desk.commit({"quotas": [month(1, 10), month(2, 20), month(4, 40)]})

    assert quotas(desk, "2031-01-01") == []


def test_a_revised_month_revises_the_quarter_from_then_on(desk: Desk) -> None:
    months = [month(n, 10 * n) for n in (1, 2, 3)]
    sales = {"bookings": [booking("2024-02-15", 5.0)]}
    desk.commit({"quotas": months, **sales}, "2024-02-20")
    desk.commit({"quotas": [*months[:2], month(3, 90)]}, "2024-02-25")

    assert quotas(desk, "2024-02-24") == [("r1", "2024-01-01", "2024-03-31", 60.0, "derived:sum")]
    assert quotas(desk, "2024-02-25") == [("r1", "2024-01-01", "2024-03-31", 120.0, "derived:sum")]


def test_a_quarter_quota_that_was_given_stands(desk: Desk) -> None:
    quarter = {"rep_id": "r1", "period_start": "2024-01-01", "period_end": "2024-03-31", "amount": 77}
    desk.commit({"quotas": [quarter, *(month(n, 10) for n in (1, 2, 3))]})

    assert quotas(desk, "2031-01-01") == []


def test_teams_get_their_sums_too(desk: Desk) -> None:
    months = [{**month(n, 10), "rep_id": None, "team_id": "t1"} for n in (1, 2, 3)]
    desk.commit({"quotas": months})

    assert ("t1", 30.0, "derived:sum") in desk.view("2024-03-01", "quotas", "team_id", "amount", "source")
