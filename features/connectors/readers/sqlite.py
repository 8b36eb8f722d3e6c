"""SQLite files: the result of one SELECT, with everything but reading denied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from features.connectors.misfits import Misfit
from features.connectors.readers.cells import typed_chunks
from features.connectors.readers.chunk import RawChunk, unique_names
from features.contracts.faults import shorten


def open_sqlite(path: Path, query: str | None, *, table: str | None = None) -> tuple[list[str], Iterator[RawChunk]]:
    """Open the result of one SELECT, or a whole table, of an SQLite file; only reading is allowed.

    Raises:
        MappingError: There is no query, it fails, or it does anything but read; of a failure further down the rows
            tell when they are read.
    """
    if query is None and table is None:
        raise Misfit("no query", file=path.name)
    query = query if query is not None else f"SELECT * FROM {_identifier(table or '')}"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.set_authorizer(_read_only)
    try:
        cursor = connection.execute(query)
    except sqlite3.Error as error:
        connection.close()
        raise Misfit("query failed", file=path.name, problem=shorten(error)) from error
    if cursor.description is None:
        connection.close()
        raise Misfit("no query", file=path.name)
    names = unique_names([str(column[0]) for column in cursor.description])
    return names, _chunks(connection, cursor, names, path.name)


def _chunks(connection: sqlite3.Connection, cursor: sqlite3.Cursor, names: list[str], file: str) -> Iterator[RawChunk]:
    try:
        yield from typed_chunks(names, iter(cursor), 1)
    except sqlite3.Error as error:
        raise Misfit("query failed", file=file, problem=shorten(error)) from error
    finally:
        connection.close()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _read_only(action: int, *_: object) -> int:
    """Allow reading and functions; attaching, writing and pragmas are denied."""
    allowed = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY
