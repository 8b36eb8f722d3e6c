"""The fact store: one Delta table per stored log, read at exactly the versions that the dataset log names."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from features.contracts.tables import STORED
from features.domain.errors import CheckFailed, NoDataset
from features.history.describe import info_from_json
from features.history.known import History
from features.history.source import DatasetInfo, DatasetLog

EMPTY = 0
"""Delta version of a table that was created and holds nothing."""


@dataclass(frozen=True)
class DeltaFactStore:
    """Delta tables of all logs below one folder.

    Attributes:
        root: Folder that holds one Delta table per stored log.
    """

    root: Path

    def files(self, table: str, version: int) -> list[str]:
        """Return the Parquet files that make up `table` at one Delta version, in a fixed order.

        Args:
            table: Name of a stored table.
            version: Delta version.

        Raises:
            NoDataset: The table has no such version on disk.
        """
        if not DeltaTable.is_deltatable(str(self._path(table))):
            raise NoDataset(
                f"the dataset names version {version} of {table}, but {self._path(table)} holds no table; "
                "restore the home folder from its backup or import again"
            )
        uris = DeltaTable(self._path(table), version=version).file_uris()
        return sorted(unquote(uri.removeprefix("file://")) for uri in uris)

    def append(self, table: str, rows: pa.RecordBatchReader, *, base: int) -> int:
        """Write `rows` on top of version `base` and return the new Delta version.

        Whatever stands above `base` was never recorded (a crash, an undone import): it is put aside first.

        Args:
            table: Name of a stored table.
            rows: New row versions with the columns of the table's log.
            base: Delta version to build on; `EMPTY` for a table that holds nothing yet.
        """
        path = self._path(table)
        if not DeltaTable.is_deltatable(str(path)):
            path.mkdir(parents=True, exist_ok=True)
            DeltaTable.create(path, schema=STORED[table].arrow_schema())
        head = DeltaTable(path)
        if head.version() != base:
            head.restore(base)
        write_deltalake(path, rows, mode="append")
        return int(DeltaTable(path).version())

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store for one writer.

        Raises:
            CheckFailed: Another process is importing.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".writer").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise CheckFailed(
                    f"another import is writing to {self.root}; wait until it has ended and run this one again"
                ) from busy
            yield

    def _path(self, table: str) -> Path:
        return self.root / table


@dataclass(frozen=True)
class DeltaFacts:
    """The logs of all tables at one `dataset_version`, as Parquet files; implements `FactSource`.

    Attributes:
        store: Where the Delta tables stand.
        described: Facts about the dataset as a whole.
        versions: Delta version per stored table; tables without rows are absent.
    """

    store: DeltaFactStore
    described: DatasetInfo
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def info(self) -> DatasetInfo:
        """Facts about the dataset as a whole."""
        return self.described

    def files(self, table: str) -> Sequence[str]:
        """Return the Parquet files of the table's log at this dataset version."""
        return self.store.files(table, self.versions[table]) if table in self.versions else ()

    def arrow(self, table: str) -> pa.Table | None:
        """Return None: these logs stand in files."""
        return None


def described_facts(store: DeltaFactStore, row: Mapping[str, object]) -> DeltaFacts:
    """Return the facts that one row of the dataset log describes."""
    version = str(row["dataset_version"])
    tables = cast("Mapping[str, Any]", row["tables"])
    info = info_from_json(version, cast("Mapping[str, object]", row["info"]))
    return DeltaFacts(store, info, {name: int(number) for name, number in tables.items()})


def open_facts(root: Path, log: DatasetLog, dataset_version: str | None = None) -> DeltaFacts:
    """Return the facts of one dataset version, by default the newest.

    Raises:
        NoDataset: Nothing was imported, or there is no such version.
    """
    version = dataset_version or log.head()
    if version is None:
        raise NoDataset(f"nothing was imported into {root} yet; run `paceline ingest SOURCE_DIR --mapping NAME` first")
    return described_facts(DeltaFactStore(root), log.describe(version))


def open_history(
    root: Path,
    log: DatasetLog,
    dataset_version: str | None = None,
    *,
    threads: int = 2,
    memory_limit: str = "4GB",
) -> History:
    """Return the history of one dataset version, by default the newest.

    Args:
        root: Folder of the fact store.
        log: The dataset log that names which table versions belong together.
        dataset_version: Version to open; None means the head.
        threads: Threads DuckDB may use.
        memory_limit: Memory DuckDB may use, e.g. `"2GB"`.

    Raises:
        NoDataset: Nothing was imported, or there is no such version.
    """
    return History(open_facts(root, log, dataset_version), threads=threads, memory_limit=memory_limit)
