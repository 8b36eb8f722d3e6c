"""Files of the logs tell whether the past stands: only a new file can know of something before, and only if it does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.domain.time import AsOf
from features.history.source import DatasetInfo, MemoryFacts
from features.increment.files import past_stands, stamps

CUTOFF = AsOf(date(2024, 5, 31), "Asia/Shanghai")
"""Ends at 16:00 UTC."""


@dataclass(frozen=True)
class Folder:
    """Logs as files named `LOG-anything.parquet`; a `FactSource`."""

    path: Path

    @property
    def info(self) -> DatasetInfo:
        return DatasetInfo("files")

    def files(self, table: str) -> Sequence[str]:
        return sorted(str(path) for path in self.path.glob(f"{table}-*.parquet"))

    def arrow(self, table: str) -> None:
        del table


def write(folder: Path, name: str, *known: str) -> Path:
    """Write a file of facts that became known at these moments, UTC."""
    path = folder / f"{name}.parquet"
    pq.write_table(pa.table({"known_at": pa.array(known, pa.string()).cast(pa.timestamp("us"))}), path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    write(tmp_path, "bookings-1", "2024-05-01 00:00:00", "2024-06-02 00:00:00")
    write(tmp_path, "activities-1", "2024-05-02 00:00:00")
    return Folder(tmp_path)


def test_the_same_files_tell_the_same_past(folder: Folder) -> None:
    assert past_stands(folder, stamps(folder), CUTOFF) is True


@pytest.mark.parametrize(
    ("known", "stands"),
    [("2024-05-31 16:00:00", True), ("2024-05-31 15:59:59", False), ("2020-01-01 00:00:00", False)],
)
def test_a_new_file_is_asked_for_facts_known_before_the_end_of_the_day(
    folder: Folder, known: str, stands: bool
) -> None:
    read = stamps(folder)
    write(folder.path, "bookings-2", "2024-07-01 00:00:00", known)
    assert past_stands(folder, read, CUTOFF) is stands


def test_a_new_file_without_rows_changes_nothing(folder: Folder) -> None:
    read = stamps(folder)
    write(folder.path, "quotas-1")
    assert past_stands(folder, read, CUTOFF) is True


def test_files_of_other_tables_are_not_asked(folder: Folder) -> None:
    read = stamps(folder)
    write(folder.path, "accounts-1", "2020-01-01 00:00:00")
    assert past_stands(folder, read, CUTOFF) is True


def test_files_cannot_tell_once_one_of_them_is_gone(folder: Folder) -> None:
    read = stamps(folder)
    (folder.path / "activities-1.parquet").unlink()
    assert past_stands(folder, read, CUTOFF) is None


def test_files_cannot_tell_once_one_of_them_was_written_again(folder: Folder) -> None:
    read = stamps(folder)
    path = write(folder.path, "activities-1", "2024-05-03 00:00:00")
    os.utime(path, (1, 1))
    assert past_stands(folder, read, CUTOFF) is None


def test_a_state_without_files_cannot_be_judged_by_them(folder: Folder) -> None:
    assert past_stands(folder, {}, CUTOFF) is None


def test_logs_in_memory_have_no_files() -> None:
    facts = MemoryFacts(DatasetInfo("memory"), {})
    assert stamps(facts) == {}
    assert past_stands(facts, {}, CUTOFF) is None
