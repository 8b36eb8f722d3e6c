"""Staged imports from plain Python rows, for tests of the fact store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.connectors.staging import StagedImport, StagedTable
from features.contracts.tables import CANONICAL
from features.domain.time import AsOf
from features.history.commit import CommitLimits, CommitResult, commit_import
from features.history.known import History
from features.history.store import DeltaFactStore, open_history
from tests.support.dataset_log import MemoryDatasetLog

Row = Mapping[str, object]
DEFAULTS: dict[str, dict[str, object]] = {
    "reps": {},
    "team_assignments": {"weight": 1.0},
    "quotas": {"metric": "revenue", "source": "given"},
    "bookings": {"metric": "revenue", "status": "counted", "grain": "transaction", "split": 1.0},
    "opportunities": {"outcome": "open"},
}
LAGS = {"bookings": 1.0, "activities": 1.0, "coaching_events": 1.0}


def staged(
    folder: Path,
    tables: Mapping[str, Sequence[Row]],
    *,
    relations: Mapping[str, str] | None = None,
    **declared: object,
) -> StagedImport:
    """Return a staged import of `tables`; rows may leave out what has a default or may be empty."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, rows in tables.items():
        path = folder / f"{name}.parquet"
        pq.write_table(_table(name, rows), path)
        relation = (relations or {}).get(name, "upsert")
        written[name] = StagedTable(name, (path,), relation, LAGS.get(name, 0.0), len(rows))
    said = repr(sorted((name, [sorted(row.items()) for row in rows]) for name, rows in tables.items()))
    content = hashlib.sha256((said + repr(sorted(declared.items())) + repr(relations)).encode()).hexdigest()
    return replace(StagedImport("test", written, content), **declared)  # type: ignore[arg-type]


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    columns = CANONICAL[name].columns
    filled = [{**DEFAULTS.get(name, {}), **row} for row in rows]
    data = {c.name: pa.array([_value(row.get(c.name), c.type) for row in filled], c.type) for c in columns}
    data["_line"] = pa.array(range(2, len(rows) + 2), pa.int64())
    data["_file"] = pa.array([f"{name}.csv"] * len(rows), pa.string())
    return pa.table(data)


def _value(value: object, kind: pa.DataType) -> object:
    if value is None:
        return None
    if pa.types.is_decimal(kind):
        return Decimal(str(value))
    if pa.types.is_timestamp(kind) and isinstance(value, str):
        return datetime.fromisoformat(value)
    if pa.types.is_date(kind) and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def view(history: History, day: str, table: str, *columns: str) -> list[tuple[object, ...]]:
    """Return what is known of `table` at the end of `day`, in key order."""
    as_of = AsOf(date.fromisoformat(day), history.info.calendar.zone)
    with history.known_by(as_of) as known:
        rows = known.table(table)
    return [tuple(row.values()) for row in rows.select(list(columns) or rows.column_names).to_pylist()]


@dataclass
class Desk:
    """A fact store in a folder, a log in memory, and short words for what tests do with them.

    Attributes:
        folder: Scratch folder of the test.
        log: The dataset log.
        calendar: Calendar that every import declares.
    """

    folder: Path
    log: MemoryDatasetLog = field(default_factory=MemoryDatasetLog)
    calendar: Mapping[str, object] = field(default_factory=dict)

    def commit(
        self,
        tables: Mapping[str, Sequence[Row]],
        received: str = "2030-01-01",
        *,
        relations: Mapping[str, str] | None = None,
        **declared: object,
    ) -> CommitResult:
        """Stage and commit rows that arrive at `received`."""
        place = self.folder / f"staged-{len(list(self.folder.glob('staged-*')))}"
        rows = staged(place, tables, relations=relations, calendar=self.calendar, **declared)
        limits = CommitLimits(threads=1, memory_limit="512MB")
        return commit_import(rows, self.store, self.log, received_at=datetime.fromisoformat(received), limits=limits)

    @property
    def store(self) -> DeltaFactStore:
        """Where the facts stand."""
        return DeltaFactStore(self.folder / "facts")

    def history(self, dataset_version: str | None = None) -> History:
        """Open the newest dataset, or another one."""
        return open_history(self.store.root, self.log, dataset_version, threads=1, memory_limit="512MB")

    def view(self, day: str, table: str, *columns: str) -> list[tuple[object, ...]]:
        """Return what is known of `table` at the end of `day`, in key order; moments and money as plain values."""
        return [tuple(map(_plain, row)) for row in view(self.history(), day, table, *columns)]


def _plain(value: object) -> object:
    """Return money as a float and moments as text, so that expectations are short."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value
