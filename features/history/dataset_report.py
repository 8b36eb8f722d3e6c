"""The dataset's part of an import report: what the facts look like with the import, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import cast
from zoneinfo import ZoneInfo

import duckdb

from features.contracts.tables import STORED
from features.domain.time import AsOf
from features.history.build import BuiltImport
from features.history.known import create_views
from features.history.source import DatasetInfo
from features.history.workbench import ImportFrame
from features.quality.coverage import last_complete_period, orphans, quota_coverage
from features.quality.faults import faults_at


@dataclass(frozen=True)
class LaidOut:
    """The facts on the workbench as they are known at one moment.

    Attributes:
        con: The workbench, with the views of every stored table.
        as_of: Moment of knowledge.
        info: Facts about the dataset as a whole.
    """

    con: duckdb.DuckDBPyConnection
    as_of: AsOf
    info: DatasetInfo


def dataset_report(frame: ImportFrame, built: BuiltImport, info: DatasetInfo) -> dict[str, object]:
    """Return what the dataset looks like with the import, as JSON values.

    Args:
        frame: The import, merged: `all_T` stands for every stored table.
        built: Counts of the merge.
        info: Facts about the dataset, faults not yet known.

    Returns:
        `as_of, grade, counts, late_rows, deals, orphans, quota_coverage, last_complete_month, faults`.
    """
    newest = (built.newest or frame.received).replace(tzinfo=UTC).astimezone(ZoneInfo(frame.zone)).date()
    facts = LaidOut(frame.con, AsOf(newest, frame.zone), info)
    for spec in STORED.values():
        create_views(frame.con, spec, f"all_{spec.name}", facts.as_of)
    coverage = quota_coverage(facts)
    complete = last_complete_period(facts, newest)
    return {
        "as_of": newest.isoformat(),
        "grade": info.grade.value,
        "counts": {
            name: {**asdict(counts), "versions": frame.count(f"new_{name}")} for name, counts in built.counts.items()
        },
        "late_rows": sum(counts.late for counts in built.counts.values()),
        "repeated_keys": dict(built.repeated),
        "deals": {**asdict(built.deals), "won_without_amount": built.won_without_amount},
        "orphans": orphans(facts),
        "quota_coverage": {**asdict(coverage), "share": coverage.share},
        "last_complete_month": None if complete is None else complete.isoformat(),
        "faults": [asdict(fault) for fault in faults_at(facts)],
    }


def fault_codes(report: Mapping[str, object]) -> tuple[str, ...]:
    """Return the codes of the faults in a dataset report, each once."""
    found = cast("Sequence[Mapping[str, object]]", report["faults"])
    return tuple(dict.fromkeys(str(fault["code"]) for fault in found))


def report_lines(report: Mapping[str, object]) -> list[str]:
    """Return the whole report of an import as lines of text, the most important part last."""
    dataset = cast("Mapping[str, object]", report["dataset"])
    counts = cast("Mapping[str, Mapping[str, int]]", dataset["counts"])
    lines = [f"facts up to {dataset['as_of']}, data grade {dataset['grade']}"]
    lines += [f"  {table}: {_tally(tally)}" for table, tally in counts.items()]
    for part in ("orphans", "deals"):
        named = cast("Mapping[str, int]", dataset[part])
        lines += [f"  {count} {name.replace('_', ' ')}" for name, count in named.items() if count]
    coverage = cast("Mapping[str, float]", dataset["quota_coverage"])
    if coverage["share"] is not None:
        lines.append(
            f"  quota coverage {coverage['share']:.0%}: {coverage['with_quota']} of {coverage['rep_quarters']} "
            f"rep-quarters with bookings, {coverage['derived']} of them by derived quotas"
        )
    lines.append(f"  last complete month ends {dataset['last_complete_month'] or 'nowhere yet'}")
    if dataset["late_rows"]:
        lines.append(f"  {dataset['late_rows']} rows are about a time that earlier imports already covered")
    faults = cast("Sequence[Mapping[str, object]]", dataset["faults"])
    return lines + [f"FAULT {fault['code']}: {fault['sentence']}" for fault in faults]


def _tally(counts: Mapping[str, int]) -> str:
    said = [f"{counts[name]} {name}" for name in ("new", "changed", "unchanged", "kept", "vanished", "late")]
    return ", ".join(part for part in said if not part.startswith("0 ")) or "nothing"
