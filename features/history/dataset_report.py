"""The dataset's part of an import report: what the facts look like with the import, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any, cast
from zoneinfo import ZoneInfo

import duckdb

from features.connectors.misfits import Saying
from features.connectors.report_text import orphan_line
from features.contracts.tables import STORED
from features.domain.time import AsOf
from features.history.build import BuiltImport
from features.history.known import create_views
from features.history.source import DatasetInfo
from features.history.workbench import ImportFrame
from features.quality.coverage import last_complete_period, orphans, quota_coverage
from features.quality.fault_words import told_fault
from features.quality.faults import faults_at, scale_ratio


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
        `as_of, grade, counts, late_rows, deals, orphans, quota_coverage, scale_ratio, last_complete_month, faults`.
    """
    newest = (built.newest or frame.received).replace(tzinfo=UTC).astimezone(ZoneInfo(frame.zone)).date()
    facts = LaidOut(frame.con, AsOf(newest, frame.zone), info)
    for spec in STORED.values():
        create_views(frame.con, spec, f"all_{spec.name}", facts.as_of)
    coverage = quota_coverage(facts)
    complete = last_complete_period(facts, newest)
    ratio = scale_ratio(facts)
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
        "scale_ratio": None if ratio is None else asdict(ratio),
        "last_complete_month": None if complete is None else complete.isoformat(),
        "faults": [asdict(fault) for fault in faults_at(facts)],
    }


def fault_codes(report: Mapping[str, object]) -> tuple[str, ...]:
    """Return the codes of the faults in a dataset report, each once."""
    found = cast("Sequence[Mapping[str, object]]", report["faults"])
    return tuple(dict.fromkeys(str(fault["code"]) for fault in found))


def report_lines(report: Mapping[str, object], lang: str = "en") -> list[str]:
    """Return the dataset's part of the report of an import as lines of text, the most important part last.

    Args:
        report: Report of the import, as it is stored.
        lang: `en` or `zh`.
    """
    dataset = cast("Mapping[str, object]", report["dataset"])
    counts = cast("Mapping[str, Mapping[str, int]]", dataset["counts"])
    lines = [_say("facts up to", lang, day=dataset["as_of"], grade=dataset["grade"])]
    lines += [f"  {_say('a tally', lang, table=table, parts=_tally(tally))}" for table, tally in counts.items()]
    named = cast("Mapping[str, int]", dataset["orphans"])
    lines += [f"  {orphan_line(name, count, lang)}" for name, count in named.items() if count]
    deals = cast("Mapping[str, int]", dataset["deals"])
    lines += [f"  {_say(f'deals {name}', lang, count=count)}" for name, count in deals.items() if count]
    lines += [f"  {line}" for line in _coverage(dataset, lang)]
    if dataset["late_rows"]:
        lines.append(f"  {_say('late rows', lang, count=dataset['late_rows'])}")
    faults = cast("Sequence[Mapping[str, Any]]", dataset["faults"])
    told = [{"name": fault["code"], "sentence": told_fault(fault, lang)} for fault in faults]
    return lines + [_say("a dataset fault", lang, **fault) for fault in told]


def _say(code: str, lang: str, **params: object) -> str:
    return Saying(code, params).told(lang)


def _coverage(dataset: Mapping[str, object], lang: str) -> list[str]:
    """Return how quotas cover the bookings, how the two compare in size, and how far the facts are complete."""
    lines = []
    coverage = cast("Mapping[str, float]", dataset["quota_coverage"])
    if coverage["share"] is not None:
        lines.append(_say("quota coverage", lang, **{**coverage, "share": f"{coverage['share']:.0%}"}))
    ratio = cast("Mapping[str, float] | None", dataset.get("scale_ratio"))
    if ratio is not None:
        lines.append(_say("scale ratio", lang, ratio=f"{ratio['median']:.2f}", pairs=ratio["pairs"]))
    day = dataset["last_complete_month"]
    return [*lines, _say("last complete month", lang, day=day) if day else _say("no complete month", lang)]


def _tally(counts: Mapping[str, int]) -> list[Saying]:
    names = ("new", "changed", "unchanged", "kept", "vanished", "late")
    said = [Saying(name, {"count": counts[name]}) for name in names if counts[name]]
    return said or [Saying("tally of nothing", {})]
