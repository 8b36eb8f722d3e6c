"""Typed files as text: workbooks, Parquet, JSON and SQLite, each value written as a careful export would write it."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from features.connectors.readers.chunk import RawChunk, rows_to_chunk, unique_names
from features.connectors.settings import IngestSettings
from features.contracts.faults import shorten
from features.domain.errors import MappingError

_ROWS = 20_000


def cell_text(value: object) -> str:
    """Return one typed cell as text that loses nothing.

    Examples:
        >>> cell_text(3.0), cell_text(0.1), cell_text(True), cell_text(None), cell_text(date(2020, 2, 29))
        ('3', '0.1', 'true', '', '2020-02-29')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() and value.tzinfo is None else value.isoformat(" ")
    return next((write(value) for kinds, write in _WRITERS if isinstance(value, kinds)), str(value))


_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (float, repr),
    ((date, time), lambda value: value.isoformat()),
    (Decimal, lambda value: format(value, "f")),
    (timedelta, lambda value: str(value.total_seconds())),
    (bytes, lambda value: value.hex()),
    ((dict, list), lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)),
)


def _chunks(names: Sequence[str], rows: Iterator[Sequence[object]], first_line: int) -> Iterator[RawChunk]:
    """Yield typed rows as text chunks, lines counted from `first_line`; wholly empty rows are passed over."""
    line = first_line
    while block := list(islice(rows, _ROWS)):
        texts = [[cell_text(value) for value in row] for row in block]
        kept = [(line + i, row) for i, row in enumerate(texts) if any(row)]
        line += len(block)
        yield rows_to_chunk(names, [row for _, row in kept], [number for number, _ in kept])


def open_workbook(
    path: Path, *, sheet: str | None, skip_rows: int, columns: Sequence[str], settings: IngestSettings
) -> tuple[list[str], Iterator[RawChunk]]:
    """Open one sheet of an xlsx, xls or ods workbook.

    Raises:
        MappingError: The workbook is damaged, too large unpacked, or has no such sheet.
    """
    _check_workbook(path, settings)
    try:
        book = CalamineWorkbook.from_path(str(path))
        if sheet is not None and sheet not in book.sheet_names:
            raise MappingError(f"{path.name} has no sheet {sheet!r}; it has {book.sheet_names}; set `sheet:`")
        page = book.get_sheet_by_name(sheet) if sheet is not None else book.get_sheet_by_index(0)
        rows = page.to_python(skip_empty_area=False)[skip_rows:]
    except (CalamineError, OSError, ValueError) as error:
        raise MappingError(
            f"{path.name} cannot be opened as a workbook: {shorten(error)}; save it again, as xlsx"
        ) from error
    if columns:
        return unique_names(columns), _chunks(unique_names(columns), iter(rows), skip_rows + 1)
    names = unique_names([cell_text(value) for value in rows[0]]) if rows else []
    return names, _chunks(names, iter(rows[1:]), skip_rows + 2)


def _check_workbook(path: Path, settings: IngestSettings) -> None:
    """Refuse a workbook that would unpack to far more than it is."""
    _check_size(path, settings.max_document_bytes)
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as packed:
        unpacked = sum(info.file_size for info in packed.infolist())
    allowed = min(settings.max_workbook_bytes, settings.max_workbook_ratio * max(path.stat().st_size, 1))
    if unpacked > allowed:
        raise MappingError(f"{path.name} unpacks to {unpacked} bytes, {allowed} are allowed; export it as csv")


def _check_size(path: Path, allowed: int) -> None:
    """Refuse a document that has to be read whole and is too large for that."""
    size = path.stat().st_size
    if size > allowed:
        raise MappingError(f"{path.name} has {size} bytes, {allowed} are allowed; export it as csv or parquet")


def open_parquet(path: Path) -> tuple[list[str], Iterator[RawChunk]]:
    """Open a Parquet file; the line of a row is its number, counted from 2 as if there were a header.

    Raises:
        MappingError: The file is damaged.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise MappingError(f"{path.name} is no readable Parquet file: {shorten(error)}; write it again") from error
    names = unique_names(file.schema_arrow.names)
    return names, _parquet_chunks(file, names)


def _parquet_chunks(file: pq.ParquetFile, names: list[str]) -> Iterator[RawChunk]:
    line = 2
    for batch in file.iter_batches(65_536):
        arrays = [_column_text(column) for column in batch.columns]
        lines = np.arange(line, line + batch.num_rows, dtype=np.int64)
        line += batch.num_rows
        yield RawChunk(pa.table(arrays, names=names), lines)


def _column_text(column: pa.Array) -> pa.Array:
    """Return one typed column as text, null as the empty text."""
    plain = pa.types.is_integer(column.type) or pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if plain or pa.types.is_decimal(column.type) or pa.types.is_boolean(column.type):
        return column.cast(pa.string()).fill_null("")
    return pa.array([cell_text(value) for value in column.to_pylist()], pa.string())


def open_json(
    path: Path, *, records: str | None, by_line: bool, settings: IngestSettings
) -> tuple[list[str], Iterator[RawChunk]]:
    """Open a JSON list of records, an object that holds one, or one record per line.

    Raises:
        MappingError: The file is no JSON, or holds no list of records where the mapping says.
    """
    if by_line:
        names = _names_of(row for _, row in _json_lines(path))
        rows = ([row.get(name) for name in names] for _, row in _json_lines(path))
        return names, _chunks(names, rows, 1)
    _check_size(path, settings.max_document_bytes)
    found = _records(path, records)
    names = _names_of(found)
    return names, _chunks(names, ([row.get(name) for name in names] for row in found), 1)


def _records(path: Path, records: str | None) -> list[dict[str, object]]:
    """Return the records of a JSON document."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise MappingError(f"{path.name} is no JSON text: {shorten(error)}; export it again") from error
    found = content.get(records) if records is not None and isinstance(content, dict) else content
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        keys = list(content) if isinstance(content, dict) else "no keys"
        raise MappingError(
            f"{path.name} holds no list of records there ({keys}); set `records:` to the key of the list"
        )
    return found


def _names_of(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Return all keys of the records in the order they are met."""
    return list(dict.fromkeys(str(key) for row in rows for key in row))


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, text in enumerate(file, start=1):
            try:
                row = json.loads(text, parse_float=Decimal) if text.strip() else {}
            except (ValueError, RecursionError) as error:
                raise MappingError(
                    f"{path.name}:{number} is no JSON record: {shorten(error)}; mend that line"
                ) from error
            if not isinstance(row, dict):
                raise MappingError(
                    f"{path.name}:{number} is no JSON object: {shorten(text)}; write one record per line"
                )
            yield number, row


def open_sqlite(path: Path, query: str | None) -> tuple[list[str], Iterator[RawChunk]]:
    """Open the result of one SELECT on an SQLite file; only reading is allowed.

    Raises:
        MappingError: There is no query, it fails, or it does anything but read.
    """
    if query is None:
        raise MappingError(f"{path.name} is a database: say which rows with `query: SELECT ...`")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.set_authorizer(_read_only)
    try:
        cursor = connection.execute(query)
    except sqlite3.Error as error:
        connection.close()
        raise MappingError(f"{path.name}: the query failed: {shorten(error)}; only one SELECT is allowed") from error
    names = unique_names([str(column[0]) for column in cursor.description])
    return names, _sqlite_chunks(connection, cursor, names)


def _sqlite_chunks(connection: sqlite3.Connection, cursor: sqlite3.Cursor, names: list[str]) -> Iterator[RawChunk]:
    try:
        yield from _chunks(names, iter(cursor), 1)
    finally:
        connection.close()


def _read_only(action: int, *_: object) -> int:
    """Allow reading and functions; attaching, writing and pragmas are denied."""
    allowed = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY
