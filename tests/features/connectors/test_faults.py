"""Bad input: every fault is named with file, line, column, value and mend; nothing is guessed or half taken."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from features.connectors.mapping import parse_mapping
from features.connectors.settings import IngestSettings
from features.connectors.stage import stage
from features.domain.errors import CheckFailed, DataMissing, MappingError
from tests.features.connectors.support import HEAD, refused, rows, run, write

MAPPING = """
files: {f: {path: f.csv}}
tables:
  bookings:
    from:
      file: f
      columns:
        booking_id: id
        rep_id: rep
        occurred_at: day
        amount: amount
        split: {column: split, optional: true, default: 1}
"""
TOP = "id,rep,day,amount\n"
GOOD = "1,r,2024-01-01,5\n"


def test_all_faults_are_found_at_once_and_partial_takes_the_rest(tmp_path: Path) -> None:
    lines = [
        GOOD,
        "2,r,nonsense,5\n",
        "3,,2024-01-03,abc\n",
        "4,r,2024-01-04\n",
        "5,r,2024-01-05,7,8\n",
        "6,r,2024-01-06,8\n",
    ]
    source = write(tmp_path / "s", {"f.csv": TOP + "".join(lines)})

    report = refused(source, MAPPING, tmp_path / "w1").report
    staged = run(source, MAPPING, tmp_path / "w2", partial=True)

    assert sorted((f.line, f.column, f.code) for f in report.faults) == [
        (3, "day", "not a date"),
        (4, "amount", "not a number"),
        (4, "rep", "required"),
        (5, "", "3 fields where the header has 4"),
        (6, "", "5 fields where the header has 4"),
    ]
    assert [r["booking_id"] for r in rows(staged, "bookings")] == ["1", "6"]
    assert (staged.report.rows_in, staged.report.accepted, staged.report.quarantined) == (6, 2, 4)
    assert staged.quarantine is not None
    with staged.quarantine.open(encoding="utf-8-sig", newline="") as file:
        assert [row["line"] for row in csv.DictReader(file)] == ["5", "6", "3", "4", "4"]


def test_lines_stay_true_behind_fields_with_line_breaks_and_blank_lines(tmp_path: Path) -> None:
    text = TOP + '1,"a\nb",2024-01-01,5\n\n2,"c ""d""\n\ne",2024-01-02,6\nx,y\n3,r,bad,7\n'
    source = write(tmp_path / "s", {"f.csv": text})

    faults = refused(source, MAPPING, tmp_path / "w").report.faults

    assert [(f.line, f.code) for f in faults] == [(8, "2 fields where the header has 4"), (9, "not a date")]


def test_line_numbers_hold_across_many_blocks(tmp_path: Path) -> None:
    good = "".join(f'{i},"r, {i}",2024-01-01,5\n' for i in range(3000))
    source = write(tmp_path / "s", {"f.csv": TOP + "short\n" + good + "short again\nz,r,bad,1\n"})
    mapping = parse_mapping(HEAD + MAPPING, origin="m")
    (tmp_path / "w").mkdir()

    with pytest.raises(CheckFailed) as caught:
        stage(source, mapping, tmp_path / "w", partial=False, settings=IngestSettings(block_bytes=4096))

    assert "f.csv:2" in str(caught.value)
    assert "f.csv:3003" in str(caught.value)
    assert "f.csv:3004 day 'bad'" in str(caught.value)


def test_a_nul_byte_is_named_and_its_row_left_out(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TOP + GOOD + "2,r\x00,2024-01-02,6\n"})

    fault = refused(source, MAPPING, tmp_path / "w1").report.faults[0]
    staged = run(source, MAPPING, tmp_path / "w2", partial=True)

    assert (fault.line, fault.code, fault.value) == (3, "NUL byte", "\\x00")
    assert [r["booking_id"] for r in rows(staged, "bookings")] == ["1"]


def test_a_quote_that_never_closes_refuses_the_file_even_in_part(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TOP + GOOD + '2,"r,2024-01-02,6\n3,r,2024-01-03,7\n'})

    with pytest.raises(CheckFailed, match=r"a quote that is never closed: 1 \(lines 3\); close the quote"):
        run(source, MAPPING, tmp_path / "w", partial=True)


def test_a_stray_quote_is_text_where_a_field_does_not_begin_with_it(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TOP + '1,5" pipe,2024-01-01,5\n2,r,2024-01-02,6\n'})

    assert rows(run(source, MAPPING, tmp_path / "w"), "bookings")[0]["rep_id"] == '5" pipe'


def test_old_mac_line_ends_are_read(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": (TOP + GOOD).replace("\n", "\r")})

    assert rows(run(source, MAPPING, tmp_path / "w"), "bookings")[0]["_line"] == 2


@pytest.mark.parametrize("split", ["-0.1", "1.1"])
def test_a_share_outside_zero_to_one_is_refused(tmp_path: Path, split: str) -> None:
    source = write(tmp_path / "s", {"f.csv": f"id,rep,day,amount,split\n1,r,2024-01-01,5,{split}\n"})

    fault = refused(source, MAPPING, tmp_path / "w").report.faults[0]

    assert (fault.line, fault.column, fault.code, fault.value) == (2, "split", "share", split)


def test_a_listing_is_capped_and_the_quarantine_file_is_not(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TOP + "1,r,bad,5\n" * 1200})

    error = refused(source, MAPPING, tmp_path / "w")

    assert (len(error.report.faults), error.report.fault_count) == (1000, 1200)
    assert "and 200 more" in str(error)
    assert len(error.quarantine.read_text(encoding="utf-8").splitlines()) == 1201


def test_a_formula_in_a_refused_value_is_made_harmless(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TOP + "1,r,=cmd|calc,5\n"})

    assert ",'=cmd|calc," in refused(source, MAPPING, tmp_path / "w").quarantine.read_text(encoding="utf-8")


def test_empty_files_and_headers_alone_are_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"f\.csv is empty; it needs at least a header"):
        run(write(tmp_path / "s1", {"f.csv": ""}), MAPPING, tmp_path / "w1")
    with pytest.raises(CheckFailed, match="no row was accepted"):
        run(write(tmp_path / "s2", {"f.csv": TOP}), MAPPING, tmp_path / "w2")


def test_a_table_whose_file_is_a_header_alone_is_empty_and_no_fault(tmp_path: Path) -> None:
    mapping = (
        MAPPING.replace("files: {", "files: {p: {path: p.csv}, ")
        + "  reps: {from: {file: p, columns: {rep_id: id, name: id}}}\n"
    )
    source = write(tmp_path / "s", {"f.csv": TOP + GOOD, "p.csv": "id\n"})

    report = run(source, mapping, tmp_path / "w").report

    assert [(t.table, t.accepted, t.undated) for t in report.tables] == [("bookings", 1, 0), ("reps", 0, 0)]


def test_a_folder_that_is_not_there_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="there is no folder"):
        run(tmp_path / "nowhere", MAPPING, tmp_path / "w")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.csv": TOP + GOOD})
    source = write(tmp_path / "s", {})
    (source / "f.csv").symlink_to(outside / "secret.csv")

    with pytest.raises(MappingError, match="leads out of"):
        run(source, MAPPING, tmp_path / "w")


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "a/../../b.csv", "..\\b.csv", "C:\\b.csv"])
def test_a_path_out_of_the_folder_is_refused(path: str) -> None:
    with pytest.raises(MappingError, match="leaves the source folder"):
        parse_mapping(HEAD + MAPPING.replace("f.csv", json.dumps(path)), origin="m")


def test_sizes_are_capped(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TOP + GOOD})
    mapping = parse_mapping(HEAD + MAPPING, origin="m")
    for name, value, message in (("max_file_bytes", 10, "split the export"), ("max_columns", 3, "3 are allowed")):
        work = tmp_path / name
        work.mkdir()
        with pytest.raises(MappingError, match=message):
            stage(source, mapping, work, partial=False, settings=IngestSettings.model_validate({name: value}))


def test_references_without_a_partner_are_counted_not_refused(tmp_path: Path) -> None:
    mapping = (
        MAPPING.replace("files: {", "files: {p: {path: p.csv}, ")
        + "  reps: {from: {file: p, columns: {rep_id: id, name: id}}}\n"
    )
    source = write(tmp_path / "s", {"f.csv": TOP + GOOD + "2,ghost,2024-01-01,5\n", "p.csv": "id\nr\nidle\n"})

    report = run(source, mapping, tmp_path / "w").report

    assert report.orphans == {"bookings whose rep_id is not in reps": 1, "reps without bookings": 1}
    assert "1 reps without bookings" in report.text()
    assert json.loads(json.dumps(report.as_dict()))["accepted"] == 4


def test_the_report_says_sums_days_and_columns_not_used(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "id,rep,day,amount,extra\n1,r,2024-01-01,5,x\n2,r,2024-03-31,-1.25,x\n"})

    report = run(source, MAPPING, tmp_path / "w").report

    table = report.tables[0]
    assert (table.first_day, table.last_day, table.amount) == ("2024-01-01", "2024-03-31", "3.7500")
    assert report.files[0].unmapped_columns == ("extra",)
    assert "2 rows in, 2 accepted, 0 quarantined" in report.text()


def test_rules_across_columns_are_checked(tmp_path: Path) -> None:
    mapping = """
files: {q: {path: q.csv}, d: {path: d.csv}, t: {path: t.csv}}
tables:
  quotas: {from: {file: q, columns: {rep_id: rep, team_id: team, period_start: a, period_end: b, amount: n}}}
  opportunities: {from: {file: d, columns: {opportunity_id: id, rep_id: r, outcome: o, created_at: c, closed_at: e}}}
  team_assignments: {from: {file: t, columns: {rep_id: r, team_id: t, valid_from: a, valid_to: b, weight: w}}}
"""
    source = write(
        tmp_path / "s",
        {
            "q.csv": "rep,team,a,b,n\nx,,2024-02-01,2024-01-31,5\n,,2024-01-01,2024-01-31,5\n"
            "x,t,2024-01-01,2024-01-31,5\nx,,2024-01-01,2024-01-31,-5\n",
            "d.csv": "id,r,o,c,e\n1,r,won,2024-01-01,\n2,r,lost,2024-03-01,2024-02-01\n3,r,maybe,2024-01-01,\n"
            "4,r,won,2024-01-01 18:00:00,2024-01-01\n",
            "t.csv": "r,t,a,b,w\nr,t,2024-01-01,2023-01-01,1\nr,u,2024-01-01,,0\n",
        },
    )

    found = sorted((f.file, f.line, f.code) for f in refused(source, mapping, tmp_path / "w").report.faults)

    assert found == [
        ("d.csv", 2, "outcome"),
        ("d.csv", 3, "closed"),
        ("d.csv", 4, "choices"),
        ("d.csv", 4, "outcome"),
        ("q.csv", 2, "period"),
        ("q.csv", 3, "owner"),
        ("q.csv", 4, "owner"),
        ("q.csv", 5, "quota"),
        ("t.csv", 2, "validity"),
        ("t.csv", 3, "weight"),
    ]
