"""The log of dataset versions keeps its promises to `features.history`."""

from __future__ import annotations

import pytest

from features.domain.errors import CheckFailed, NoDataset
from features.history.source import DatasetLog
from service.storage.datasets import SqlDatasetLog
from service.storage.engine import Storage
from tests.service.world import import_row


def _record(log: DatasetLog, version: str, parent: str | None, content: str) -> None:
    log.record(
        version,
        parent=parent,
        tables={"reps": 3},
        info={"grade": "A"},
        import_row=import_row(f"import-{version}", content),
    )


@pytest.fixture
def log(storage: Storage) -> DatasetLog:
    return SqlDatasetLog(storage.engine)


def test_before_the_first_import_there_is_no_head(log: DatasetLog) -> None:
    assert log.head() is None
    assert log.imports() == []
    assert log.find_content("c1") is None


def test_recording_makes_the_version_the_head(log: DatasetLog) -> None:
    _record(log, "d1", None, "c1")
    _record(log, "d2", "d1", "c2")

    assert log.head() == "d2"
    described = log.describe("d1")
    assert (described["parent"], described["tables"], described["info"]) == (None, {"reps": 3}, {"grade": "A"})
    imported = described["import"]
    assert isinstance(imported, dict)
    assert imported["import_id"] == "import-d1"
    assert imported["report"] == {"faults": []}
    assert [row["dataset_version"] for row in log.imports()] == ["d1", "d2"]


def test_an_unknown_version_is_named(log: DatasetLog) -> None:
    with pytest.raises(NoDataset, match="'d9'"):
        log.describe("d9")


def test_undo_goes_back_to_the_parent_and_forgets_the_content(log: DatasetLog) -> None:
    _record(log, "d1", None, "c1")
    _record(log, "d2", "d1", "c2")

    assert log.undo("d2") == "d1"

    assert log.head() == "d1"
    assert log.find_content("c2") is None
    assert [row["undone"] for row in log.imports()] == [False, True]


def test_only_the_head_can_be_undone(log: DatasetLog) -> None:
    _record(log, "d1", None, "c1")
    _record(log, "d2", "d1", "c2")

    with pytest.raises(CheckFailed, match="that is d2, not d1"):
        log.undo("d1")


def test_what_was_undone_may_come_again(log: DatasetLog) -> None:
    _record(log, "d1", None, "c1")
    log.undo("d1")

    _record(log, "d1", None, "c1")

    assert log.head() == "d1"
    found = log.find_content("c1")
    assert found is not None
    assert found["dataset_version"] == "d1"
    assert [row["undone"] for row in log.imports()] == [True, False]


def test_an_import_that_lost_a_race_is_told_to_run_again(log: DatasetLog) -> None:
    _record(log, "d1", None, "c1")

    with pytest.raises(CheckFailed, match="run this import again"):
        _record(log, "d2", None, "c2")


def test_a_version_stands_once(log: DatasetLog) -> None:
    _record(log, "d1", None, "c1")

    with pytest.raises(CheckFailed, match="recorded already"):
        _record(log, "d1", "d1", "c1")
