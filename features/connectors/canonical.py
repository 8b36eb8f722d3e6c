"""From reshaped source rows to typed canonical rows: vocabularies, types, contract, and every refused value named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.connectors.columns import Columns
from features.connectors.dates import DateStyle, to_day, to_moment
from features.connectors.language import Mapping, scale_of
from features.connectors.numbers import NumberStyle, to_money, to_number
from features.connectors.spec import DEFAULTS, ValueSpec
from features.connectors.totals import total_rows
from features.connectors.values import Evaluated, evaluate
from features.contracts.checks import check_chunk, describe
from features.contracts.tables import CANONICAL, DAY, MOMENT, MONEY, TEXT, Column
from features.domain.retail_weeks import RetailYears
from features.domain.time import Grain, Period, period_containing


@dataclass(frozen=True)
class Refusal:
    """Why one row of a chunk is refused.

    Attributes:
        row: Position in the chunk.
        column: Source column, or the canonical one.
        code: Name of the rule.
        value: What stood there.
        mend: What to do.
    """

    row: int
    column: str
    code: str
    value: str
    mend: str


@dataclass
class CanonicalChunk:
    """Typed rows of a canonical table and what was refused.

    Attributes:
        table: Canonical columns, all rows, refused values as null.
        refusals: Every fault of every row.
        skip: Which rows the mapping leaves out, shape (n_rows,).
        tolerated: Breaches of rules that the mapping tolerates, by rule.
    """

    table: pa.Table
    refusals: list[Refusal] = field(default_factory=list)
    skip: np.ndarray | None = None
    tolerated: Counter[str] = field(default_factory=Counter)

    def accepted(self) -> np.ndarray:
        """Return which rows have no fault and are not left out, shape (n_rows,)."""
        keep = np.ones(self.table.num_rows, bool)
        if self.skip is not None:
            keep &= ~self.skip
        keep[[r.row for r in self.refusals]] = False
        return keep


def to_canonical(table: str, specs: dict[str, ValueSpec], columns: Columns, mapping: Mapping) -> CanonicalChunk:
    """Return typed, checked rows of a canonical table.

    Args:
        table: Canonical table.
        specs: Entries of the mapping by canonical column.
        columns: Source rows.
        mapping: For the calendar, zones and currency.

    Raises:
        MappingError: A column is missing from the file.
    """
    result = CanonicalChunk(pa.table({}))
    arrays, names = [], []
    for column in CANONICAL[table].mapped:
        spec = specs.get(column.name) or _default_spec(table, column.name, mapping)
        arrays.append(typed_column(column, spec, columns, mapping, result))
        names.append(column.name)
    result.table = _without_currency(pa.table(arrays, names=names), mapping.counted)
    _check(table, result, specs, next(plan.tolerate for name, plan in mapping.tables.items() if name == table))
    _name_totals(table, result, specs)
    return result


def _name_totals(table: str, result: CanonicalChunk, specs: dict[str, ValueSpec]) -> None:
    """Refuse rows that are sums of others, in place of whatever else is wrong with them."""
    totals = total_rows(table, result.table)
    if not totals:
        return
    left_out = result.skip if result.skip is not None else np.zeros(result.table.num_rows, bool)
    result.refusals = [r for r in result.refusals if r.row not in totals]
    for row, (column, word) in totals.items():
        if not left_out[row]:
            label = _label(specs.get(column), column)
            mend = f"leave it out: `where_not: {{{label}: [{word}]}}` in the mapping, or export the rows without sums"
            result.refusals.append(Refusal(row, label, "a total row", word, mend))


def _label(spec: ValueSpec | None, column: str) -> str:
    """Return the source column to blame, or the canonical one where there is no single one."""
    return column if spec is None else spec.column or (spec.first_of or [column])[0]


def _without_currency(table: pa.Table, counted: Collection[str]) -> pa.Table:
    """Return the table with the empty text as the currency of measures that are numbers of things."""
    if not counted or not {"metric", "currency"} <= set(table.column_names):
        return table
    is_counted = pc.is_in(table.column("metric"), value_set=pa.array(list(counted), pa.string()))
    currency = pc.if_else(is_counted, "", table.column("currency"))
    return table.set_column(table.column_names.index("currency"), "currency", currency)


def _default_spec(table: str, name: str, mapping: Mapping) -> ValueSpec | None:
    """Return the entry of a column that the mapping does not mention."""
    if name == "currency" and table in ("quotas", "bookings"):
        return ValueSpec(constant=mapping.currency)
    text = DEFAULTS.get(table, {}).get(name)
    return None if text is None else ValueSpec(constant=text)


def typed_column(
    column: Column, spec: ValueSpec | None, columns: Columns, mapping: Mapping, result: CanonicalChunk
) -> pa.Array:
    """Return one canonical column; refused values become null and are noted in `result`."""
    if spec is None:
        return pa.nulls(columns.rows, column.type)
    calendar = mapping.calendar
    found = evaluate(spec, columns, fiscal_start_month=calendar.fiscal_start_month, years=calendar.retail_years)
    texts = found.texts.combine_chunks() if isinstance(found.texts, pa.ChunkedArray) else found.texts
    values, faults = convert(column.type, spec, texts, mapping)
    label = _label(spec, column.name)
    _note(result, found, spec, label=label, columns=columns, texts=texts)
    code = {DAY: "not a date", MOMENT: "not a date"}.get(column.type, "not a number")
    shown = texts.take(pa.array(list(faults), pa.int64())).to_pylist() if faults else []
    for (row, mend), text in zip(faults.items(), shown, strict=True):
        result.refusals.append(Refusal(row, label, code, str(text), mend))
    return values


def _note(
    result: CanonicalChunk, found: Evaluated, spec: ValueSpec, *, label: str, columns: Columns, texts: pa.Array
) -> None:
    """Note refused and left-out rows of one evaluated entry."""
    if found.skip is not None:
        skip = np.asarray(found.skip.fill_null(False))
        result.skip = skip if result.skip is None else result.skip | skip
    source = columns.text(spec.column) if found.faults and spec.column is not None else texts
    for row, mend in found.faults.items():
        text = str(source[row].as_py() or "")
        result.refusals.append(Refusal(row, label, "value not in the vocabulary", text, mend))


def convert(target: pa.DataType, spec: ValueSpec, texts: pa.Array, mapping: Mapping) -> tuple[pa.Array, dict[int, str]]:
    """Return texts as values of a canonical type, and the mend for each that is refused."""
    if target == TEXT:
        return texts, {}
    if target in (DAY, MOMENT):
        home = mapping.calendar.zone
        style = DateStyle(tuple(spec.format or ()), spec.zone or mapping.times_in or home, home)
        if target == MOMENT and spec.to is None:
            return to_moment(texts, style)
        days, faults = to_day(texts, style)
        days, outside = _moved(days, spec.to, mapping.calendar.fiscal_start_month, mapping.calendar.retail_years)
        faults = {**outside, **faults}
        if target == DAY:
            return days, faults
        return to_moment(days.cast(pa.string()), DateStyle(zone=style.zone, home=home))[0], faults
    numbers = NumberStyle(spec.decimal, spec.thousands, scale_of(spec))
    return to_money(texts, numbers) if target == MONEY else to_number(texts, numbers)


def _moved(
    days: pa.Array, to: str | None, fiscal_start_month: int, years: RetailYears | None
) -> tuple[pa.Array, dict[int, str]]:
    """Return each day moved to an end of its period, and the mend for each that no listed fiscal year holds."""
    if to in (None, "day"):
        return days, {}
    grain, _, end = str(to).partition("_")
    coded = days.dictionary_encode()
    if years is None:
        periods = [period_containing(day, Grain(grain), fiscal_start_month) for day in coded.dictionary.to_pylist()]
        found: list[Period | None] = [*periods]
    else:
        found = [years.containing(day, grain) for day in coded.dictionary.to_pylist()]
    moved = [None if p is None else p.start if end == "start" else p.end for p in found]
    outside = {code for code, period in enumerate(found) if period is None}
    codes = coded.indices.to_pylist() if outside else []
    mend = "no fiscal year under `calendar.weeks.year_starts` holds this day; list its year and the one after it"
    return pa.array(moved, DAY).take(coded.indices), {row: mend for row, code in enumerate(codes) if code in outside}


def _check(table: str, result: CanonicalChunk, specs: dict[str, ValueSpec], tolerate: Collection[str]) -> None:
    """Add what breaks the table's contract, unless the same row and column is refused already."""
    by_name = {c.name: c for c in CANONICAL[table].mapped}
    already = {(r.row, r.column) for r in result.refusals}
    skipped = result.skip if result.skip is not None else np.zeros(result.table.num_rows, bool)
    for fault in check_chunk(table, result.table):
        label = _label(specs.get(fault.column), fault.column)
        if (fault.row, label) in already or skipped[fault.row]:
            continue
        if fault.code in tolerate:
            result.tolerated[fault.code] += 1
            continue
        mend = describe(by_name[fault.column], fault.code)
        result.refusals.append(Refusal(fault.row, label, fault.code, fault.value, mend))
    result.refusals = [r for r in result.refusals if not skipped[r.row]]
