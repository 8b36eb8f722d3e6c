"""Commit a staged import into the fact store: all of it or nothing, once per content, and it can be undone."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import duckdb

from features.connectors.misfits import Saying
from features.connectors.report_text import source_lines
from features.connectors.staging import StagedImport
from features.contracts.tables import STORED
from features.domain.errors import NoDataset
from features.domain.vocabulary import Grade
from features.history.build import build
from features.history.dataset_report import dataset_report, fault_codes, report_lines
from features.history.describe import calendar_from_json, info_as_json
from features.history.source import DatasetInfo, DatasetLog
from features.history.store import EMPTY, DeltaFacts, DeltaFactStore, described_facts
from features.history.workbench import ImportFrame, lay_out, naive_utc, names, open_workbench

BATCH_ROWS = 100_000
"""Rows that travel from DuckDB to Delta at once."""


@dataclass(frozen=True)
class CommitLimits:
    """What laying out an import may use.

    Attributes:
        threads: Threads DuckDB may use.
        memory_limit: Memory DuckDB may use before it spills to disk.
        scratch: Folder for spilling; the system's own if None.
    """

    threads: int = 2
    memory_limit: str = "2GB"
    scratch: Path | None = None


@dataclass(frozen=True)
class CommitResult:
    """What became of an import.

    Attributes:
        dataset_version: Version that holds the import; the earlier one if its content was known already.
        import_id: Identity of the import.
        status: `committed`, `dry run`, or `known` for content that was imported before.
        report: Everything that is stored with the import, JSON values: `source` is what staging found, `dataset` what
            the facts look like with the import (see `features.history.dataset_report`).
    """

    dataset_version: str
    import_id: str
    status: str
    report: Mapping[str, object]

    @property
    def committed(self) -> bool:
        """Whether this call wrote anything."""
        return self.status == COMMITTED

    @property
    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Per table: keys new, changed, unchanged, kept, vanished and late, and row versions written."""
        return cast("Mapping[str, Mapping[str, int]]", self._dataset["counts"])

    @property
    def faults(self) -> tuple[str, ...]:
        """Codes of the faults of the dataset, each once."""
        found = cast("Sequence[Mapping[str, object]]", self._dataset["faults"])
        return tuple(dict.fromkeys(str(fault["code"]) for fault in found))

    @property
    def _dataset(self) -> Mapping[str, object]:
        return cast("Mapping[str, object]", self.report["dataset"])

    def as_json(self) -> dict[str, object]:
        """Return the result as JSON values."""
        return {**asdict(self), "faults": list(self.faults), "report": dict(self.report)}

    def as_text(self, lang: str = "en") -> str:
        """Return the result as plain text, what the source brought first, the outcome last.

        Args:
            lang: `en` or `zh`.
        """
        source = cast("Mapping[str, Any]", self.report["source"])
        outcome = Saying(f"import {self.status}", {"version": self.dataset_version}).told(lang)
        brought = source_lines(source, limit=LISTED, lang=lang)
        return "\n".join([*brought, "", *report_lines(self.report, lang), "", outcome])


COMMITTED, DRY_RUN, KNOWN = "committed", "dry run", "known"
LISTED = 20
"""Refused rows that the text of a result lists one by one."""


def commit_import(
    staged: StagedImport,
    store: DeltaFactStore,
    log: DatasetLog,
    *,
    received_at: datetime,
    dry_run: bool = False,
    waive: tuple[str, ...] = (),
    limits: CommitLimits | None = None,
) -> CommitResult:
    """Write a staged import and record it as the new head of the dataset log.

    The Delta tables are written first; `log.record` is the one moment at which everything becomes visible. Whatever
    an interrupted import has written stays invisible, and the next one builds on what was recorded.

    Args:
        staged: Checked canonical rows.
        store: Where the Delta tables stand.
        log: The dataset log.
        received_at: When the import arrived; corrections are known from here on.
        dry_run: Lay everything out and report, but write nothing.
        waive: Codes of faults that someone has decided to live with.
        limits: Threads, memory and scratch space.

    Returns:
        What was new; the earlier result, if the same content was imported before and not undone.

    Raises:
        CheckFailed: Another import is writing.
    """
    earlier = log.find_content(staged.content_sha256)
    if earlier is not None:
        return CommitResult(
            str(earlier["dataset_version"]),
            str(earlier["import_id"]),
            KNOWN,
            cast("Mapping[str, object]", earlier["report"]),
        )
    arrival = Arrival(naive_utc(received_at), waive, limits or CommitLimits())
    with store.writing():
        return _commit(staged, store, log, arrival, dry_run=dry_run)


def undo_import(log: DatasetLog, dataset_version: str | None = None) -> tuple[str, str | None]:
    """Take back the newest import; the dataset before it is the head again.

    Args:
        log: The dataset log.
        dataset_version: Version to take back; it must be the head. None means the head.

    Returns:
        The version taken back, and the new head (None if nothing is left).

    Raises:
        NoDataset: Nothing was imported.
        CheckFailed: `dataset_version` is not the head.
    """
    version = dataset_version or log.head()
    if version is None:
        raise NoDataset("there is no import to undo; `paceline status` shows what this home folder holds")
    return version, log.undo(version)


@dataclass(frozen=True)
class Arrival:
    """How an import arrives.

    Attributes:
        received: When, naive UTC.
        waive: Codes of faults that someone has decided to live with.
        limits: Threads, memory and scratch space.
    """

    received: datetime
    waive: tuple[str, ...]
    limits: CommitLimits


def _commit(
    staged: StagedImport, store: DeltaFactStore, log: DatasetLog, arrival: Arrival, *, dry_run: bool
) -> CommitResult:
    parent = log.head()
    before = None if parent is None else described_facts(store, log.describe(parent))
    version = "ds-" + _digest(parent or "", staged.content_sha256)
    with ExitStack() as stack:
        scratch = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="paceline-import-", dir=arrival.limits.scratch)
        )
        con = stack.enter_context(open_workbench(Path(scratch), **_engine(arrival.limits)))
        lay_out(con, {} if before is None else {name: list(before.files(name)) for name in before.versions})
        frame = _frame(con, staged, before, arrival.received, "imp-" + _digest(version, "import"))
        built = build(frame, staged)
        info = _describe(version, frame, staged, before, newest=built.newest, waive=arrival.waive)
        dataset = dataset_report(frame, built, info)
        info = replace(info, faults=fault_codes(dataset))
        # As text and back, so that a report reads the same now and out of the log.
        report = json.loads(json.dumps({"source": staged.report.as_dict(), "dataset": dataset}, allow_nan=False))
        if dry_run:
            return CommitResult(version, frame.import_id, DRY_RUN, report)
        tables = _write(frame, store, before)
        log.record(
            version,
            parent=parent,
            tables=tables,
            info=info_as_json(info),
            import_row=_import_row(frame, staged, report),
        )
        return CommitResult(version, frame.import_id, COMMITTED, report)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _engine(limits: CommitLimits) -> dict[str, Any]:
    return {"threads": limits.threads, "memory_limit": limits.memory_limit}


def _frame(
    con: duckdb.DuckDBPyConnection,
    staged: StagedImport,
    before: DeltaFacts | None,
    received: datetime,
    import_id: str,
) -> ImportFrame:
    known = {} if before is None else before.info.metadata
    newest = known.get("newest_fact_at")
    calendar = calendar_from_json(staged.calendar)
    return ImportFrame(
        con=con,
        zone=calendar.zone,
        received=received,
        newest=None if newest is None else datetime.fromisoformat(str(newest)),
        ordinal=int(str(known.get("ordinal", 0))) + 1,
        import_id=import_id,
        grade=_grade(staged, before),
        currency=staged.currency,
        fiscal_start_month=calendar.fiscal_start_month,
    )


def _grade(staged: StagedImport, before: DeltaFacts | None) -> Grade:
    """Return the grade of the deals; a source without deals leaves it as it was."""
    own = Grade(staged.grade)
    return before.info.grade if own is Grade.D and before is not None else own


def _describe(
    version: str,
    frame: ImportFrame,
    staged: StagedImport,
    before: DeltaFacts | None,
    *,
    newest: datetime | None,
    waive: tuple[str, ...],
) -> DatasetInfo:
    earlier = () if before is None else before.info.waived
    return DatasetInfo(
        dataset_version=version,
        calendar=calendar_from_json(staged.calendar),
        grade=frame.grade,
        currency=staged.currency,
        returns_allowed=staged.returns_allowed,
        waived=tuple(sorted({*earlier, *waive})),
        metadata={
            "ordinal": frame.ordinal,
            "source": staged.source,
            "received_at": frame.received.isoformat(),
            "newest_fact_at": None if newest is None else newest.isoformat(),
            "last_period_partial": staged.last_period_partial,
            "bookings_from_won": staged.bookings_from_won,
            "derived_quota_rule": None if staged.derived_quota_rule is None else dict(staged.derived_quota_rule),
            "quotas_published_days_before": staged.quotas_published_days_before,
        },
    )


def _write(frame: ImportFrame, store: DeltaFactStore, before: DeltaFacts | None) -> dict[str, int]:
    """Append every `new_T` to its Delta table and return the versions that now belong together."""
    tables = {} if before is None else dict(before.versions)
    for table, spec in STORED.items():
        if frame.count(f"new_{table}"):
            order = ", ".join(f'"{name}"' for name in ("known_at", *spec.key))
            rows = frame.con.sql(f"SELECT {names(spec)} FROM new_{table} ORDER BY {order}")
            reader = rows.to_arrow_reader(BATCH_ROWS)
            tables[table] = store.append(table, reader, base=tables.get(table, EMPTY))
    return tables


def _import_row(frame: ImportFrame, staged: StagedImport, report: Mapping[str, object]) -> dict[str, object]:
    return {
        "import_id": frame.import_id,
        "source": staged.source,
        "content_sha256": staged.content_sha256,
        "rows_in": staged.report.rows_in,
        "rows_accepted": staged.report.accepted,
        "rows_quarantined": staged.report.quarantined,
        "report": report,
    }
