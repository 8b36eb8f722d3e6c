"""Total rows: refused with one fault each, before they count everything twice."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from features.connectors.totals import NAMED_BY, total_rows
from features.contracts.tables import CANONICAL
from tests.features.connectors.support import refused, run, write

MAPPING = """
files: {f: {path: f.csv}}
tables:
  bookings:
    from:
      file: f
      columns: {booking_id: {concat: [rep, month]}, rep_id: rep, occurred_at: month, amount: amount}
"""
TEXT = "rep,month,amount\nAnn,2024-01-31,5\nBo,2024-01-31,7\n{total},2024-01-31,12\n"


@pytest.mark.parametrize("total", ["Total", "GRAND TOTAL:", "合计", "总计：", "Summe", "Sous-total", "* Total *"])
def test_a_sum_below_the_rows_is_refused_with_the_way_to_leave_it_out(total: str, tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TEXT.format(total=total)})

    faults = refused(source, MAPPING, tmp_path / "w1").report.faults
    staged = run(source, MAPPING, tmp_path / "w2", partial=True)

    assert [(f.line, f.column, f.code, f.value) for f in faults] == [(4, "rep", "a total row", total)]
    assert f"`where_not: {{rep: [{total}]}}`" in faults[0].mend
    assert staged.report.tables[0].amount == "12.0000"


def test_a_sum_that_the_mapping_leaves_out_is_no_fault(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TEXT.format(total="合计")})
    mapping = MAPPING.replace("      file: f\n", "      file: f\n      where_not: {rep: [合计]}\n")

    assert run(source, mapping, tmp_path / "w").tables["bookings"].rows == 2


def test_a_total_row_has_one_fault_however_empty_it_is(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "rep,month,amount\nAnn,2024-01-31,5\nTotal,,n/k\n"})

    assert [f.code for f in refused(source, MAPPING, tmp_path / "w").report.faults] == ["a total row"]


@pytest.mark.parametrize("name", ["Totaler", "Total Energies", "Summer", "Ann Sum", "合计部", ""])
def test_a_name_that_only_holds_such_a_word_is_a_name(name: str) -> None:
    rows = pa.table({"rep_id": ["r1"], "name": [name]})

    assert total_rows("reps", rows) == {}


def test_the_columns_looked_at_exist_and_others_are_free() -> None:
    for table, names in NAMED_BY.items():
        assert set(names) <= {column.name for column in CANONICAL[table].columns}
    assert total_rows("accounts", pa.table({"account_id": ["Total"], "name": ["Total"]})) == {}
