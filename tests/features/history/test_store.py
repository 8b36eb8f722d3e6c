"""A dataset version is exactly the table versions that the log names, whatever was written since."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from features.contracts.tables import STORED
from features.domain.errors import CheckFailed, NoDataset
from features.history.store import EMPTY, DeltaFactStore, open_history
from tests.support.dataset_log import MemoryDatasetLog
from tests.support.staged import Desk, Row

ROW: Row = {"booking_id": "b1", "rep_id": "r1", "occurred_at": "2024-05-10", "amount": 10}


def accounts(*names: str) -> pa.RecordBatchReader:
    schema = STORED["accounts"].arrow_schema()
    rows = pa.Table.from_pylist([{"account_id": name, "seq": 1, "deleted": False} for name in names], schema)
    return rows.to_reader()


def test_without_an_import_there_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(NoDataset, match="paceline ingest"):
        open_history(tmp_path, MemoryDatasetLog())


def test_a_version_that_nobody_recorded_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(NoDataset, match="ds-none"):
        open_history(tmp_path, MemoryDatasetLog(), "ds-none")


def test_a_version_does_not_see_what_was_imported_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = desk.commit({"bookings": [ROW]})
    held = desk.history()
    desk.commit({"bookings": [{**ROW, "booking_id": "b2"}]})

    for history in (held, desk.history(first.dataset_version)):
        assert len(history.source.files("bookings")) == 1
    assert len(desk.history().source.files("bookings")) == 2
    assert desk.history().source.arrow("bookings") is None


def test_a_table_that_never_had_rows_has_no_files(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.commit({"bookings": [ROW]})

    assert desk.history().source.files("activities") == ()


def test_what_stands_above_the_recorded_version_is_put_aside(tmp_path: Path) -> None:
    store = DeltaFactStore(tmp_path)
    base = store.append("accounts", accounts("a"), base=EMPTY)
    store.append("accounts", accounts("lost in a crash"), base=base)
    after = store.append("accounts", accounts("b"), base=base)

    kept = [pa.parquet.read_table(path)["account_id"].to_pylist() for path in store.files("accounts", after)]
    assert sorted(kept) == [["a"], ["b"]]


def test_folders_with_blanks_and_foreign_letters_are_read_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "Vertrieb Süd 销售")
    desk.commit({"bookings": [ROW]})

    assert desk.view("2031-01-01", "bookings", "booking_id") == [("b1",)]


def test_a_table_that_is_gone_from_disk_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoDataset, match="version 3 of bookings"):
        DeltaFactStore(tmp_path).files("bookings", 3)


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    store = DeltaFactStore(tmp_path)
    with store.writing(), pytest.raises(CheckFailed, match="another import"), store.writing():
        pass


def test_the_store_is_free_again_after_a_writer(tmp_path: Path) -> None:
    store = DeltaFactStore(tmp_path)
    entered = 0
    for _ in range(2):
        with store.writing():
            entered += 1
    assert entered == 2
