"""Evaluating one column entry of a mapping over a chunk: from source columns to the text of a canonical column."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from features.connectors.columns import Columns
from features.connectors.spec import DateParts, ValueSpec
from features.domain.retail_weeks import RetailYears
from features.domain.time import add_months

_NONE = pa.scalar(None, pa.string())


@dataclass
class Evaluated:
    """Canonical text of one column.

    Attributes:
        texts: Text per row, null where there is no value.
        faults: Refused rows with the way to mend each.
        skip: Rows that the mapping leaves out, or None.
    """

    texts: pa.Array
    faults: dict[int, str] = field(default_factory=dict)
    skip: pa.Array | None = None


def evaluate(
    spec: ValueSpec, columns: Columns, *, fiscal_start_month: int, years: RetailYears | None = None
) -> Evaluated:
    """Return the canonical text that `spec` makes of a chunk.

    Args:
        spec: Column entry of the mapping.
        columns: The chunk.
        fiscal_start_month: First month of the fiscal year, for fiscal date parts.
        years: Fiscal years of whole weeks, where the company has such.

    Raises:
        MappingError: A column that is not optional is missing from the file.
    """
    result = Evaluated(_source(spec, columns, fiscal_start_month, years))
    if spec.case is not None:
        result = _cases(spec, columns)
    elif spec.values is not None:
        result = _vocabulary(spec, result.texts)
    if spec.default is not None:
        result.texts = pc.fill_null(result.texts, spec.default)
    for name, values in spec.only.items():
        result.texts = pc.if_else(columns.matches(name, values), result.texts, _NONE)
    if spec.only_any:
        hits = [columns.matches(name, values) for name, values in spec.only_any.items() if columns.has(name)]
        result.texts = pc.if_else(_any(hits, columns.rows), result.texts, _NONE)
    for name, values in spec.unless.items():
        result.texts = pc.if_else(pc.fill_null(columns.matches(name, values), False), _NONE, result.texts)
    if spec.prefix:
        result.texts = pc.binary_join_element_wise(spec.prefix, result.texts, "")
    return result


def _any(hits: list[pa.Array], rows: int) -> pa.Array:
    """Return which rows are hit by at least one condition."""
    result = pa.array([False] * rows, pa.bool_())
    for hit in hits:
        result = pc.or_(result, pc.fill_null(hit, False))
    return result


def source_columns(spec: ValueSpec) -> list[str]:
    """Return the names of all columns that `spec` reads."""
    names = [
        *([spec.column] if spec.column else []),
        *(spec.concat or []),
        *(spec.first_of or []),
        *(spec.object or []),
    ]
    if spec.date_parts is not None:
        parts = spec.date_parts
        names += [name for name in (parts.year, parts.month, parts.quarter, parts.day) if name is not None]
    for case in spec.case or []:
        names += list(case.when)
    return [*names, *spec.only, *spec.only_any, *spec.unless]


def _source(spec: ValueSpec, columns: Columns, fiscal_start_month: int, years: RetailYears | None) -> pa.Array:
    """Return the text before vocabularies and modifiers."""
    result = _nulls(columns.rows)
    if spec.column is not None and (columns.has(spec.column) or not spec.optional):
        result = _text(spec.column, spec, columns)
    elif spec.constant is not None:
        result = pa.array([spec.constant], pa.string()).take(pa.array([0] * columns.rows, pa.int32()))
    elif spec.concat is not None:
        parts = [columns.text(name, extra_nulls=spec.nulls) for name in spec.concat]
        result = pc.binary_join_element_wise(*parts, spec.separator)
    elif spec.first_of is not None:
        result = _first_of(spec, columns)
    elif spec.object is not None:
        result = _objects(spec.object, columns)
    elif spec.date_parts is not None:
        result = _dates(spec.date_parts, columns, fiscal_start_month, years)
    return result


def _text(name: str, spec: ValueSpec, columns: Columns) -> pa.Array:
    return columns.text(name, extra_nulls=spec.nulls)


def _nulls(rows: int) -> pa.Array:
    return pa.nulls(rows, pa.string())


def _first_of(spec: ValueSpec, columns: Columns) -> pa.Array:
    """Return the first value among the columns that exist; at least one has to, unless optional."""
    names = spec.first_of or []
    present = [n for n in names if columns.has(n)] if spec.optional else columns.header.need_one(names)
    return pc.coalesce(*(_text(name, spec, columns) for name in present)) if present else _nulls(columns.rows)


def _objects(names: list[str], columns: Columns) -> pa.Array:
    """Return the columns of each row as one JSON object without empty fields."""
    texts = {name: columns.text(name).to_pylist() for name in names if columns.has(name)}
    rows = ({name: values[i] for name, values in texts.items() if values[i]} for i in range(columns.rows))
    return pa.array([json.dumps(r, ensure_ascii=False, sort_keys=True) if r else None for r in rows], pa.string())


def _vocabulary(spec: ValueSpec, texts: pa.Array) -> Evaluated:
    """Translate each distinct text; compared exactly first, then without case."""
    vocabulary = spec.values or {}
    folded = {key.casefold(): value for key, value in vocabulary.items()}
    known = f"add it to `values:` (it has {', '.join(list(vocabulary)[:8])})"

    def translate(text: str) -> tuple[str | None, str]:
        if text in vocabulary:
            return vocabulary[text], ""
        if text.casefold() in folded:
            return folded[text.casefold()], ""
        return _otherwise(spec.otherwise, text, f"the vocabulary has no {text!r}; {known}")

    return _translated(texts, translate)


def _otherwise(otherwise: str | None, text: str, refusal: str) -> tuple[str | None, str]:
    """Return what becomes of a text without an entry: a value, and `refuse...` or `skip` as a verdict."""
    if otherwise == "refuse":
        return None, refusal
    if otherwise == "skip":
        return None, "skip"
    if otherwise == "keep":
        return text, ""
    return (None if otherwise in (None, "null") else otherwise), ""


def _translated(texts: pa.Array, translate: Callable[[str], tuple[str | None, str]]) -> Evaluated:
    """Apply `translate` to each distinct text."""
    coded = texts.dictionary_encode()
    pairs = [translate(text) for text in coded.dictionary.to_pylist()]
    result = Evaluated(pa.array([value for value, _ in pairs], pa.string()).take(coded.indices))
    verdicts = {position: verdict for position, (_, verdict) in enumerate(pairs) if verdict}
    if verdicts:
        codes = coded.indices.to_pylist()
        result.faults = {r: verdicts[c] for r, c in enumerate(codes) if c in verdicts and verdicts[c] != "skip"}
        skipped = [p for p, verdict in verdicts.items() if verdict == "skip"]
        result.skip = pc.is_in(coded.indices, pa.array(skipped, coded.indices.type)) if skipped else None
    return result


def _cases(spec: ValueSpec, columns: Columns) -> Evaluated:
    """Return the value of the first branch whose conditions all hold."""
    left = pa.array([True] * columns.rows, pa.bool_())
    texts = _nulls(columns.rows)
    for branch in spec.case or []:
        hit = left
        for name, values in branch.when.items():
            found = columns.matches(name, values) if columns.has(name) or not spec.optional else pa.scalar(False)
            hit = pc.and_(hit, pc.fill_null(found, False))
        texts = pc.if_else(hit, pa.scalar(branch.then, pa.string()), texts)
        left = pc.and_(left, pc.invert(hit))
    value, verdict = _otherwise(spec.otherwise, "", "no case fits this row; add a case or set `otherwise:`")
    if verdict == "skip":
        return Evaluated(texts, skip=left)
    if verdict:
        return Evaluated(texts, dict.fromkeys((i for i, open_ in enumerate(left.to_pylist()) if open_), verdict))
    return Evaluated(pc.if_else(left, pa.scalar(value, pa.string()), texts))


def _dates(parts: DateParts, columns: Columns, fiscal_start_month: int, years: RetailYears | None) -> pa.Array:
    """Return ISO days put together from parts; what makes no date stays as it was, to be refused later."""
    names = (parts.year, parts.week or parts.month or parts.quarter, parts.day)
    pieces = [
        pa.array([""] * columns.rows, pa.string()) if n is None else pc.fill_null(columns.text(n), "?") for n in names
    ]
    joined = pc.binary_join_element_wise(*pieces, "\t")
    start = fiscal_start_month if parts.fiscal else 1

    def build(text: str) -> tuple[str | None, str]:
        year, part, day = text.split("\t")
        if not text.replace("?", "").strip():
            return None, ""
        by_weeks = years if parts.fiscal or parts.week is not None else None
        if by_weeks is None:
            iso = _iso_from_parts(year, part, day, parts, start)
        else:
            iso = _iso_from_weeks(year, part, parts.grain, by_weeks)
        shown = " ".join(piece for piece in (year, part, day) if piece)
        return iso or f"not a date: {shown}", ""

    return _translated(joined, build).texts


def _iso_from_weeks(year: str, part: str, grain: str, years: RetailYears) -> str | None:
    """Return the first ISO day of a part of a fiscal year of weeks, or None where there is none."""
    y, p = _last_number(year), _last_number(part or "1")
    found = [] if y is None else years.parts(y, grain)
    return found[p - 1].start.isoformat() if p is not None and 1 <= p <= len(found) else None


def _iso_from_parts(year: str, part: str, day: str, parts: DateParts, start_month: int) -> str | None:
    """Return the ISO day, or None where the parts make no date."""
    limit, length = (4, 3) if parts.quarter is not None else (12, 1)
    y, p, d = _last_number(year), _last_number(part or "1"), _last_number(day or "1")
    if y is None or not 1900 <= y <= 2200:
        return None
    if p is None or d is None or not (1 <= p <= limit and 1 <= d <= 31):
        return None
    begun = y - 1 if start_month > 1 and parts.year_named_after == "end" else y
    first = add_months(date(begun, start_month, 1), (p - 1) * length)
    return f"{first.year:04}-{first.month:02}-{d:02}"


def _last_number(text: str) -> int | None:
    """Return the last run of digits in a text such as `FY2018 Q1`.

    Examples:
        >>> _last_number("FY2018 Q1"), _last_number("FY2018"), _last_number("none")
        (1, 2018, None)
    """
    found = re.findall(r"\d+", text)
    return int(found[-1]) if found and len(found[-1]) <= 4 else None
