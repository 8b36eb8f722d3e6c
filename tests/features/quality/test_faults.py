"""Each fault is named with its figures and its mend, and seen no earlier than it could be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from features.contracts.tables import STORED
from features.domain.time import AsOf, add_months
from features.history.known import History, KnownFacts
from features.history.source import DatasetInfo, MemoryFacts
from features.quality.faults import faults_at, feed_faults, owner_fault, scale_fault

Row = dict[str, object]
BASE: dict[str, Row] = {
    "bookings": {"metric": "revenue", "status": "counted", "grain": "transaction", "split": 1.0},
    "quotas": {"metric": "revenue", "source": "given"},
}


def facts(day: date, **tables: Sequence[Row]) -> KnownFacts:
    """Return facts of which every row is known from the beginning."""
    logs = {}
    for name, rows in tables.items():
        schema = STORED[name].arrow_schema()
        known = {"known_at": pa.scalar(0, pa.timestamp("us")).as_py(), "seq": 1, "deleted": False}
        logs[name] = pa.Table.from_pylist([{**BASE.get(name, {}), **known, **row} for row in rows], schema)
    return History(MemoryFacts(DatasetInfo("ds-1"), logs), threads=1).known_by(AsOf(day))


def quota(month: int, amount: int, rep: str = "r1", source: str = "given") -> Row:
    start = date(2024, month, 1)
    end = add_months(start, 1).toordinal() - 1
    period = {"period_start": start, "period_end": date.fromordinal(end)}
    return {"rep_id": rep, "amount": Decimal(amount), "source": source, **period}


def sold(day: date, amount: int, rep: str = "r1", number: int = 0) -> Row:
    return {"booking_id": f"{rep}{day}{number}", "rep_id": rep, "occurred_on": day, "amount": Decimal(amount)}


MONTHS = range(1, 6)


@pytest.mark.parametrize(("amount", "wrong"), [(10, False), (9, True), (1000, False), (1001, True)])
def test_the_scale_is_a_fault_below_a_tenth_and_above_ten(amount: int, wrong: bool) -> None:
    quotas = [quota(month, 100) for month in MONTHS]
    with facts(date(2024, 5, 31), quotas=quotas, bookings=[sold(date(2024, m, 9), amount) for m in MONTHS]) as known:
        fault = scale_fault(known)

    assert (fault is not None) is wrong
    if fault is not None:
        assert fault.figures["median_ratio"] == pytest.approx(amount / 100)
        assert "scale" in fault.sentence


def test_only_the_last_four_closed_periods_are_looked_at() -> None:
    # January was in another unit, June is not over; the four months between are fine.
    amounts = {1: 100_000, 2: 90, 3: 90, 4: 90, 5: 90, 6: 100_000}
    quotas = [quota(month, 100) for month in amounts]
    bookings = [sold(date(2024, month, 9), amount) for month, amount in amounts.items()]
    with facts(date(2024, 6, 29), quotas=quotas, bookings=bookings) as known:
        assert scale_fault(known) is None


def test_reps_without_bookings_say_nothing_about_the_unit() -> None:
    quotas = [quota(month, 100, rep) for month in MONTHS for rep in ("r1", "r2", "r3")]
    with facts(date(2024, 5, 31), quotas=quotas, bookings=[sold(date(2024, m, 9), 80) for m in MONTHS]) as known:
        assert scale_fault(known) is None


def test_quotas_derived_from_bookings_cannot_be_of_another_scale() -> None:
    quotas = [quota(month, 1, source="derived:R1") for month in MONTHS]
    with facts(date(2024, 5, 31), quotas=quotas, bookings=[sold(date(2024, m, 9), 80) for m in MONTHS]) as known:
        assert scale_fault(known) is None


def test_too_few_periods_are_not_judged() -> None:
    with facts(date(2024, 1, 31), quotas=[quota(1, 100)], bookings=[sold(date(2024, 1, 9), 1)]) as known:
        assert scale_fault(known) is None


@pytest.mark.parametrize(("strange", "wrong"), [(5, False), (6, True)])
def test_more_than_five_percent_without_an_owner_is_a_fault(strange: int, wrong: bool) -> None:
    bookings = [sold(date(2024, 5, 1), 100 - strange), sold(date(2024, 5, 2), -strange, "who")]
    with facts(date(2024, 5, 31), reps=[{"rep_id": "r1", "name": "Ann"}], bookings=bookings) as known:
        fault = owner_fault(known)

    # Returns of nobody's customers weigh like sales: 6 of 100 in absolute amount.
    assert (fault is not None) is wrong


def test_without_a_reps_table_owners_are_not_judged() -> None:
    with facts(date(2024, 5, 31), bookings=[sold(date(2024, 5, 1), 100)]) as known:
        assert owner_fault(known) is None


def feed(per_month: dict[int, int]) -> list[Row]:
    return [sold(date(2024, m, 3), 5, number=i) for m, count in per_month.items() for i in range(count)]


@pytest.mark.parametrize(
    ("april", "may", "stopped"), [(0, 0, True), (0, 1, True), (2, 0, False), (0, 2, False), (20, 20, False)]
)
def test_a_feed_stops_when_two_months_hold_hardly_a_row(april: int, may: int, stopped: bool) -> None:
    # The three months before hold 20 rows each: a tenth is 2.
    with facts(date(2024, 5, 31), bookings=feed({1: 20, 2: 20, 3: 20, 4: april, 5: may})) as known:
        found = feed_faults(known)

    assert [fault.code for fault in found] == (["feed_stopped"] if stopped else [])
    assert all("2024-04 and 2024-05" in fault.sentence for fault in found)


def test_a_month_that_is_not_over_has_not_stopped() -> None:
    with facts(date(2024, 5, 30), bookings=feed({1: 20, 2: 20, 3: 20, 4: 0})) as known:
        assert feed_faults(known) == []


def test_a_trickle_and_a_young_feed_are_not_judged() -> None:
    with facts(date(2024, 5, 31), bookings=feed({1: 4, 2: 4, 3: 4})) as known:
        assert feed_faults(known) == []
    with facts(date(2024, 5, 31), bookings=feed({2: 50, 3: 50})) as known:
        assert feed_faults(known) == []


def test_all_faults_come_together() -> None:
    strange = [sold(date(2024, m, 3), 5, "who", i) for m in (1, 2, 3) for i in range(9)]
    quotas = [quota(m, 100, rep) for m in MONTHS for rep in ("who", "r1")]
    with facts(date(2024, 5, 31), reps=[{"rep_id": "r1", "name": "Ann"}], bookings=strange, quotas=quotas) as known:
        assert [fault.code for fault in faults_at(known)] == ["owner_undecidable", "feed_stopped"]


def test_sound_facts_have_no_fault() -> None:
    with facts(date(2024, 5, 31)) as known:
        assert faults_at(known) == ()
