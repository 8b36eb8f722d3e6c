"""The log of dataset versions in the operational database; implements `features.history.source.DatasetLog`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from features.domain.errors import CheckFailed, NoDataset
from service.storage.clock import utc_now
from service.storage.engine import reading, writing
from service.storage.tables import datasets, imports

JOINED = select(
    imports,
    datasets.c.parent,
    datasets.c.tables,
    datasets.c.info,
).join_from(imports, datasets, imports.c.dataset_version == datasets.c.dataset_version)


class SqlDatasetLog:
    """Which table versions make up each dataset, one row per version.

    Args:
        engine: The operational database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def head(self) -> str | None:
        """Return the newest version that was not undone, None before the first import."""
        with reading(self._engine) as connection:
            return _head(connection)

    def describe(self, dataset_version: str) -> Mapping[str, object]:
        """Return `dataset_version, parent, tables, info, import` of one version.

        Raises:
            NoDataset: There is no such version.
        """
        query = JOINED.where(datasets.c.dataset_version == dataset_version).order_by(imports.c.seq.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NoDataset(
                f"there is no dataset version {dataset_version!r} in this home folder; `paceline status` lists them"
            )
        return {
            "dataset_version": row.dataset_version,
            "parent": row.parent,
            "tables": json.loads(row.tables),
            "info": json.loads(row.info),
            "import": _import_row(row),
        }

    def record(
        self,
        dataset_version: str,
        *,
        parent: str | None,
        tables: Mapping[str, int],
        info: Mapping[str, object],
        import_row: Mapping[str, object],
    ) -> None:
        """Commit one dataset version and make it the head (see `DatasetLog.record`).

        Raises:
            CheckFailed: `parent` is not the head any more, or the version stands already.
        """
        with writing(self._engine) as connection:
            head = _head(connection)
            if parent != head:
                raise CheckFailed(
                    f"dataset {dataset_version} was built on {parent}, but the newest is {head} by now: another "
                    "import finished in between; run this import again"
                )
            _write_dataset(connection, dataset_version, parent, tables, info)
            connection.execute(insert(imports).values(**_import_values(dataset_version, import_row)))

    def find_content(self, content_sha256: str) -> Mapping[str, object] | None:
        """Return the row of an import of the same content that was not undone, or None."""
        query = JOINED.where(imports.c.content_sha256 == content_sha256, imports.c.undone.is_(False))
        with reading(self._engine) as connection:
            row = connection.execute(query.order_by(imports.c.seq.desc()).limit(1)).first()
        return None if row is None else _import_row(row)

    def undo(self, dataset_version: str) -> str | None:
        """Mark the head undone and return the new head, which is its parent.

        Raises:
            CheckFailed: `dataset_version` is not the head.
        """
        with writing(self._engine) as connection:
            head = _head(connection)
            if dataset_version != head:
                raise CheckFailed(f"only the newest dataset can be undone; that is {head}, not {dataset_version}")
            for table in (datasets, imports):
                connection.execute(update(table).where(table.c.dataset_version == dataset_version).values(undone=True))
            return _head(connection)

    def imports(self) -> Sequence[Mapping[str, object]]:
        """Return all import rows, oldest first, each with `dataset_version`, `undone` and `recorded_at`."""
        with reading(self._engine) as connection:
            return [_import_row(row) for row in connection.execute(JOINED.order_by(imports.c.seq))]


def _head(connection: Connection) -> str | None:
    query = select(datasets.c.dataset_version).where(datasets.c.undone.is_(False))
    return connection.execute(query.order_by(datasets.c.seq.desc()).limit(1)).scalar_one_or_none()


def _write_dataset(
    connection: Connection,
    dataset_version: str,
    parent: str | None,
    tables: Mapping[str, int],
    info: Mapping[str, object],
) -> None:
    values = {
        "parent": parent,
        "tables": json.dumps(dict(tables), sort_keys=True),
        "info": json.dumps(dict(info), ensure_ascii=False, sort_keys=True, allow_nan=False),
        "recorded_at": utc_now(),
        "undone": False,
    }
    known = connection.execute(select(datasets).where(datasets.c.dataset_version == dataset_version)).first()
    if known is None:
        connection.execute(insert(datasets).values(dataset_version=dataset_version, **values))
    elif known.undone:
        # The same content on the same parent is the same version: an import that was undone may come again.
        connection.execute(update(datasets).where(datasets.c.dataset_version == dataset_version).values(**values))
    else:
        raise CheckFailed(f"dataset {dataset_version} is recorded already; importing the same content changes nothing")


def _import_values(dataset_version: str, row: Mapping[str, object]) -> dict[str, object]:
    names = ("import_id", "source", "content_sha256", "rows_in", "rows_accepted", "rows_quarantined")
    report = json.dumps(row.get("report"), ensure_ascii=False, allow_nan=False)
    given = {name: row[name] for name in names}
    return {**given, "report": report, "dataset_version": dataset_version, "recorded_at": utc_now(), "undone": False}


def _import_row(row: Row[Any]) -> dict[str, object]:
    return {
        "import_id": row.import_id,
        "dataset_version": row.dataset_version,
        "source": row.source,
        "content_sha256": row.content_sha256,
        "rows_in": row.rows_in,
        "rows_accepted": row.rows_accepted,
        "rows_quarantined": row.rows_quarantined,
        "report": json.loads(row.report),
        "recorded_at": row.recorded_at,
        "undone": row.undone,
    }
