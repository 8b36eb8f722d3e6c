"""Typed cells as text that loses nothing, and typed rows as chunks: what every reader of typed files shares."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from features.connectors.misfits import Misfit
from features.connectors.readers.chunk import RawChunk, rows_to_chunk

ROWS = 20_000
"""Rows that are turned into text at a time."""


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
    ((bytes, memoryview), lambda value: value.hex()),
    ((dict, list), lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)),
)


def typed_chunks(names: Sequence[str], rows: Iterator[Sequence[object]], first_line: int) -> Iterator[RawChunk]:
    """Yield typed rows as text chunks, lines counted from `first_line`; wholly empty rows are passed over."""
    line = first_line
    while block := list(islice(rows, ROWS)):
        texts = [[cell_text(value) for value in row] for row in block]
        kept = [(line + i, row) for i, row in enumerate(texts) if any(row)]
        line += len(block)
        yield rows_to_chunk(names, [row for _, row in kept], [number for number, _ in kept])


def check_size(path: Path, allowed: int) -> None:
    """Refuse a document that has to be read whole and is too large for that.

    Raises:
        MappingError: It has more bytes than `allowed`.
    """
    size = path.stat().st_size
    if size > allowed:
        raise Misfit("document too large", file=path.name, bytes=size, most=allowed)
