"""What an import has to say about its source: counts, encodings, duplicates, orphans and refused rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

from features.connectors.misfits import Saying
from features.connectors.report_text import source_lines
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
        remarks: Sentences worth reading that are no faults.
        sha256: Of each source file, by its name.
    """

    source: str
    mapping: str
    files: tuple[FileReport, ...] = ()
    tables: tuple[TableReport, ...] = ()
    faults: tuple[Fault, ...] = ()
    fault_count: int = 0
    orphans: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[Saying, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks in English."""
        return tuple(remark.told("en") for remark in self.remarks)

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
        """Return the report as JSON values, remarks in both languages."""
        plain = {part.name: getattr(self, part.name) for part in fields(self) if part.name not in _APART}
        return {
            **plain,
            **{name: [asdict(one) for one in getattr(self, name)] for name in ("files", "tables", "faults")},
            "orphans": dict(self.orphans),
            "sha256": dict(self.sha256),
            "notes": list(self.notes),
            "notes_zh": [remark.told("zh") for remark in self.remarks],
            "rows_in": self.rows_in,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
        }

    def text(self, limit: int = 20, lang: str = "en") -> str:
        """Return the report as plain text, the most important part last.

        Args:
            limit: Faults that are listed one by one.
            lang: `en` or `zh`.
        """
        return "\n".join(source_lines(self.as_dict(), limit=limit, lang=lang))


_APART = ("files", "tables", "faults", "orphans", "remarks", "sha256")
