"""Staged imports from plain Python rows, for tests of the fact store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.connectors.staging import StagedImport, StagedTable
from features.contracts.tables import CANONICAL
from features.domain.time import AsOf
from features.history.known import History

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
