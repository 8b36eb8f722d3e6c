"""What a mapping can say, one test per ability, each with the input and the result in sight."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.domain.errors import MappingError
from tests.features.connectors.support import refused, rows, run, write
from tests.features.connectors.workbook import ods_bytes, workbook_bytes

BOOKINGS = """
files: {{f: {{path: "{path}"{extra}}}}}
tables:
  bookings:
    from:
      - file: f
        columns: {{booking_id: id, rep_id: rep, occurred_at: {day}, amount: {amount}}}
"""


def bookings(path: str, *, extra: str = "", day: str = "day", amount: str = "amount") -> str:
    """Return a mapping of bookings with one thing changed."""
    return BOOKINGS.format(path=path, extra=extra, day=day, amount=amount)


def one(tmp_path: Path, text: str | bytes, mapping: str, name: str = "f.csv") -> dict[str, object]:
    """Stage a file with one row and return that row."""
    source = write(tmp_path / "source", {name: text})
    found = rows(run(source, mapping, tmp_path / "work"), "bookings")
    assert len(found) == 1
    return found[0]


PLAIN = "id,rep,day,amount\nb1,王芳,2024-02-29,12.5\n"


@pytest.mark.parametrize(
    ("written", "declared", "found"),
    [
        ("utf-8", "", "utf-8"),
        ("utf-8-sig", "", "utf-8-sig"),
        ("utf-16", ", encoding: utf-16", "utf-16"),
        ("gb18030", ", encoding: gb18030", "gb18030"),
    ],
)
def test_each_declared_encoding_is_read_and_named(tmp_path: Path, written: str, declared: str, found: str) -> None:
    source = write(tmp_path / "source", {"f.csv": PLAIN.encode(written)})

    staged = run(source, bookings("f.csv", extra=declared), tmp_path / "work")

    assert rows(staged, "bookings")[0]["rep_id"] == "王芳"
    assert staged.report.files[0].encoding == found


def test_latin_1_is_read_when_declared(tmp_path: Path) -> None:
    row = one(
        tmp_path,
        "id,rep,day,amount\nb1,José,2024-02-29,1\n".encode("latin-1"),
        bookings("f.csv", extra=", encoding: latin-1"),
    )

    assert row["rep_id"] == "José"


def test_an_undeclared_encoding_is_refused_with_both_readings_shown(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"f.csv": PLAIN.encode("gb18030")})

    fault = refused(source, bookings("f.csv"), tmp_path / "work").report.faults[0]

    assert (fault.file, fault.line, fault.code) == ("f.csv", 2, "not utf-8 text")
    assert "gb18030 would read" in fault.mend
    assert "cp1252 would read" in fault.mend
    assert "王芳" in fault.mend


def test_utf_8_wins_over_a_declared_encoding_that_would_also_decode(tmp_path: Path) -> None:
    assert one(tmp_path, PLAIN, bookings("f.csv", extra=", encoding: gb18030"))["rep_id"] == "王芳"


@pytest.mark.parametrize(("sign", "declared"), [(";", '";"'), ("\t", "tab"), ("|", '"|"')])
def test_each_delimiter_is_read_when_declared(tmp_path: Path, sign: str, declared: str) -> None:
    text = PLAIN.replace(",", sign)

    assert one(tmp_path, text, bookings("f.csv", extra=f", delimiter: {declared}"))["amount"] == Decimal("12.5000")


def test_a_wrong_delimiter_is_named_with_the_right_one(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"f.csv": PLAIN.replace(",", ";")})

    fault = refused(source, bookings("f.csv"), tmp_path / "work").report.faults[0]

    assert fault.line == 1
    assert "delimiter: ';'" in fault.mend


def test_a_file_without_header_gets_its_names_from_the_mapping(tmp_path: Path) -> None:
    row = one(
        tmp_path, "b1,r1,2024-02-29,5\n", bookings("f.csv", extra=", header: false, columns: [id, rep, day, amount]")
    )

    assert (row["booking_id"], row["_line"]) == ("b1", 1)


def test_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    row = one(tmp_path, "Report of March\n\n" + PLAIN, bookings("f.csv", extra=", skip_rows: 2"))

    assert row["_line"] == 4


def test_headers_match_loosely_when_asked(tmp_path: Path) -> None:
    text = "Order_ID,REP,Order Day,amount\nb1,r1,2024-02-29,5\n"
    mapping = "headers: loose\n" + bookings("f.csv", day="orderday").replace("booking_id: id", "booking_id: orderId")

    assert one(tmp_path, text, mapping)["booking_id"] == "b1"


def test_headers_match_exactly_unless_asked(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"f.csv": PLAIN.replace("id,", "ID,")})

    with pytest.raises(MappingError, match=r"missing column 'id'; .* set `headers: loose`; the file has ID, rep"):
        run(source, bookings("f.csv"), tmp_path / "work")


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    table = pa.table({"id": [7], "rep": ["r1"], "day": [date(2024, 2, 29)], "amount": [0.1]})
    pq.write_table(table, source / "f.parquet")

    row = rows(run(source, bookings("f.parquet"), tmp_path / "work"), "bookings")[0]

    assert (row["booking_id"], row["occurred_at"], row["amount"]) == ("7", datetime(2024, 2, 29), Decimal("0.1000"))  # noqa: DTZ001


def test_a_workbook_is_read(tmp_path: Path) -> None:
    book = workbook_bytes([["id", "rep", "day", "amount"], ["b1", "r1", "2024-02-29", 12.5]])

    assert one(tmp_path, book, bookings("f.xlsx"), "f.xlsx")["amount"] == Decimal("12.5000")


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"f.xlsx": workbook_bytes([["0" * 30_000_000]])})

    with pytest.raises(MappingError, match="unpacks to"):
        run(source, bookings("f.xlsx"), tmp_path / "work")


def test_an_opendocument_spreadsheet_is_read_with_its_numbers_and_days(tmp_path: Path) -> None:
    head = ["id", "rep", "day", "amount"]
    book = ods_bytes({"Sales": [head, ["b1", "r1", date(2024, 2, 29), 12.5]], "Old": [head]}, blank_rows=1_048_570)

    row = one(tmp_path, book, bookings("f.ods"), "f.ods")

    assert (row["amount"], str(row["occurred_at"])) == (Decimal("12.5000"), "2024-02-29 00:00:00")


def test_a_sheet_of_an_opendocument_spreadsheet_is_taken_by_name(tmp_path: Path) -> None:
    book = ods_bytes({"Notes": [["nothing"]], "Sales": [["id", "rep", "day", "amount"], ["b1", "r1", "2024-02-29", 7]]})

    assert one(tmp_path, book, bookings("f.ods", extra=", sheet: Sales"), "f.ods")["amount"] == Decimal(7)
    source = write(tmp_path / "other", {"f.ods": book})
    with pytest.raises(MappingError, match=r"no sheet 'Gone'; it has Notes, Sales"):
        run(source, bookings("f.ods", extra=", sheet: Gone"), tmp_path / "work2")


def test_an_opendocument_spreadsheet_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"f.ods": ods_bytes({"S": [["0" * 30_000_000]]})})

    with pytest.raises(MappingError, match="unpacks to"):
        run(source, bookings("f.ods"), tmp_path / "work")


@pytest.mark.parametrize("name", ["f.xls", "f.ods", "f.xlsx"])
def test_a_damaged_workbook_is_refused_with_the_way_to_mend_it(name: str, tmp_path: Path) -> None:
    source = write(tmp_path / "source", {name: b"\xd0\xcf\x11\xe0 this is no workbook"})

    with pytest.raises(MappingError, match=f"{name} cannot be opened as a workbook: .*; save it again, as xlsx"):
        run(source, bookings(name), tmp_path / "work")


def test_json_records_are_read_from_a_list_or_a_key(tmp_path: Path) -> None:
    record = {"id": "b1", "rep": "r1", "day": "2024-02-29", "amount": 12.25}

    row = one(tmp_path, json.dumps({"data": [record]}), bookings("f.json", extra=", records: data"), "f.json")

    assert row["amount"] == Decimal("12.2500")


def test_json_lines_are_read(tmp_path: Path) -> None:
    row = one(tmp_path, '\n{"id": 1, "rep": "r1", "day": "2024-02-29", "amount": 2}\n', bookings("f.jsonl"), "f.jsonl")

    assert row["_line"] == 2


def test_an_sqlite_query_is_read_and_may_not_write(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    with sqlite3.connect(source / "crm.sqlite") as con:
        con.execute("CREATE TABLE o (id TEXT, rep TEXT, day TEXT, amount REAL)")
        con.execute("INSERT INTO o VALUES ('b1', 'r1', '2024-02-29', 3.5), ('b2', 'r1', '2024-03-01', 4)")
    con.close()
    select = bookings("crm.sqlite", extra=', query: "SELECT * FROM o WHERE amount < 4"')

    assert [r["booking_id"] for r in rows(run(source, select, tmp_path / "work"), "bookings")] == ["b1"]
    for query in ("DELETE FROM o", "ATTACH 'x.db' AS x", "PRAGMA journal_mode = WAL"):
        with pytest.raises(MappingError, match="only one SELECT is allowed"):
            run(source, bookings("crm.sqlite", extra=f', query: "{query}"'), tmp_path / "work2")


@pytest.mark.parametrize(
    ("text", "entry", "amount"),
    [
        ('"¥1,234.50"', "amount", "1234.5"),
        ("€ 1 234", "{column: amount, thousands: ' '}", "1234"),
        ('"1.234,56"', "{column: amount, decimal: ','}", "1234.56"),
        ("(12.5)", "amount", "-12.5"),
        ("7-", "amount", "-7"),
        ("12.5", "{column: amount, scale: 1000}", "12500"),
        ("3.2", "{column: amount, scale: 10000}", "32000"),
        ("3.2万", "amount", "32000"),
        ("1e3", "amount", "1000"),
        ("n.v.", '{column: amount, nulls: ["n.v."], default: 0}', "0"),
        ("0.00005", "amount", "0"),
        ("999999999999.9999", "amount", "999999999999.9999"),
    ],
)
def test_numbers_are_read_exactly(tmp_path: Path, text: str, entry: str, amount: str) -> None:
    row = one(tmp_path, f"id,rep,day,amount\nb1,r1,2024-02-29,{text}\n", bookings("f.csv", amount=entry))

    assert row["amount"] == Decimal(amount)


@pytest.mark.parametrize("text", ['"1,5"', '"1.234,56"', "abc", "nan", "inf", "1e308", "2000000000000", "½", "--5", ""])
def test_what_is_no_believable_number_is_refused(tmp_path: Path, text: str) -> None:
    source = write(tmp_path / "source", {"f.csv": f"id,rep,day,amount\nb1,r1,2024-02-29,{text}\n"})

    fault = refused(source, bookings("f.csv"), tmp_path / "work").report.faults[0]

    assert (fault.line, fault.column) == (2, "amount")
    assert fault.mend


@pytest.mark.parametrize(
    ("text", "entry", "day"),
    [
        ("2024-02-29", "day", "2024-02-29 00:00"),
        ("2024/2/9", "day", "2024-02-09 00:00"),
        ("2024.02.29", "day", "2024-02-29 00:00"),
        ("20240229", "day", "2024-02-29 00:00"),
        ("2024年2月29日", "day", "2024-02-29 00:00"),
        ("2024-02-29T10:30:00Z", "day", "2024-02-29 10:30"),
        ("2023-03-31T14:05:00.000+0000", "day", "2023-03-31 14:05"),
        ("2024-02-29 10:30:00+08:00", "day", "2024-02-29 02:30"),
        ("29.02.2024", "{column: day, format: '%d.%m.%Y'}", "2024-02-29 00:00"),
        ("02/03/2024", "{column: day, format: '%d/%m/%Y'}", "2024-03-02 00:00"),
        ("02/03/2024", "{column: day, format: '%m/%d/%Y'}", "2024-02-03 00:00"),
        ("1709202600000", "{column: day, format: epoch_ms}", "2024-02-29 10:30"),
        ("1709202600", "{column: day, format: epoch_s}", "2024-02-29 10:30"),
        ("45351", "{column: day, format: excel}", "2024-02-29 00:00"),
        ("2024-02-29 10:30:00", "{column: day, zone: America/New_York}", "2024-02-29 15:30"),
        ("2024-02-29", "{column: day, to: quarter_end}", "2024-03-31 00:00"),
    ],
)
def test_dates_are_read_as_utc(tmp_path: Path, text: str, entry: str, day: str) -> None:
    row = one(tmp_path, f"id,rep,day,amount\nb1,r1,{text},1\n", bookings("f.csv", day=entry))

    assert row["occurred_at"] == datetime.strptime(day, "%Y-%m-%d %H:%M")  # noqa: DTZ007


def test_a_day_begins_at_midnight_of_the_company(tmp_path: Path) -> None:
    row = one(tmp_path, PLAIN, "calendar: {zone: Asia/Shanghai}\n" + bookings("f.csv"))

    assert row["occurred_at"] == datetime(2024, 2, 28, 16)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("02/03/2020", "it may be 2020-03-02 or 2020-02-03"),
        ("25/03/2020", "it may be 2020-03-25; declare `format: '%d/%m/%Y'`"),
        ("31/31/2020", "there is no such day"),
        ("2020-02-30", "there is no such day"),
        ("1066-10-14", "outside 1990..2100"),
        ("2100-01-01", "outside 1990..2100"),
        ("soon", "write it as 2020-12-31"),
    ],
)
def test_dates_that_cannot_be_trusted_are_refused(tmp_path: Path, text: str, mend: str) -> None:
    source = write(tmp_path / "source", {"f.csv": f"id,rep,day,amount\nb1,r1,{text},1\n"})

    fault = refused(source, bookings("f.csv"), tmp_path / "work").report.faults[0]

    assert (fault.line, fault.column, fault.value) == (2, "day", text)
    assert mend in fault.mend


def test_an_optional_joined_file_may_be_missing_altogether(tmp_path: Path) -> None:
    mapping = """
files: {people: {path: people.csv}, teams: {path: teams.csv, optional: true}}
tables:
  reps:
    from:
      - file: people
        join: [{file: teams, left: team, right: id, optional: true}]
        columns: {rep_id: id, name: name, region: {column: teams.region, optional: true}}
"""
    alone = write(tmp_path / "alone", {"people.csv": "id,name,team\n1,Ana,7\n"})
    assert rows(run(alone, mapping, tmp_path / "a"), "reps")[0]["region"] is None
    beside = write(tmp_path / "beside", {"people.csv": "id,name,team\n1,Ana,7\n", "teams.csv": "id,region\n7,North\n"})
    assert rows(run(beside, mapping, tmp_path / "b"), "reps")[0]["region"] == "North"
