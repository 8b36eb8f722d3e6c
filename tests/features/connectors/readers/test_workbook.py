"""Workbooks of three formats: real `.xls` files that Excel has written, and books under another name."""

from __future__ import annotations

from pathlib import Path

import pytest
import statsmodels

from features.connectors.misfits import Misfit
from features.connectors.readers.workbook import open_workbook
from features.connectors.settings import IngestSettings
from tests.features.connectors.support import rows, run, write
from tests.features.connectors.workbook import workbook_bytes

STATSMODELS = Path(statsmodels.__file__).parent
MACRODATA = STATSMODELS / "datasets" / "macrodata" / "src" / "macrodata.xls" / "macrodata.xls"
NOWCASTING = STATSMODELS / "tsa/statespace/tests/results/frbny_nowcast/Nowcasting/data/US/2016-07-29.xls"
"""Files that come with the package statsmodels: economic series as their sources saved them from Excel."""

needs_macrodata = pytest.mark.skipif(not MACRODATA.is_file(), reason="this statsmodels ships no macrodata.xls")
needs_nowcasting = pytest.mark.skipif(not NOWCASTING.is_file(), reason="this statsmodels ships no nowcasting data")


@needs_nowcasting
def test_a_real_xls_file_gives_its_days_and_numbers(tmp_path: Path) -> None:
    mapping = """
files: {f: {path: f.xls, sheet: data}}
tables:
  kpi_values:
    from: {file: f, columns: {rep_id: {constant: us}, kpi: {constant: UNRATE}, period: Date, value: UNRATE}}
"""
    source = write(tmp_path / "s", {"f.xls": NOWCASTING.read_bytes()})

    found = rows(run(source, mapping, tmp_path / "w", partial=True), "kpi_values")

    # Line 2 is January 1985, before the years that are believed; line 62 is January 1990, 5.4 % unemployed.
    assert (found[0]["_line"], str(found[0]["period"]), found[0]["value"]) == (62, "1990-01-01", 5.4)
    assert [str(row["period"]) for row in found[:3]] == ["1990-01-01", "1990-02-01", "1990-03-01"]


@needs_macrodata
def test_a_real_xls_file_has_sheets_and_lines_above_its_header() -> None:
    names, chunks = open_workbook(MACRODATA, sheet="README", skip_rows=1, columns=(), settings=IngestSettings())

    assert names[0] == "Data Updated: 2009-12-11"
    assert next(chunks).lines[0] > 2
    with pytest.raises(Misfit, match="no sheet 'Quaterly'; is it `Quarterly`"):
        open_workbook(MACRODATA, sheet="Quaterly", skip_rows=0, columns=(), settings=IngestSettings())


@needs_nowcasting
@pytest.mark.parametrize("name", ["f.xlsx", "f.ods", "f.xls"])
def test_a_workbook_is_read_by_what_it_is_and_not_by_its_name(name: str, tmp_path: Path) -> None:
    mapping = f"""
files: {{f: {{path: {name}}}}}
tables: {{reps: {{from: {{file: f, columns: {{rep_id: Date, name: Date}}}}}}}}
"""
    source = write(tmp_path / "s", {name: NOWCASTING.read_bytes()})

    assert rows(run(source, mapping, tmp_path / "w"), "reps")[0]["rep_id"] == "1985-01-01"


def test_an_xlsx_file_named_xls_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.xls"
    path.write_bytes(workbook_bytes([["id", "amount"], ["b1", 12.5]]))

    names, chunks = open_workbook(path, sheet=None, skip_rows=0, columns=(), settings=IngestSettings())

    assert (names, next(chunks).table.to_pylist()) == (["id", "amount"], [{"id": "b1", "amount": "12.5"}])


def test_merged_header_cells_above_the_header_are_found(tmp_path: Path) -> None:
    book = workbook_bytes([["Person", "", "Sale"], ["id", "name", "amount"], ["r1", "Ann", 3]])
    source = write(tmp_path / "s", {"f.xlsx": book})

    with pytest.raises(Misfit, match="line 2 holds these names: set `skip_rows: 1`"):
        run(
            source,
            "files: {f: {path: f.xlsx}}\ntables: {reps: {from: {file: f, columns: {rep_id: id, name: name}}}}\n",
            tmp_path / "w",
        )


@needs_nowcasting
@pytest.mark.parametrize("cut", [20_000, 129_770, 600, 300])
def test_an_xls_file_that_ends_early_is_refused_without_a_word_of_native_code(
    cut: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.xls"
    path.write_bytes(NOWCASTING.read_bytes()[:cut])

    with pytest.raises(Misfit, match=r"f\.xls cannot be opened as a workbook: .*; save it again, as xlsx"):
        open_workbook(path, sheet=None, skip_rows=0, columns=(), settings=IngestSettings())

    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("cut", [30, 200, 900])
def test_an_xlsx_file_that_ends_early_is_refused(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook_bytes([["id", "amount"], ["b1", 12.5]])[:-cut])

    with pytest.raises(Misfit, match="cannot be opened as a workbook"):
        open_workbook(path, sheet=None, skip_rows=0, columns=(), settings=IngestSettings())


def test_a_directory_of_an_xlsx_file_that_is_overwritten_is_refused(tmp_path: Path) -> None:
    data = bytearray(workbook_bytes([["id", "amount"], ["b1", 12.5]]))
    start = data.index(b"PK\x01\x02")
    data[start : start + 4] = b"XXXX"
    path = tmp_path / "f.xlsx"
    path.write_bytes(bytes(data))

    with pytest.raises(Misfit, match="cannot be opened as a workbook"):
        open_workbook(path, sheet=None, skip_rows=0, columns=(), settings=IngestSettings())
