"""The DuckDB workbench on which an import is laid out: time rules as SQL, and the tables of one import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from features.contracts.tables import STORED, TableSpec
from features.domain.vocabulary import Grade

BEGINNING = "TIMESTAMP '1900-01-01 00:00:00'"
"""Since when attributes without business time are known."""


@dataclass(frozen=True)
class ImportFrame:
    """One import on the workbench.

    For each stored table `T` there is a view `old_T` of the log before the import; merging adds `new_T`, the row
    versions that the import brings, and `all_T`, both together.

    Attributes:
        con: DuckDB connection.
        zone: Time zone of the company.
        received: When the import arrived, naive UTC.
        newest: Newest business fact of the dataset before this import, naive UTC; None if there is none.
        ordinal: Number of this import in its chain, from 1; the tie-break between versions known at one instant.
        import_id: Identity of the import.
        grade: Point-in-time grade of the deals.
        currency: Plan currency.
        fiscal_start_month: First month of the fiscal year.
    """

    con: duckdb.DuckDBPyConnection
    zone: str
    received: datetime
    newest: datetime | None
    ordinal: int
    import_id: str
    grade: Grade
    currency: str = "USD"
    fiscal_start_month: int = 1

    @property
    def received_sql(self) -> str:
        """When the import arrived, as SQL."""
        return moment_sql(self.received)

    @property
    def settled_sql(self) -> str:
        """End of what the dataset already covered, as SQL: news about a time up to here is a correction.

        News about a later time is an event, known on its own day; a correction is known from the import on.
        """
        return moment_sql(self.received if self.newest is None else min(self.newest, self.received))

    def day(self, moment: str) -> str:
        """Return SQL for the company's day of a UTC `moment`."""
        return local_day(moment, self.zone)

    def midnight(self, day: str) -> str:
        """Return SQL for the UTC moment at which `day` begins in the company."""
        return utc_midnight(day, self.zone)

    def holds(self, relation: str) -> bool:
        """Return whether `relation` has any row."""
        return bool(self.con.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall())

    def drop(self, *relations: str) -> None:
        """Drop tables that are not needed any more, so that their memory is free for the next step."""
        for relation in relations:
            self.con.execute(f"DROP TABLE IF EXISTS {relation}")

    def count(self, relation: str, where: str = "true") -> int:
        """Return the number of rows of `relation`."""
        # fetchone() would leave the result open, and the connection busy.
        return int(self.con.execute(f"SELECT count(*) FROM {relation} WHERE {where}").fetchall()[0][0])


def naive_utc(moment: datetime) -> datetime:
    """Return a moment as the naive UTC that tables hold.

    Examples:
        >>> naive_utc(datetime(2024, 5, 1, 12, tzinfo=UTC))
        datetime.datetime(2024, 5, 1, 12, 0)
    """
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def moment_sql(moment: datetime) -> str:
    """Return a naive UTC moment as a SQL literal."""
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


def local_day(moment: str, zone: str) -> str:
    """Return SQL for the day that a UTC `moment` falls on in `zone`.

    Examples:
        >>> local_day("known_at", "UTC")
        'CAST(known_at AS DATE)'
    """
    if zone == "UTC":
        return f"CAST({moment} AS DATE)"
    return f"CAST(({moment} AT TIME ZONE 'UTC') AT TIME ZONE '{zone}' AS DATE)"


def utc_midnight(day: str, zone: str) -> str:
    """Return SQL for the UTC moment at which `day` begins in `zone`.

    Examples:
        >>> utc_midnight("valid_from", "UTC")
        'CAST(valid_from AS TIMESTAMP)'
    """
    if zone == "UTC":
        return f"CAST({day} AS TIMESTAMP)"
    return f"(CAST({day} AS TIMESTAMP) AT TIME ZONE '{zone}') AT TIME ZONE 'UTC'"


def open_workbench(scratch: Path, *, threads: int, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """Return a connection that spills to `scratch` instead of growing past `memory_limit`."""
    con = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(scratch),
            "preserve_insertion_order": False,
        }
    )
    con.execute("SET TimeZone = 'UTC'")
    return con


def parquet(files: Sequence[str | Path]) -> str:
    """Return SQL that reads Parquet files."""
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def lay_out(con: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[str]]) -> None:
    """Create `old_T` for every stored table from the files of the dataset before the import."""
    for spec in STORED.values():
        if files.get(spec.name):
            con.execute(f"CREATE VIEW old_{spec.name} AS SELECT {names(spec)} FROM {parquet(files[spec.name])}")
        else:
            con.register(f"_no_{spec.name}", spec.arrow_schema().empty_table())
            con.execute(f"CREATE VIEW old_{spec.name} AS SELECT * FROM _no_{spec.name}")


def names(spec: TableSpec) -> str:
    """Return the stored columns of a table, in order, as SQL."""
    return ", ".join(f'"{name}"' for name in spec.arrow_schema().names)


def content(spec: TableSpec) -> list[str]:
    """Return the columns that say what a row states: all but the log columns."""
    return [c.name for c in (*spec.columns, *spec.derived)]


def same(left: str, right: str, columns: Sequence[str]) -> str:
    """Return SQL that is true where two relations agree on `columns`, NULLs included.

    Examples:
        >>> same("a", "b", ["k", "v"])
        'a."k" IS NOT DISTINCT FROM b."k" AND a."v" IS NOT DISTINCT FROM b."v"'
    """
    return " AND ".join(f'{left}."{name}" IS NOT DISTINCT FROM {right}."{name}"' for name in columns)
