"""Reshaping source rows before they are mapped: filters, joins, wide to long, and one row per period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.connectors.columns import Columns, Header, trimmed, without
from features.connectors.language import JoinSpec, LayoutSpec, RepeatSpec, UnpivotSpec
from features.connectors.misfits import Misfit
from features.contracts.faults import Fault, shorten
from features.domain.time import Grain, Period, next_period, period_containing


@dataclass(frozen=True)
class Lookup:
    """A file that others are joined to, held in memory.

    Attributes:
        name: Name under `files`.
        file: File name for messages.
        table: Trimmed text columns.
        lines: Line of each row.
        header: Its columns.
    """

    name: str
    file: str
    table: pa.Table
    lines: npt.NDArray[np.int64]
    header: Header
    _ambiguous: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def index(self, column: str) -> pa.Array:
        """Return the column whose values other files name.

        Raises:
            MappingError: The file has no such column.
        """
        return self.table.column(self.header.need(column)).combine_chunks()

    def ambiguous(self, column: str) -> dict[str, list[int]]:
        """Return the values of a key column that stand in rows of different content, with their lines."""
        if column not in self._ambiguous:
            keys = self.index(column)
            counts = pc.value_counts(keys)
            repeated = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
            hit = pc.is_in(keys, repeated.drop_null())
            found: dict[str, dict[tuple[object, ...], list[int]]] = {}
            rows = zip(self.lines[np.asarray(hit)], self.table.filter(hit).to_pylist(), strict=True)
            for (line, row), key in zip(rows, keys.filter(hit).to_pylist(), strict=True):
                found.setdefault(key, {}).setdefault(tuple(row.values()), []).append(int(line))
            self._ambiguous[column] = {
                key: sorted(line for lines in contents.values() for line in lines)
                for key, contents in found.items()
                if len(contents) > 1
            }
        return self._ambiguous[column]


@dataclass(frozen=True)
class Unjoined:
    """Why a row may not be joined: it has no partner where one is required, or several that differ.

    Attributes:
        column: Column that names the partner.
        code: Name of the rule.
        value: What stood there.
        mend: What to do.
    """

    column: str
    code: str
    value: str
    mend: str


@dataclass
class Reshaped:
    """Rows of a chunk after filters and joins.

    Attributes:
        table: Text columns, joined ones as `file.column`.
        lines: Line of each row.
        names: Column names that entries of the mapping may use.
        left_out: Rows that filters and empty cells left out.
        misses: Rows without a partner, per joined file.
        refused: Position of rows that may not be joined, and why.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    names: list[str]
    left_out: int = 0
    misses: dict[str, int] = field(default_factory=dict)
    refused: dict[int, Unjoined] = field(default_factory=dict)


def check_lookup(lookup: Lookup, column: str, table: str) -> list[Fault]:
    """Return the keys of a lookup that stand twice with different content.

    Args:
        lookup: Joined file.
        column: Its key column.
        table: Canonical table that needs it.
    """
    faults = []
    for key, lines in lookup.ambiguous(column).items():
        mend = f"lines {', '.join(map(str, lines[:5]))} differ: keep one, or join on a column whose values are unique"
        faults.append(Fault(lookup.file, lines[0], table, column, "a joined key stands twice", shorten(key), mend))
    return faults


def reshape(
    table: pa.Table,
    lines: npt.NDArray[np.int64],
    layout: LayoutSpec,
    header: Header,
    *,
    nulls: Sequence[str],
    lookups: Mapping[str, Lookup],
    fiscal_start_month: int,
) -> Reshaped:
    """Apply joins, filters, unpivot and repeat to a chunk, in this order.

    Args:
        table: Text columns of the file.
        lines: Line of each row.
        layout: What the mapping says.
        header: Columns of the file.
        nulls: Texts that mean: no value.
        lookups: Joined files by name.
        fiscal_start_month: First month of the fiscal year, for `repeat`.

    Raises:
        MappingError: A column is missing.
    """
    result = Reshaped(table, lines, list(table.column_names))
    for join in layout.join:
        _join(result, join, lookups[join.file], header, nulls)
    _filter(result, layout, header, nulls)
    if layout.unpivot is not None:
        _unpivot(result, layout.unpivot, header, nulls)
    if layout.repeat is not None:
        _repeat(result, layout.repeat, fiscal_start_month)
    return result


def _join(result: Reshaped, join: JoinSpec, lookup: Lookup, header: Header, nulls: Sequence[str]) -> None:
    """Add the columns of a lookup as `file.column`."""
    here = Columns(result.table, Header(header.file, result.names, header.is_loose), nulls)
    keys = here.text(join.left)
    found = pc.index_in(keys, lookup.index(join.right), skip_nulls=True)
    missing = pc.is_null(found)
    result.misses[lookup.file] = result.misses.get(lookup.file, 0) + int(pc.sum(missing).as_py() or 0)
    for name in lookup.table.column_names:
        column = lookup.table.column(name).combine_chunks().take(found)
        result.table = result.table.append_column(f"{lookup.name}.{name}", column.fill_null(""))
    result.names = list(result.table.column_names)
    if join.required:
        mend = f"add it to {lookup.file} ({join.right}), or drop `required:`"
        for row in np.flatnonzero(np.asarray(missing)):
            result.refused.setdefault(int(row), Unjoined(join.left, "no partner", keys[int(row)].as_py() or "", mend))
    several = lookup.ambiguous(join.right)
    if several:
        hit = pc.is_in(keys, pa.array(list(several), pa.string()), skip_nulls=True)
        for row in np.flatnonzero(np.asarray(hit)):
            key = keys[int(row)].as_py()
            mend = (
                f"{lookup.file} has it on lines {', '.join(map(str, several[key][:5]))}, which differ: keep one of them"
            )
            result.refused.setdefault(int(row), Unjoined(join.left, "several partners", key, mend))


def _filter(result: Reshaped, layout: LayoutSpec, header: Header, nulls: Sequence[str]) -> None:
    """Keep the rows that `where` and `where_not` allow."""
    if not layout.where and not layout.where_not:
        return
    here = Columns(result.table, Header(header.file, result.names, header.is_loose), nulls)
    keep = pa.array([True] * result.table.num_rows, pa.bool_())
    for name, values in layout.where.items():
        keep = pc.and_(keep, pc.fill_null(here.matches(name, values), False))
    for name, values in layout.where_not.items():
        keep = pc.and_(keep, pc.invert(pc.fill_null(here.matches(name, values), False)))
    _keep(result, np.asarray(keep))


def _keep(result: Reshaped, keep: npt.NDArray[np.bool_]) -> None:
    """Drop rows and count them."""
    position = np.cumsum(keep) - 1
    result.refused = {int(position[row]): why for row, why in result.refused.items() if keep[row]}
    result.left_out += int(np.count_nonzero(~keep))
    result.table = result.table.filter(pa.array(keep))
    result.lines = result.lines[keep]


def _unpivot(result: Reshaped, spec: UnpivotSpec, header: Header, nulls: Sequence[str]) -> None:
    """Turn the listed columns into rows; cells without a value give none."""
    here = Header(header.file, result.names, header.is_loose)
    pairs = _unpivoted(spec, here)
    rows = result.table.num_rows
    kept = result.table.drop_columns([name for name, _ in pairs])
    order = np.tile(np.arange(rows), len(pairs))
    long = kept.take(pa.array(order)) if kept.num_columns else pa.table({"_": pa.array([""] * len(order))})
    keys = pa.array([key for _, key in pairs], pa.string()).take(pa.array(np.repeat(np.arange(len(pairs)), rows)))
    cells = pa.chunked_array(
        [c for name, _ in pairs for c in result.table.column(name).chunks] or [pa.array([], pa.string())]
    )
    cells = without(trimmed(cells.combine_chunks()), ["", *nulls])
    long = long.append_column(spec.key, keys).append_column(spec.value, cells.fill_null(""))
    refused = {row + i * rows: why for row, why in result.refused.items() for i in range(len(pairs))}
    filled = np.asarray(pc.is_valid(cells))
    result.table, result.lines, result.refused = long, result.lines[order], refused
    before = result.left_out
    _keep(result, filled)
    result.left_out = before
    result.names = list(long.column_names)


def _unpivoted(spec: UnpivotSpec, header: Header) -> list[tuple[str, str]]:
    """Return the columns to unpivot with the key of each."""
    if spec.matching is not None:
        try:
            pattern = re.compile(spec.matching)
        except re.error as error:
            raise Misfit("bad pattern", pattern=spec.matching, problem=str(error)) from error
        found = [(name, name) for name in header.names if pattern.search(name)]
        if not found:
            raise Misfit("no column matches", file=header.file, pattern=spec.matching, has=list(header.names))
        return found
    listed = spec.columns if isinstance(spec.columns, dict) else {name: name for name in spec.columns or []}
    return [(header.need(name), key) for name, key in listed.items()]


def _repeat(result: Reshaped, spec: RepeatSpec, fiscal_start_month: int) -> None:
    """Give every row once per period, with `period_start` and `period_end`."""
    try:
        first, last = date.fromisoformat(spec.first), date.fromisoformat(spec.last)
    except ValueError as error:
        raise Misfit("repeat without days", first=spec.first, last=spec.last) from error
    grain = Grain(spec.grain)
    period = period_containing(first, grain, fiscal_start_month)
    periods: list[Period] = []
    while period.start <= last and len(periods) < 1200:
        periods.append(period)
        period = next_period(period, grain)
    rows = result.table.num_rows
    order = np.repeat(np.arange(rows), len(periods))
    table = result.table.take(pa.array(order))
    for name, days in (("period_start", [p.start for p in periods]), ("period_end", [p.end for p in periods])):
        table = table.append_column(name, pa.array([d.isoformat() for d in days] * rows, pa.string()))
    result.refused = {row * len(periods) + i: why for row, why in result.refused.items() for i in range(len(periods))}
    result.table, result.lines, result.names = table, result.lines[order], list(table.column_names)
