"""The staged import: canonical rows as Parquet, checked, with a report, ready for the fact store to commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from features.connectors.report import SourceReport


@dataclass(frozen=True)
class StagedTable:
    """Checked rows of one canonical table.

    Attributes:
        name: Canonical table.
        files: Parquet files; their columns are exactly the table's `mapped` ones in order (no derived or log columns),
            then `_line` (int64, line in the origin) and `_file` (string, origin).
        relation: `upsert`, `append` or `snapshot`: how the next export relates to the last.
        lag_days: Declared lag in days between business time and `known_at` on the first import.
        rows: Number of rows in all files.
    """

    name: str
    files: tuple[Path, ...]
    relation: str = "upsert"
    lag_days: float = 0.0
    rows: int = 0


@dataclass(frozen=True)
class StagedImport:
    """One source, read through one mapping.

    Attributes:
        source: Name of the source.
        tables: Staged tables by canonical name; tables that the source does not have are absent.
        content_sha256: Over the bytes of all source files read, sorted by name, and the mapping's content.
        calendar: `fiscal_start_month`, `zone`, `holidays_country`, `holidays` and `extra_workdays` (ISO days).
        currency: Plan currency.
        returns_allowed: Whether negative bookings are normal for this company.
        grade: Data grade A, B, C or D.
        quotas_published_days_before: Days before the period at which quotas without `published_at` are known.
        derived_quota_rule: `{"rule": "R1", "grain": "quarter", ...}`, or None.
        bookings_from_won: Whether bookings are to be derived from won opportunities.
        last_period_partial: Whether the newest period in the data is known to be incomplete.
        report: What was found.
        quarantine: CSV file with every refused row, or None if there was none.
    """

    source: str
    tables: Mapping[str, StagedTable]
    content_sha256: str
    calendar: Mapping[str, object] = field(default_factory=dict)
    currency: str = "USD"
    returns_allowed: bool = False
    grade: str = "D"
    quotas_published_days_before: int = 30
    derived_quota_rule: Mapping[str, object] | None = None
    bookings_from_won: bool = False
    last_period_partial: bool = False
    report: SourceReport = field(default_factory=lambda: SourceReport("", ""))
    quarantine: Path | None = None
