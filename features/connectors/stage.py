"""Staging: a source folder and a mapping become checked canonical Parquet files, or a list of every fault.

`stage` reads each file in chunks of a few megabytes; what has to be seen across chunks (duplicate keys, occurrence
numbers, changes between snapshots) is done by DuckDB over the staged files, on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.connectors.contradictions import several_teams
from features.connectors.fault_words import refusal
from features.connectors.files import FileOpener, SourceFile, file_digests, find_files, fingerprint
from features.connectors.finishing import Progress, TableFinisher
from features.connectors.free_days import free_days, years_of
from features.connectors.groupings import grouped_by_points
from features.connectors.keys import open_engine
from features.connectors.language import LayoutSpec, TablePlan
from features.connectors.language import Mapping as MappingFile
from features.connectors.layout import LayoutReader, ReadResult, staged_schema
from features.connectors.misfits import Misfit, Saying
from features.connectors.pulling import pull_databases
from features.connectors.quarantine import Quarantine
from features.connectors.rates import read_rates
from features.connectors.report import SourceReport, TableReport
from features.connectors.report_text import rule_lines
from features.connectors.settings import IngestSettings
from features.connectors.staging import StagedImport, StagedTable
from features.connectors.summary import find_orphans
from features.connectors.team_goals import find_gaps, gap_note
from features.contracts.faults import LISTED_FAULTS
from features.domain.errors import ContractViolation


class RowsRefused(ContractViolation):
    """Rows of a source break the contract.

    Attributes:
        report: What was found.
        quarantine: CSV file with every refused row.
    """

    def __init__(self, report: SourceReport, quarantine: Path, lang: str = "en") -> None:
        super().__init__(_refusal_text(report) if lang == "en" else _refusal_zh(report))
        self.report = report
        self.quarantine = quarantine


class NothingAccepted(ContractViolation):
    """A source holds no row that could be used.

    Attributes:
        name: Name of the source's folder.
        report: What was found.
    """

    def __init__(self, name: str, report: SourceReport, lang: str = "en") -> None:
        told = Saying("no row accepted", {"name": name, "report": report.text(lang=lang)})
        super().__init__(told.told(lang))
        self.name = name
        self.report = report


def stage(
    source_dir: Path,
    mapping: MappingFile,
    work_dir: Path,
    *,
    partial: bool,
    progress: Callable[[str], None] | None = None,
    settings: IngestSettings | None = None,
) -> StagedImport:
    """Read a source through a mapping and leave checked canonical rows in the work folder.

    Args:
        source_dir: Folder that holds the export, or a single file.
        mapping: How to read it.
        work_dir: Folder that everything is written to; it must exist.
        partial: Whether to go on without the refused rows.
        progress: Called with a few words before each step.
        settings: Caps on sizes.

    Returns:
        Staged tables with the report.

    Raises:
        DataMissing: There is no such folder.
        MappingError: The mapping does not fit the source; every misfit is listed.
        ContractViolation: Rows were refused and `partial` is false, or a file is damaged beyond its rows; all faults
            are named (see `RowsRefused`).
    """
    limits = settings or IngestSettings()
    files = find_files(source_dir, mapping, limits, _needed(mapping)) | pull_databases(mapping.files, work_dir, limits)
    done = Progress()
    with Quarantine(work_dir / "quarantine.csv") as quarantine:
        reader = LayoutReader(mapping, files, FileOpener(work_dir, limits), limits, quarantine)
        tell = progress or _silent
        misfits = _read_all(reader, work_dir, mapping=mapping, files=files, quarantine=quarantine, done=done, tell=tell)
        if misfits:
            once = {saying.told("en"): saying for saying in misfits}
            faults = [Saying("a fault", {"fault": fault}) for fault in quarantine.listed[:_BESIDE]]
            raise Misfit("does not fit", parts=[*once.values(), *faults])
    report = _report(mapping, done, quarantine, work_dir, file_digests(files))
    if quarantine.count and (quarantine.fatal or not partial):
        raise RowsRefused(report, quarantine.path)
    if not any(table.rows for table in done.tables.values()):
        raise NothingAccepted(source_dir.name, report)
    return _staged(mapping, done, report, quarantine)


_BESIDE = 20
"""Refused rows that are told beside what does not fit."""


def _needed(mapping: MappingFile) -> frozenset[str]:
    """Return the names of the files that have to be there."""
    layouts = [layout for plan in mapping.tables.values() if plan.use == "all" for layout in plan.layouts]
    return frozenset(name for layout in layouts for name in _files_of(layout))


def _report(
    mapping: MappingFile, done: Progress, quarantine: Quarantine, work_dir: Path, digests: Mapping[str, str]
) -> SourceReport:
    con = open_engine(work_dir)
    orphans = find_orphans(con, done.tables)
    done.remarks += filter(None, [gap_note(*find_gaps(con, done.tables)), several_teams(con, done.tables)])
    done.remarks += grouped_by_points(con, done.tables)
    return SourceReport(
        source=mapping.name,
        mapping=mapping.name,
        files=tuple(done.files),
        tables=tuple(done.reports),
        faults=tuple(quarantine.listed),
        fault_count=quarantine.count,
        orphans=orphans,
        remarks=_remarks(mapping, done),
        sha256=digests,
    )


def _silent(_: str) -> None:
    """Report nothing."""


def _files_of(layout: LayoutSpec) -> list[str]:
    return [layout.file, *(join.file for join in layout.join)]


def _read_all(
    reader: LayoutReader,
    work_dir: Path,
    *,
    mapping: MappingFile,
    files: Mapping[str, list[SourceFile]],
    quarantine: Quarantine,
    done: Progress,
    tell: Callable[[str], None],
) -> list[Saying]:
    """Stage every table; return what of the mapping does not fit the source."""
    misfits: list[Saying] = []
    if mapping.rates is not None and files[mapping.rates.file]:
        done.rates, faults = read_rates(mapping.rates, reader.lookup(mapping.rates.file), mapping)
        for fault in faults:
            quarantine.add(fault)
    finisher = TableFinisher(mapping, work_dir, quarantine, done)
    # Changes of deals come after the deals, whose currency they are in; quotas after the bookings that may split them.
    for table, plan in sorted(mapping.tables.items(), key=lambda item: item[0] in ("opportunity_changes", "quotas")):
        results, found = _read_table(reader, table, _layouts(plan, files), files=files, work_dir=work_dir, tell=tell)
        misfits += [Saying("in a table", {"table": table, "what": one}) for one in found]
        done.files += [result.report for result in results]
        if results and not misfits:
            tell(f"checking keys of {table}")
            finisher.finish(table, results)
    return misfits


def _read_table(
    reader: LayoutReader,
    table: str,
    layouts: Sequence[LayoutSpec],
    *,
    files: Mapping[str, list[SourceFile]],
    work_dir: Path,
    tell: Callable[[str], None],
) -> tuple[list[ReadResult], list[Saying]]:
    """Stage the files of one table; return what they gave, and what does not fit."""
    results: list[ReadResult] = []
    misfits: list[Saying] = []
    for number, layout in enumerate(layouts):
        for source in files[layout.file]:
            tell(f"reading {source.name} into {table}")
            try:
                results.append(reader.read(table, layout, source, work_dir / f"{table}.{number}"))
            except Misfit as error:
                misfits += error.parts or (error.saying,)
    return results, misfits


def _layouts(plan: TablePlan, files: Mapping[str, list[SourceFile]]) -> list[LayoutSpec]:
    """Return the layouts whose file is there; with `use: first` only those of the first file that is."""
    present = [layout for layout in plan.layouts if files[layout.file]]
    if plan.use == "first" and present:
        return [layout for layout in present if layout.file == present[0].file]
    return present


def _with_originals(done: Progress) -> dict[str, StagedTable]:
    """Return the tables that have rows, and what stood in the source of every amount that was converted."""
    tables = {name: table for name, table in done.tables.items() if table.rows}
    if done.kept:
        tables["original_amounts"] = StagedTable("original_amounts", tuple(done.originals), rows=done.kept)
    return tables


def _remarks(mapping: MappingFile, done: Progress) -> tuple[Saying, ...]:
    """Return sentences about what was done, and what the source does not have."""
    remarks = [
        Saying("report converted", {"table": table, "count": count, "currency": mapping.currency})
        for table, count in done.converted.items()
        if count
    ]
    remarks += done.remarks
    if "quotas" not in done.tables:
        rule = mapping.derived_quotas
        remarks.append(Saying("report rule of quotas", {"rule": rule.rule}) if rule else Saying("report no quotas", {}))
    for f in done.files:
        if f.unmapped_columns:
            shown = ", ".join(f.unmapped_columns[:6]) + (" …" if len(f.unmapped_columns) > 6 else "")
            named = {"file": f.file, "table": f.table, "count": len(f.unmapped_columns), "shown": shown}
            remarks.append(Saying("report unused", named))
    return tuple(remarks)


def _grade(mapping: MappingFile, done: Progress) -> str:
    """Return the declared grade, else what the tables allow."""
    if mapping.grade is not None:
        return mapping.grade
    rows = {name: table.rows for name, table in done.tables.items()}
    if not rows.get("opportunities"):
        return "D"
    return "A" if rows.get("opportunity_changes") else "C"


def _calendar(mapping: MappingFile, reports: list[TableReport]) -> dict[str, object]:
    """Return the company's calendar, with the holidays of its country in the years that the tables speak of."""
    calendar = mapping.calendar
    free, worked = set(calendar.holidays), set(calendar.extra_workdays)
    years = years_of(day for report in reports for day in (report.first_day, report.last_day))
    if calendar.country is not None and years:
        public, shifted = free_days(calendar.country, years, calendar.region)
        free |= {day.isoformat() for day in public} - worked
        worked |= {day.isoformat() for day in shifted} - set(calendar.holidays)
    return {
        "fiscal_start_month": calendar.fiscal_start_month,
        "zone": calendar.zone,
        "holidays_country": calendar.country,
        "holidays": sorted(free),
        "extra_workdays": sorted(worked),
    }


def _staged(
    mapping: MappingFile,
    done: Progress,
    report: SourceReport,
    quarantine: Quarantine,
) -> StagedImport:
    """Put the staged import together."""
    return StagedImport(
        source=mapping.name,
        tables=_with_originals(done),
        content_sha256=fingerprint(report.sha256, mapping),
        calendar=_calendar(mapping, done.reports),
        currency=mapping.currency,
        returns_allowed=mapping.returns_allowed,
        grade=_grade(mapping, done),
        quotas_published_days_before=mapping.quotas_published_days_before,
        derived_quota_rule=mapping.derived_quotas.model_dump() if mapping.derived_quotas else None,
        bookings_from_won=mapping.bookings_from_won,
        last_period_partial=mapping.last_period_partial,
        report=report,
        quarantine=quarantine.path if quarantine.count else None,
    )


def _refusal_text(report: SourceReport) -> str:
    """Return what a person reads when rows are refused."""
    lines = [
        f"{report.source}: {report.quarantined} of {report.rows_in} rows cannot be used ({report.fault_count} faults)"
    ]
    lines += rule_lines(report.faults, "en")
    lines += ["", *(str(fault) for fault in report.faults[:LISTED_FAULTS])]
    if report.fault_count > LISTED_FAULTS:
        lines.append(f"and {report.fault_count - LISTED_FAULTS} more, all in the quarantine file")
    lines += ["", "mend the export or the mapping, or import the good rows alone with --partial"]
    return "\n".join(lines)


def _refusal_zh(report: SourceReport) -> str:
    return refusal(
        report.source,
        report.faults,
        refused=report.quarantined,
        rows=report.rows_in,
        count=report.fault_count,
    )


def read_staged(table: StagedTable) -> pa.Table:
    """Return all rows of a staged table; for tests and notebooks, it holds them in memory."""
    schema = staged_schema(table.name)
    return pa.concat_tables([pq.read_table(path).cast(schema) for path in table.files])
