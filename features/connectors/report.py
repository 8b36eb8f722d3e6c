"""What an import has to say about its source: counts, encodings, duplicates, orphans and refused rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from features.contracts.faults import Fault


@dataclass(frozen=True)
class FileReport:
    """What one file gave to one table.

    Attributes:
        table: Canonical table that was filled.
        file: File name relative to the source folder.
        encoding: Encoding found (`binary` for xlsx, parquet and the like).
        rows_in: Rows read.
        left_out: Rows that the mapping's `where`, an empty cell of an unpivot or `otherwise: skip` left out.
        rejected: Rows with at least one fault.
        staged: Rows written, after unpivot and repeat, before duplicates were removed.
        lookup_misses: Rows whose key a join did not find, per joined file.
        unmapped_columns: Columns of the file that the mapping does not use.
        tolerated: Breaches of rules that the mapping tolerates, by rule; the rows were kept.
    """

    table: str
    file: str
    encoding: str
    rows_in: int
    left_out: int
    rejected: int
    staged: int
    lookup_misses: Mapping[str, int] = field(default_factory=dict)
    unmapped_columns: tuple[str, ...] = ()
    tolerated: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TableReport:
    """What one canonical table received.

    Attributes:
        table: Canonical table.
        accepted: Rows handed on.
        quarantined: Rows refused.
        exact_duplicates: Rows equal to another in every column; one of each was kept.
        conflicting_duplicates: Rows whose key stands twice with different content.
        undated: Rows without business time (they are kept, and stay out of features).
        first_day: First business day as ISO text, empty if there is none.
        last_day: Last business day as ISO text, empty if there is none.
        amount: Sum of the amount column as exact decimal text, empty if the table has none.
    """

    table: str
    accepted: int
    quarantined: int
    exact_duplicates: int = 0
    conflicting_duplicates: int = 0
    undated: int = 0
    first_day: str = ""
    last_day: str = ""
    amount: str = ""


@dataclass(frozen=True)
class SourceReport:
    """Everything that staging found out about a source.

    Attributes:
        source: Name of the source.
        mapping: Name of the mapping.
        files: What each file gave to each table.
        tables: What each table received.
        faults: The first faults, at most 1,000; the quarantine file holds all.
        fault_count: Number of all faults.
        orphans: Named counts of references without a partner, such as `bookings without reps`.
        notes: Sentences worth reading that are no faults.
    """

    source: str
    mapping: str
    files: tuple[FileReport, ...] = ()
    tables: tuple[TableReport, ...] = ()
    faults: tuple[Fault, ...] = ()
    fault_count: int = 0
    orphans: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def rows_in(self) -> int:
        """Rows read from all files."""
        return sum(f.rows_in for f in self.files)

    @property
    def accepted(self) -> int:
        """Rows handed on in all tables."""
        return sum(t.accepted for t in self.tables)

    @property
    def quarantined(self) -> int:
        """Rows refused in all tables."""
        return sum(t.quarantined for t in self.tables)

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON values."""
        return {
            **asdict(self),
            "rows_in": self.rows_in,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
        }

    def text(self, limit: int = 20) -> str:
        """Return the report as plain text, the most important part last.

        Args:
            limit: Faults that are listed one by one.
        """
        lines = [f"{self.source}: read with mapping {self.mapping}", ""]
        lines += _file_lines(self.files)
        lines += _table_lines(self.tables)
        lines += [f"  {count} {name}" for name, count in self.orphans.items() if count]
        lines += [f"  {note}" for note in self.notes]
        if self.fault_count:
            lines += ["", f"{self.fault_count} faults, by rule:"]
            lines += rule_lines(self.faults)
            lines += ["", *(f"  {fault}" for fault in self.faults[:limit])]
            if self.fault_count > limit:
                lines.append(f"  and {self.fault_count - limit} more (see the quarantine file)")
        lines += ["", f"{self.rows_in} rows in, {self.accepted} accepted, {self.quarantined} quarantined"]
        return "\n".join(lines)


def _file_lines(files: tuple[FileReport, ...]) -> list[str]:
    """Return one line per file and table."""
    lines = []
    for f in files:
        lines.append(
            f"  {f.file} -> {f.table}: {f.rows_in} rows in ({f.encoding}), {f.left_out} left out by the mapping, "
            f"{f.rejected} refused"
        )
        lines += [
            f"    {count} rows break the rule `{rule}`, which the mapping tolerates"
            for rule, count in f.tolerated.items()
        ]
        lines += [f"    {count} rows found no partner in {name}" for name, count in f.lookup_misses.items() if count]
    return [*lines, ""] if lines else lines


def _table_lines(tables: tuple[TableReport, ...]) -> list[str]:
    """Return one line per canonical table."""
    lines = []
    for t in tables:
        parts = [f"{t.accepted} accepted"]
        parts += [f"{t.quarantined} quarantined"] if t.quarantined else []
        parts += [f"{t.exact_duplicates} repeated rows kept once"] if t.exact_duplicates else []
        parts += [f"{t.conflicting_duplicates} rows share a key but differ"] if t.conflicting_duplicates else []
        parts += [f"{t.undated} without a date (kept, out of features)"] if t.undated else []
        parts += [f"{t.first_day} to {t.last_day}"] if t.first_day else []
        parts += [f"sum of amount {t.amount}"] if t.amount else []
        lines.append(f"  {t.table}: {', '.join(parts)}")
    return lines


def rule_lines(faults: tuple[Fault, ...]) -> list[str]:
    """Return one line per rule: how many rows, the first lines, how to mend it."""
    groups: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        groups.setdefault((fault.file, fault.column, fault.code), []).append(fault)
    lines = []
    for (file, column, code), found in sorted(groups.items(), key=lambda item: -len(item[1])):
        first = ", ".join(str(f.line) for f in found[:3]) + (" …" if len(found) > 3 else "")
        lines.append(f"  {file} {column}: {code}: {len(found)} (lines {first}); {found[0].mend}")
    return lines
