"""Parquet files, batch by batch, each typed column as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.connectors.misfits import Misfit
from features.connectors.readers.cells import cell_text
from features.connectors.readers.chunk import RawChunk, unique_names
from features.contracts.faults import shorten

_ROWS = 65_536


def open_parquet(path: Path, *, name: str = "") -> tuple[list[str], Iterator[RawChunk]]:
    """Open a Parquet file; the line of a row is its number, counted from 2 as if there were a header.

    Args:
        path: The file.
        name: Its name for messages; by default that of the path.

    Raises:
        MappingError: The file is damaged; of a damage further down the rows tell when they are read.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise Misfit("not parquet", file=name or path.name, problem=shorten(error)) from error
    names = unique_names(file.schema_arrow.names)
    return names, _chunks(file, names, name or path.name)


def _chunks(file: pq.ParquetFile, names: list[str], name: str) -> Iterator[RawChunk]:
    line = 2
    try:
        for batch in file.iter_batches(_ROWS):
            arrays = [column_text(column) for column in batch.columns]
            lines = np.arange(line, line + batch.num_rows, dtype=np.int64)
            line += batch.num_rows
            yield RawChunk(pa.table(arrays, names=names), lines)
    except (pa.ArrowException, OSError) as error:
        raise Misfit("not parquet", file=name, problem=shorten(error)) from error


def column_text(column: pa.Array) -> pa.Array:
    """Return one typed column as text, null as the empty text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    plain = pa.types.is_integer(column.type) or pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if plain or pa.types.is_decimal(column.type) or pa.types.is_boolean(column.type):
        return column.cast(pa.string()).fill_null("")
    return pa.array([_scalar_text(value) for value in column], pa.string())


def _scalar_text(value: pa.Scalar) -> str:
    """Return one typed value as text; a day that no calendar has is told by its number, to be refused as no date."""
    try:
        return cell_text(value.as_py())
    except (OverflowError, ValueError):
        return f"{value.type} {value.value}"
