"""The same definitions on PostgreSQL, for companies that outgrow one process; facts still come through `known_by`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from features.assemble import Frames, assemble_with, known_cutoffs
from features.contracts.tables import STORED
from features.domain.errors import UsageError
from features.history.known import KnownFacts

if TYPE_CHECKING:
    import psycopg

_FROM_ARROW = (
    (pa.types.is_string, 'TEXT COLLATE "C"'),
    (pa.types.is_int32, "INTEGER"),
    (pa.types.is_int64, "BIGINT"),
    (pa.types.is_floating, "DOUBLE PRECISION"),
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "TIMESTAMP"),
    (pa.types.is_decimal, "DECIMAL(18, 4)"),
)
_TO_ARROW = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    25: pa.string(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1700: pa.decimal128(38, 4),
}
"""Arrow type by the object id of a PostgreSQL type; every exact number that leaves the definitions has scale 4 or 0."""


@dataclass(frozen=True)
class PostgresEngine:
    """One PostgreSQL session; everything it makes is temporary.

    Attributes:
        connection: Open connection of psycopg 3.
    """

    connection: psycopg.Connection[Any]

    def define(self, name: str, select: str) -> None:
        """Make a temporary view of a query, in place of one of that name."""
        self._execute(f"DROP VIEW IF EXISTS {name}")
        self._execute(f"CREATE TEMP VIEW {name} AS\n{select}")

    def side_by_side(self) -> AbstractContextManager[int]:
        """Run one step at a time: a session is one worker."""
        return nullcontext(1)

    def load(self, name: str, table: pa.Table) -> None:
        """Make a temporary table of `table`, in place of one of that name; text compares by code point."""
        columns = ", ".join(f'"{field.name}" {_column_type(field)}' for field in table.schema)
        self._execute(f"DROP TABLE IF EXISTS {name} CASCADE")
        self._execute(f"CREATE TEMP TABLE {name} ({columns})")
        copy = f"COPY {name} FROM STDIN"
        with self.connection.cursor() as cursor, cursor.copy(copy) as sink:
            for batch in table.to_batches(max_chunksize=10_000):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    sink.write_row(row)
        self._execute(f"ANALYZE {name}")

    def lend(self, name: str, table: pa.Table) -> None:
        """Make a temporary table of `table`: a server reads nothing of this process."""
        self.load(name, table)

    def materialise(self, name: str, select: str) -> None:
        """Make a temporary table of the rows of a query; its statistics are gathered, or joins become nested loops."""
        self._execute(f"DROP TABLE IF EXISTS {name} CASCADE")
        self._execute(f"CREATE TEMP TABLE {name} AS\n{select}")
        self._execute(f"ANALYZE {name}")

    def drop(self, name: str) -> None:
        """Forget the temporary table of that name."""
        self._execute(f"DROP TABLE {name} CASCADE")

    def fetch(self, sql: str) -> pa.Table:
        """Return the rows of a query."""
        cursor = self.connection.execute(sql)
        rows = cursor.fetchall()
        fields = [pa.field(column.name, _TO_ARROW[column.type_code]) for column in cursor.description or ()]
        values = list(zip(*rows, strict=True)) if rows else [() for _ in fields]
        return pa.table(
            [pa.array(column, field.type) for column, field in zip(values, fields, strict=True)],
            schema=pa.schema(fields),
        )

    def _execute(self, sql: str) -> None:
        self.connection.execute(sql)


def _column_type(field: pa.Field) -> str:
    for matches, name in _FROM_ARROW:
        if matches(field.type):
            return name
    raise UsageError(f"column {field.name} has type {field.type}, which PostgreSQL is not given; add it to _FROM_ARROW")


def assemble_in_postgres(known: KnownFacts, connection: psycopg.Connection[Any], cutoffs: Sequence[date]) -> Frames:
    """Build all frames in PostgreSQL from the facts that are known.

    Args:
        known: Facts behind the gate; their logs are copied into temporary tables.
        connection: Open connection; committed or rolled back by the caller.
        cutoffs: Days whose ends are the moments of knowledge.

    Raises:
        LookAheadError: A cutoff lies after `known.as_of`.
    """
    ordered = known_cutoffs(known, cutoffs)
    engine = PostgresEngine(connection)
    for name in STORED:
        engine.load(f"{name}_log", known.table(f"{name}_log"))
    return assemble_with(engine, ordered, horizon=known.as_of.day, calendar=known.info.calendar)
