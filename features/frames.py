"""From engine rows to pandas frames: dates, money and missing values take their final form here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def to_frame(table: pa.Table, names: Mapping[str, str], *, texts: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return `table` as a frame: `*_day` integers become dates, decimals and booleans become floats.

    Args:
        table: Rows of an engine.
        names: New name by column name, for columns that are renamed.
        texts: Columns that hold text even if every value is missing.
    """
    columns = {names.get(name, name): _final(table.column(name), name, name in texts) for name in table.column_names}
    return pa.table(columns).to_pandas()


def in_order(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return the rows sorted by `columns`, text by code point.

    A wide sort is dearer in an engine than here, and engines sort text each in their own way.

    Args:
        table: Rows of an engine in any order.
        columns: Columns that tell the rows apart, first the most important.

    Examples:
        >>> in_order(pa.table({"a": ["b", "B", "a"]}), ["a"]).column("a").to_pylist()
        ['B', 'a', 'b']
    """
    return table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in columns]))


def _final(values: pa.ChunkedArray, name: str, is_text: bool) -> pa.ChunkedArray:
    if is_text or pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return values.cast(pa.string())
    if name.endswith("_day"):
        return values.cast(pa.int32()).cast(pa.date32()).cast(pa.timestamp("us"))
    if pa.types.is_decimal(values.type) or pa.types.is_floating(values.type):
        return pc.cast(values, pa.float64())
    return values.cast(pa.int64())
