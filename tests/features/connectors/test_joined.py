"""Joined files: their damage is named, and of several candidates none is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.connectors.misfits import Misfit
from tests.features.connectors.support import refused, rows, run, write

MAPPING = """
files: {b: {path: b.csv}, a: {path: a.csv}}
tables:
  bookings:
    from:
      file: b
      join: [{file: a, left: acc, right: id}]
      columns: {booking_id: id, rep_id: a.owner, occurred_at: day, amount: n}
"""
BOOKINGS = "id,acc,day,n\n1,A,2024-01-01,5\n2,B,2024-01-02,6\n"


def test_an_owner_of_whom_there_are_several_is_not_chosen_even_in_part(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"b.csv": BOOKINGS, "a.csv": "id,owner\nA,r\nA,s\nB,r\n"})

    faults = refused(source, MAPPING, tmp_path / "w1").report.faults
    staged = run(source, MAPPING, tmp_path / "w2", partial=True)

    assert [(f.file, f.line, f.column, f.value, f.code) for f in faults] == [
        ("a.csv", 2, "id", "A", "a joined key stands twice"),
        ("b.csv", 2, "acc", "A", "several partners"),
    ]
    assert "a.csv has it on lines 2, 3" in faults[1].mend
    assert [r["booking_id"] for r in rows(staged, "bookings")] == ["2"]


def test_a_key_that_stands_twice_alike_is_no_doubt(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"b.csv": BOOKINGS, "a.csv": "id,owner\nA,r\nA,r\nB,r\n"})

    assert run(source, MAPPING, tmp_path / "w").tables["bookings"].rows == 2


def test_a_row_without_its_required_partner_is_named_with_the_value(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"b.csv": BOOKINGS, "a.csv": "id,owner\nA,r\n"})

    fault = refused(source, MAPPING.replace("right: id", "right: id, required: true"), tmp_path / "w").report.faults[0]

    assert (fault.line, fault.column, fault.value, fault.code) == (3, "acc", "B", "no partner")


def test_damaged_rows_of_a_joined_file_are_named(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"b.csv": BOOKINGS, "a.csv": "id,owner\nA,r\nB,r,x\nB\nB,r\n"})

    faults = refused(source, MAPPING, tmp_path / "w").report.faults

    assert [(f.file, f.line) for f in faults] == [("a.csv", 3), ("a.csv", 4)]
    assert [f.mend for f in faults] == [
        "quote fields that hold the delimiter",
        "repair the broken line; a remark above or below the table has to go",
    ]


def test_a_quote_that_never_closes_in_a_joined_file_refuses_the_import_even_in_part(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"b.csv": BOOKINGS, "a.csv": 'id,owner\nA,r\nB,"r\n'})

    refusal = refused(source, MAPPING, tmp_path / "w").report

    assert ("a.csv", 3, "a quote that is never closed") in [(f.file, f.line, f.code) for f in refusal.faults]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,owner\nA,é\n".encode("latin-1"), r"a\.csv cannot be joined: a\.csv:2 'byte 0xe9': not utf-8 text"),
        (b"id;owner\nA;r\n", r"a\.csv cannot be joined: a\.csv:1 'id;owner': .*set `delimiter: ';'`"),
        (b"", r"a\.csv is empty"),
        (b"ident,owner\nA,r\n", r"a\.csv: missing column 'id'"),
    ],
)
def test_a_file_that_cannot_be_joined_says_why(text: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(Misfit, match=message):
        run(write(tmp_path / "s", {"b.csv": BOOKINGS, "a.csv": text}), MAPPING, tmp_path / "w")


def test_signs_without_width_do_not_part_what_belongs_together(tmp_path: Path) -> None:
    text = BOOKINGS.replace("A,", "\u200bA\ufeff,")
    source = write(tmp_path / "s", {"b.csv": text, "a.csv": "\u200bid,owner\nA,r\nB\u200e,\u200br\n"})

    assert [r["rep_id"] for r in rows(run(source, MAPPING, tmp_path / "w"), "bookings")] == ["r", "r"]
