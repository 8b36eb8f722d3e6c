"""PostgreSQL: the rows of queries, streamed inside one read-only transaction into files that are read like any other.

The driver's own words about a connection may hold the address, so of a failed connection only its kind is told; of a
failed query the server's sentence is, without the secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.connectors.databases import Address
from features.connectors.misfits import Misfit
from features.connectors.readers.cells import ROWS, cell_text
from features.connectors.readers.chunk import unique_names
from features.contracts.faults import shorten

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed

_CONNECT_SECONDS = 15
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Wanted:
    """What is read from a database.

    Attributes:
        name: Name under `files`, for messages.
        query: One SELECT; None for a whole table.
        table: Name of a table, with its schema before a dot if need be.
        optional: Whether the table may be missing.
        most_bytes: Bytes that the copy of the rows may have.
    """

    name: str
    query: str | None
    table: str | None
    optional: bool
    most_bytes: int


@contextmanager
def reading(address: Address, *, name: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection that can only read and sees one moment of the database.

    Args:
        address: Where it stands.
        name: Name under `files`, for messages.

    Raises:
        MappingError: There is no driver, or the database cannot be reached.
    """
    try:
        import psycopg
    except ImportError as error:
        raise Misfit("no driver", name=name) from error
    try:
        connection = psycopg.connect(address.url, connect_timeout=_CONNECT_SECONDS, application_name="paceline ingest")
    except psycopg.Error as error:
        raise Misfit("database not reached", name=name, kind=_kind(error)) from None
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection
    finally:
        connection.close()


def pull(connection: psycopg.Connection[Any], address: Address, wanted: Wanted, target: Path) -> bool:
    """Copy the rows of a query into a Parquet file, each value as text.

    Args:
        connection: Open connection.
        address: Its address, for what must not be told.
        wanted: What is read.
        target: File to write.

    Returns:
        False where an optional table does not exist; nothing is written then.

    Raises:
        MappingError: The query fails, or gives more than it may.
    """
    import psycopg

    try:
        with connection.transaction(), connection.cursor(name="paceline") as cursor:
            cursor.itersize = ROWS
            cursor.execute(_statement(wanted))
            first = cursor.fetchmany(ROWS)
            names = unique_names([column.name for column in cursor.description or ()])
            _write(names, _blocks(first, cursor), target, wanted)
    except psycopg.errors.UndefinedTable as error:
        if wanted.optional:
            return False
        raise _failed(error, address, wanted) from None
    except psycopg.Error as error:
        raise _failed(error, address, wanted) from None
    return True


def _statement(wanted: Wanted) -> Composed:
    from psycopg import sql

    if wanted.query is not None:
        text = wanted.query.strip().rstrip(";")
        # The mapping's own SELECT, which was checked when the mapping was read.
        return sql.Composed([sql.SQL(text)])
    return sql.SQL("SELECT * FROM {}").format(sql.Identifier(*(wanted.table or "").split(".")))


def _blocks(first: Rows, cursor: psycopg.ServerCursor[Any]) -> Iterator[Rows]:
    block = first
    while block:
        yield block
        block = cursor.fetchmany(ROWS)


def _write(names: list[str], blocks: Iterator[Rows], target: Path, wanted: Wanted) -> None:
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for block, number in zip(blocks, count(), strict=False):
            columns = zip(*block, strict=True)
            arrays = [pa.array([cell_text(value) for value in column], pa.string()) for column in columns]
            writer.write_table(pa.table(arrays, schema=schema))
            size = target.stat().st_size
            if size > wanted.most_bytes:
                raise Misfit("query gives too much", name=wanted.name, rows=(number + 1) * ROWS, most=wanted.most_bytes)


def _failed(error: psycopg.Error, address: Address, wanted: Wanted) -> Misfit:
    said = error.diag.message_primary or _kind(error)
    return Misfit("query failed", file=wanted.name, problem=shorten(address.redacted(said), 200))


def _kind(error: psycopg.Error) -> str:
    """Return what kind of error it is, in words that hold nothing of the address."""
    return f"{type(error).__name__} {error.sqlstate}" if error.sqlstate else type(error).__name__
