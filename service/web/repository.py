"""What the pages read beside scorecards and forecasts: imports, snapshots, where a person's start page is."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, select

from service.storage.snapshots import SERVED
from service.storage.tables import datasets, imports, rep_forecasts, snapshots

SHOWN = 14


def last_imports(connection: Connection, limit: int = SHOWN) -> list[dict[str, Any]]:
    """Return the newest import rows, newest first, each with `undone`."""
    columns = [column for column in imports.c if column.name not in {"report", "content_sha256"}]
    query = select(*columns).order_by(imports.c.seq.desc()).limit(limit)
    return [dict(row._mapping) for row in connection.execute(query)]


def newest_faults(connection: Connection) -> list[dict[str, Any]]:
    """Return the faults that the newest import that was not undone found in the data.

    Each has `code`, `sentence` (English), `figures` and whether it was `waived`.
    """
    query = (
        select(imports.c.report, datasets.c.info)
        .join(datasets, datasets.c.dataset_version == imports.c.dataset_version)
        .where(imports.c.undone.is_(False))
        .order_by(imports.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return []
    found = json.loads(row.report).get("dataset", {}).get("faults", [])
    waived = set(json.loads(row.info).get("waived", []))
    return [{**fault, "waived": fault["code"] in waived} for fault in found]


def last_import_at(connection: Connection) -> str | None:
    """Return when the newest import that was not undone was committed."""
    query = select(imports.c.recorded_at).where(imports.c.undone.is_(False)).order_by(imports.c.seq.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()


def last_snapshots(connection: Connection, limit: int = SHOWN) -> list[dict[str, Any]]:
    """Return the newest served snapshots, newest first, each with the number of its `scorecards`."""
    counted = (
        select(func.count())
        .select_from(rep_forecasts)
        .where(rep_forecasts.c.snapshot_id == snapshots.c.snapshot_id)
        .scalar_subquery()
    )
    query = (
        select(snapshots, counted.label("scorecards"))
        .where(snapshots.c.status == SERVED)
        .order_by(snapshots.c.seq.desc())
        .limit(limit)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def served_as_of(connection: Connection) -> str | None:
    """Return the as_of of the snapshot that is served, None before the first."""
    query = select(snapshots.c.as_of).where(snapshots.c.status == SERVED).order_by(snapshots.c.seq.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()
