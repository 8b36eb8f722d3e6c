"""What needs all rows of a table: changes from snapshots, keys, one currency, quotas in parts, and the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duckdb import DuckDBPyConnection

from features.connectors.contradictions import without_contradictions
from features.connectors.currency import CONVERTED, Converted, Money, convert_amounts, relabel_people
from features.connectors.deal_currency import convert_changes
from features.connectors.keys import (
    Duplicates,
    drop_duplicates,
    number_occurrences,
    open_engine,
    snapshots_to_changes,
)
from features.connectors.language import Mapping as MappingFile
from features.connectors.language import TablePlan
from features.connectors.layout import ReadResult, changes_schema
from features.connectors.misfits import Saying
from features.connectors.quarantine import Quarantine
from features.connectors.quota_split import Split, SplitRule, split_quotas
from features.connectors.rates import NO_RATES, Rates
from features.connectors.report import FileReport, TableReport
from features.connectors.staging import StagedTable
from features.connectors.summary import summarise
from features.contracts.faults import Fault
from features.contracts.tables import CANONICAL

DEFAULT_LAG = {"bookings": 1.0, "activities": 1.0}
"""Days between business time and knowledge, where the mapping says nothing; zero for other tables."""

_CHANGING = ("stage", "amount", "expected_close", "rep_id", "outcome")


@dataclass
class Progress:
    """What staging has collected so far.

    Attributes:
        files: What was found in each file.
        tables: Finished tables by name.
        reports: Their totals.
        rates: Rates that the source brings.
        deals: Staged files of `opportunities` as the source said them.
        originals: Staged files of `original_amounts`.
        kept: Rows in `originals`.
        remarks: Sentences for the report.
        converted: Amounts that were converted, by table.
    """

    files: list[FileReport] = field(default_factory=list)
    tables: dict[str, StagedTable] = field(default_factory=dict)
    reports: list[TableReport] = field(default_factory=list)
    rates: Rates = NO_RATES
    deals: tuple[Path, ...] = ()
    originals: list[Path] = field(default_factory=list)
    kept: int = 0
    remarks: list[Saying] = field(default_factory=list)
    converted: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class TableFinisher:
    """Finishes the tables of one import, one after the other.

    Attributes:
        mapping: How the source is read.
        work_dir: Folder that everything is written to.
        quarantine: Takes the faults.
        done: Receives what was found.
    """

    mapping: MappingFile
    work_dir: Path
    quarantine: Quarantine
    done: Progress

    def finish(self, table: str, results: Sequence[ReadResult]) -> None:
        """Do what needs all rows of a table, and describe it.

        Args:
            table: Canonical table.
            results: What its files gave.
        """
        con = open_engine(self.work_dir)
        plan = next(plan for name, plan in self.mapping.tables.items() if name == table)
        files, rows = self._gathered(con, table, results)
        unique = self._unique(con, table, plan, files, rows)
        money = self._in_one_currency(con, table, unique.files)
        split = self._in_parts(con, table, money.files)
        sound = without_contradictions(con, table, split.files, self.work_dir / f"{table}.sound.parquet")
        self._refuse(sound.refused)
        refused = len(unique.conflicting) + len(money.refused) + len(split.refused) + len(sound.refused)
        kept = rows - unique.exact - unique.replaced - refused + money.added + split.parts - split.whole
        lag = plan.lag_days if plan.lag_days is not None else DEFAULT_LAG.get(table, 0.0)
        self.done.tables[table] = StagedTable(table, sound.files, plan.relation, lag, kept)
        self.done.reports.append(
            summarise(
                con,
                self.done.tables[table],
                quarantined=sum(result.report.rejected for result in results) + refused,
                exact_duplicates=unique.exact,
                conflicting_duplicates=len(unique.conflicting) + unique.replaced,
            )
        )

    def _gathered(
        self, con: DuckDBPyConnection, table: str, results: Sequence[ReadResult]
    ) -> tuple[tuple[Path, ...], int]:
        """Return the staged files of a table with snapshots as changes and repeated keys numbered, and their rows."""
        snapshots = tuple(path for result in results for path in result.snapshots)
        files = tuple(path for result in results for path in result.files)
        rows = sum(result.report.staged for result in results if not result.snapshots)
        if snapshots:
            target = self.work_dir / f"{table}.changes.parquet"
            fields = tuple(name for name in changes_schema(snapshots[0]) if name in _CHANGING)
            rows += snapshots_to_changes(con, snapshots, fields, target)
            files = (*files, target)
        for column in sorted({c for result in results for c in result.occurrence}):
            files = number_occurrences(con, table, column, files, self.work_dir / f"{table}.{column}.parquet")
        return files, rows

    def _unique(
        self, con: DuckDBPyConnection, table: str, plan: TablePlan, files: tuple[Path, ...], rows: int
    ) -> Duplicates:
        """Return a table with each key once; keys with different content are named."""
        last_wins = plan.conflicts == "last" or table == "opportunity_changes"
        target = self.work_dir / f"{table}.unique.parquet"
        found = drop_duplicates(con, table, files, rows, target, last_wins=last_wins)
        mend = "the same key has different content elsewhere: keep one row, or set `conflicts: last`"
        columns = ", ".join(CANONICAL[table].key)
        self._refuse(
            Fault(str(file), int(str(line)), table, columns, "duplicate key", str(key), mend)
            for file, line, key in found.conflicting
        )
        return found

    def _in_one_currency(self, con: DuckDBPyConnection, table: str, files: tuple[Path, ...]) -> Converted:
        """Return a table in the company's currency; rows without a rate are named."""
        money, stem = self._money, self.work_dir / table
        if table == "opportunities":
            self.done.deals = files
        if table == "reps":
            return relabel_people(con, files, money.company, self.work_dir / "reps.money.parquet")
        if table in CONVERTED:
            result = convert_amounts(con, table, files, money=money, stem=stem)
        elif table == "opportunity_changes":
            result = convert_changes(con, files, self.done.deals, money=money, stem=stem)
        else:
            return Converted(files)
        self._refuse(result.refused)
        if result.originals is not None:
            self.done.originals.append(result.originals)
            self.done.converted[table] = result.count
            self.done.kept += result.kept
        return result

    def _in_parts(self, con: DuckDBPyConnection, table: str, files: tuple[Path, ...]) -> Split:
        """Return a table in which long quotas are split as the mapping says; what cannot be is named."""
        spec = self.mapping.split_quotas
        if table != "quotas" or spec is None:
            return Split(files)
        booked = self.done.tables["bookings"].files if "bookings" in self.done.tables else ()
        start, days = self.mapping.calendar.fiscal_start_month, self.mapping.quotas_published_days_before
        target = self.work_dir / "quotas.parts.parquet"
        rule = SplitRule(spec, start, days)
        result = split_quotas(con, files, booked, rule=rule, money=self._money, target=target)
        self._refuse(result.refused)
        if result.whole:
            how = Saying(f"by {spec.by}", {})
            named = {"whole": result.whole, "parts": result.parts, "how": how}
            self.done.remarks.append(Saying("report split", named))
        return result

    @property
    def _money(self) -> Money:
        return Money(self.done.rates, self.mapping.currency, self.mapping.calendar.zone)

    def _refuse(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.quarantine.add(fault)
