"""JSON: a list of records, an object that holds one, or one record per line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from features.connectors.misfits import Misfit, Saying
from features.connectors.readers.cells import check_size, typed_chunks
from features.connectors.readers.chunk import RawChunk
from features.connectors.settings import IngestSettings
from features.contracts.faults import shorten


def open_json(
    path: Path, *, name: str, records: str | None, by_line: bool, settings: IngestSettings
) -> tuple[list[str], Iterator[RawChunk]]:
    """Open a JSON list of records, an object that holds one, or one record per line.

    Args:
        path: UTF-8 text.
        name: Name of the file for messages.
        records: Key of the list in an object.
        by_line: Whether each line is one record.
        settings: Caps on sizes.

    Raises:
        MappingError: The file is no JSON, or holds no list of records where the mapping says.
    """
    if by_line:
        names = _names_of(row for _, row in _lines(path, name))
        rows = ([row.get(key) for key in names] for _, row in _lines(path, name))
        return names, typed_chunks(names, rows, 1)
    check_size(path, settings.max_document_bytes)
    found = _records(path, name, records)
    names = _names_of(found)
    return names, typed_chunks(names, ([row.get(key) for key in names] for row in found), 1)


def _records(path: Path, name: str, records: str | None) -> list[dict[str, object]]:
    """Return the records of a JSON document."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Misfit("not json", file=name, problem=shorten(error)) from error
    found = content.get(records) if records is not None and isinstance(content, dict) else content
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        keys = list(content) if isinstance(content, dict) else Saying("no keys", {})
        raise Misfit("no list of records", file=name, keys=keys)
    return found


def _names_of(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Return all keys of the records in the order they are met."""
    return list(dict.fromkeys(str(key) for row in rows for key in row))


def _lines(path: Path, name: str) -> Iterator[tuple[int, dict[str, object]]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, text in enumerate(file, start=1):
            try:
                row = json.loads(text, parse_float=Decimal) if text.strip() else {}
            except (ValueError, RecursionError) as error:
                raise Misfit("not a json record", file=name, line=number, problem=shorten(error)) from error
            if not isinstance(row, dict):
                raise Misfit("not a json object", file=name, line=number, text=shorten(text))
            yield number, row
