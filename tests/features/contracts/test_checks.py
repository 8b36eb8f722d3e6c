"""The contract of each canonical table, checked on chunks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from features.contracts.checks import MENDS, check_chunk, describe
from features.contracts.faults import Fault, shorten
from features.contracts.tables import CANONICAL, MONEY


def chunk(table: str, **columns: Sequence[object]) -> pa.Table:
    """Return rows of a table; columns that are not given are null."""
    length = len(next(iter(columns.values())))
    spec = CANONICAL[table].columns
    return pa.table({c.name: pa.array(columns.get(c.name, [None] * length), c.type) for c in spec})


def codes(table: str, **columns: Sequence[object]) -> list[tuple[int, str, str]]:
    """Return row, column and rule of every fault, sorted."""
    return sorted((f.row, f.column, f.code) for f in check_chunk(table, chunk(table, **columns)))


BOOKING: dict[str, Sequence[object]] = {
    "booking_id": ["b1", "b2"],
    "rep_id": ["r1", "r2"],
    "occurred_at": [datetime(2024, 1, 1), datetime(2024, 1, 2)],  # noqa: DTZ001
    "amount": [Decimal(5), Decimal(-5)],
    "metric": ["revenue", "revenue"],
    "status": ["counted", "not counted"],
    "grain": ["transaction", "month"],
    "split": [1.0, 0.0],
}


def test_good_bookings_pass() -> None:
    assert codes("bookings", **BOOKING) == []


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("booking_id", None, "required"),
        ("amount", None, "required"),
        ("status", "maybe", "choices"),
        ("grain", "year", "choices"),
        ("split", 1.5, "share"),
        ("split", float("nan"), "required"),
        ("split", float("inf"), "finite"),
        ("amount", Decimal("1000000000000.0001"), "amount"),
        ("occurred_at", datetime(1900, 1, 1), "year"),  # noqa: DTZ001
        ("product_id", "a\x00b", "nul"),
        ("rep_id", "x" * 4001, "length"),
    ],
)
def test_each_rule_names_its_row_and_column(column: str, value: object, code: str) -> None:
    bad = {**BOOKING, column: [BOOKING.get(column, [None, None])[0], value]}

    assert (1, column, code) in codes("bookings", **bad)
    assert {row for row, _, _ in codes("bookings", **bad)} == {1}


def test_all_faults_of_a_chunk_come_at_once() -> None:
    bad = {**BOOKING, "status": ["x", "y"], "rep_id": [None, "r"], "split": [2.0, 1.0]}

    assert codes("bookings", **bad) == [
        (0, "rep_id", "required"),
        (0, "split", "share"),
        (0, "status", "choices"),
        (1, "status", "choices"),
    ]


def test_a_change_must_fit_its_field() -> None:
    at = datetime(2024, 1, 1)  # noqa: DTZ001
    fields = ["amount", "amount", "expected_close", "expected_close", "outcome", "stage", "amount"]
    new = ["12.5", "much", "2024-01-01", "01/01/2024", "done", "anything", None]

    found = codes("opportunity_changes", opportunity_id=["o"] * 7, changed_at=[at] * 7, field=fields, new=new)

    assert found == [(1, "new", "change"), (3, "new", "change"), (4, "new", "change")]


def test_people_leave_after_they_join() -> None:
    found = codes(
        "reps",
        rep_id=["a", "b"],
        name=["A", "B"],
        hire_date=[date(2024, 1, 1)] * 2,
        end_date=[date(2023, 12, 31), date(2024, 1, 1)],
    )

    assert found == [(0, "end_date", "employment")]


@pytest.mark.parametrize("table", sorted(CANONICAL))
def test_every_table_refuses_a_row_without_its_required_values(table: str) -> None:
    spec = CANONICAL[table]
    empty = pa.table({c.name: pa.nulls(1, c.type) for c in spec.columns})

    found = {fault.column for fault in check_chunk(table, empty) if fault.code == "required"}

    assert found == {c.name for c in spec.columns if c.required}


def test_no_rows_have_no_faults() -> None:
    assert check_chunk("reps", chunk("reps", rep_id=[], name=[])) == []


def test_every_rule_has_a_mend_and_choices_are_listed() -> None:
    status = next(c for c in CANONICAL["bookings"].columns if c.name == "status")

    assert all(len(mend) > 10 for mend in MENDS.values())
    assert describe(status, "choices").endswith("counted, not counted")
    assert MONEY.scale == 4


def test_a_fault_reads_as_one_line() -> None:
    fault = Fault("a.csv", 7, "bookings", "amount", "not a number", "x", "write a plain number")

    assert str(fault) == "a.csv:7 amount 'x': not a number; write a plain number"
    assert fault.as_dict()["line"] == 7
    assert shorten("x" * 100).endswith("…")
