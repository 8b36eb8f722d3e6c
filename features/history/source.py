"""Where fact versions come from: the protocol that stores implement, and an in-memory source for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from features.contracts.tables import STORED
from features.domain.time import WorkCalendar
from features.domain.vocabulary import Grade


@dataclass(frozen=True)
class DatasetInfo:
    """What is known about a dataset as a whole.

    Attributes:
        dataset_version: Identity of the set of table versions.
        calendar: Fiscal start, holidays and time zone of the company.
        grade: Point-in-time grade of the deals (D: there are none).
        currency: Plan currency of quotas and bookings.
        returns_allowed: Whether negative bookings are declared normal for this company.
        faults: Named faults that make scoring decline, e.g. `scale`, `owner_undecidable`, `feed_stopped`.
        waived: Faults that someone waived by name.
        metadata: Anything else that an import declared, JSON values only.
    """

    dataset_version: str
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    grade: Grade = Grade.D
    currency: str = "USD"
    returns_allowed: bool = False
    faults: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)


class FactSource(Protocol):
    """A frozen dataset: the logs of all tables at one `dataset_version`."""

    @property
    def info(self) -> DatasetInfo:
        """Facts about the dataset as a whole."""
        ...

    def files(self, table: str) -> Sequence[str]:
        """Return paths of Parquet files that hold the table's log; empty if it has none."""
        ...

    def arrow(self, table: str) -> pa.Table | None:
        """Return the table's log when it is held in memory, else None (then `files` is used)."""
        ...


class DatasetLog(Protocol):
    """Names which table versions make up a dataset; implemented by the operational database.

    One row per dataset version. `record` is the commit point of an import: before it nothing of the import can be
    seen, after it everything.
    """

    def head(self) -> str | None:
        """Return the newest `dataset_version` that was not undone, or None before the first import."""
        ...

    def describe(self, dataset_version: str) -> Mapping[str, object]:
        """Return the row: `dataset_version, parent, tables, info, import` (see `record`).

        Raises:
            NoDataset: There is no such version.
        """
        ...

    def record(
        self,
        dataset_version: str,
        *,
        parent: str | None,
        tables: Mapping[str, int],
        info: Mapping[str, object],
        import_row: Mapping[str, object],
    ) -> None:
        """Commit one dataset version and make it the head.

        Args:
            dataset_version: Identity of the new version.
            parent: Version it was built on.
            tables: Delta version per stored table.
            info: `DatasetInfo` without its version, as JSON values.
            import_row: `import_id, source, content_sha256, rows_in, rows_accepted, rows_quarantined, report` (JSON).
        """
        ...

    def find_content(self, content_sha256: str) -> Mapping[str, object] | None:
        """Return the row of an import of the same content that was not undone, or None."""
        ...

    def undo(self, dataset_version: str) -> str | None:
        """Mark the head version undone and return the new head, which is its parent.

        Raises:
            CheckFailed: `dataset_version` is not the head.
        """
        ...

    def imports(self) -> Sequence[Mapping[str, object]]:
        """Return all import rows, oldest first, each with `dataset_version`, `undone` and `recorded_at`."""
        ...


@dataclass(frozen=True)
class MemoryFacts:
    """Fact logs as Arrow tables, for tests, simulation and notebooks.

    Attributes:
        info: Facts about the dataset.
        tables: Log per table; each must have the schema of `STORED[name].arrow_schema()`.
    """

    info: DatasetInfo
    tables: Mapping[str, pa.Table]

    def files(self, table: str) -> Sequence[str]:
        """Return no files: everything is in memory."""
        return ()

    def arrow(self, table: str) -> pa.Table | None:
        """Return the table's log, empty if it was not given."""
        schema = STORED[table].arrow_schema()
        return self.tables[table].cast(schema) if table in self.tables else schema.empty_table()
