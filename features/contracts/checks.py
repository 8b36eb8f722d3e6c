"""The contract of the canonical tables as pandera schemas: every fault of a chunk at once, with its mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc
from pandera.errors import SchemaErrors

from features.contracts.tables import CANONICAL, DAY, MOMENT, MONEY, NUMBER, TEXT, Column

LARGEST_AMOUNT = 1e12
LONGEST_TEXT = 4_000
LONGEST_ATTRS = 65_536


@dataclass(frozen=True)
class RowFault:
    """One rule that one row of a chunk breaks.

    Attributes:
        row: Position in the chunk.
        column: Canonical column.
        code: Short stable name of the rule.
        value: What stood there.
        mend: What to do.
    """

    row: int
    column: str
    code: str
    value: str
    mend: str


MENDS = {
    "required": "fill it in at the source, or give it a `default:` in the mapping",
    "choices": "map it under `values:` to one of the allowed words",
    "finite": "write a finite number",
    "amount": "amounts above 1e12 are not believed; check the unit or the scale",
    "year": "dates outside 1990..2100 are not believed; check the format or the value",
    "share": "a share lies between 0 and 1; 50 % is 0.5",
    "weight": "a weight is above 0 and at most 1",
    "period": "the period ends before it starts; swap the two days",
    "validity": "valid_to lies before valid_from; swap the two days",
    "owner": "fill either rep_id or team_id, not both and not none",
    "quota": "a quota is not negative; check the sign",
    "closed": "the deal closed before it was created; check the two dates and their formats",
    "outcome": "a deal that is won or lost needs closed_at; map the day it closed",
    "duration": "a duration is not negative; check the unit (minutes)",
    "nul": "remove the NUL byte",
    "length": "shorten the text",
    "change": "this field's new value has to be a number, an ISO day or open, won, lost; check the mapping of `new`",
    "employment": "end_date lies before hire_date; swap the two days",
}
"""How to mend a broken rule, by its code."""


def check_chunk(table: str, chunk: pa.Table) -> list[RowFault]:
    """Return everything that breaks the contract in some rows of one canonical table.

    Args:
        table: Canonical table.
        chunk: Rows with the canonical Arrow types.

    Examples:
        >>> chunk = pa.table({"rep_id": ["r1", None], "name": ["Ann", "Bo"]})
        >>> [(f.row, f.column, f.code) for f in check_chunk("reps", chunk)]
        [(1, 'rep_id', 'required')]
    """
    frame = to_frame(chunk)
    if frame.empty:
        return []
    try:
        schema_of(table, tuple(frame.columns)).validate(frame, lazy=True)
    except SchemaErrors as errors:
        return list(_faults(errors.failure_cases, frame))
    return []


def to_frame(chunk: pa.Table) -> pd.DataFrame:
    """Return a chunk as a frame to check: money as floats, days and moments as timestamps, text as objects."""
    columns = {}
    for name in chunk.column_names:
        column = chunk.column(name)
        if pa.types.is_decimal(column.type):
            column = column.cast(pa.float64())
        elif pa.types.is_date(column.type):
            column = column.cast(pa.timestamp("us"))
        columns[name] = column.to_pandas()
        if pa.types.is_string(column.type):
            columns[name] = columns[name].astype("str")
    return pd.DataFrame(columns)


@cache
def schema_of(table: str, present: tuple[str, ...]) -> pandera.DataFrameSchema:
    """Return the pandera schema of the columns that a chunk has.

    Args:
        table: Canonical table.
        present: Columns of the chunk; absent ones that are required are the mapping's fault and found earlier.
    """
    columns = {c.name: _column_schema(c) for c in CANONICAL[table].mapped if c.name in present}
    rules = [
        pandera.Check(rule, name=f"{code}:{column}", element_wise=False)
        for needed, column, code, rule in _ROW_RULES.get(table, ())
        if set(needed) <= set(present)
    ]
    return pandera.DataFrameSchema(columns, checks=rules, strict=False)


def _column_schema(column: Column) -> pandera.Column:
    """Return the pandera column of one canonical column."""
    checks = []
    if column.type == TEXT:
        longest = LONGEST_ATTRS if column.name == "attrs" else LONGEST_TEXT
        checks.append(pandera.Check(lambda s: ~s.str.contains("\x00", regex=False, na=False).astype(bool), name="nul"))
        checks.append(pandera.Check(lambda s: s.str.len().fillna(0) <= longest, name="length"))
    if column.choices:
        checks.append(pandera.Check(lambda s: s.isin(column.choices) | s.isna(), name="choices"))
    if column.type == MONEY:
        checks.append(pandera.Check(lambda s: s.isna() | (s.abs() <= LARGEST_AMOUNT), name="amount"))
    if column.type == NUMBER:
        checks.append(pandera.Check(lambda s: s.isna() | np.isfinite(s), name="finite"))
    if column.type in (DAY, MOMENT):
        checks.append(pandera.Check(lambda s: s.isna() | s.dt.year.between(1989, 2100), name="year"))
    checks += [pandera.Check(rule, name=code) for code, rule in _COLUMN_RULES.get(column.name, ())]
    return pandera.Column(checks=checks, nullable=not column.required, required=False)


Rule = Callable[[pd.DataFrame], "pd.Series[bool]"]
ColumnRule = Callable[["pd.Series[float]"], "pd.Series[bool]"]

_COLUMN_RULES: dict[str, tuple[tuple[str, ColumnRule], ...]] = {
    "split": (("share", lambda s: s.isna() | s.between(0, 1)),),
    "weight": (("weight", lambda s: s.isna() | ((s > 0) & (s <= 1))),),
    "duration_minutes": (("duration", lambda s: s.isna() | (s >= 0)),),
}


def _ordered(first: str, last: str) -> Rule:
    """Return the rule that one date does not lie after another."""
    return lambda f: f[first].isna() | f[last].isna() | (f[first] <= f[last])


def _closed_after_created(frame: pd.DataFrame) -> pd.Series[bool]:
    """Return whether each deal closed no earlier than the day it was created; close dates often have no time."""
    created, closed = frame["created_at"], frame["closed_at"]
    return created.isna() | closed.isna() | (closed + pd.Timedelta(days=1) >= created)


def _change_fits(frame: pd.DataFrame) -> pd.Series[bool]:
    """Return whether the new value of each change has the form that its field needs."""
    new = frame["new"]
    number = pd.to_numeric(new, errors="coerce").abs() <= LARGEST_AMOUNT
    day = new.str.fullmatch(r"\d{4}-\d{2}-\d{2}").fillna(False).astype(bool)
    outcome = new.isin(["open", "won", "lost"])
    field = frame["field"]
    fits = pd.Series(True, index=frame.index)
    for name, right in (("amount", number), ("expected_close", day), ("outcome", outcome)):
        fits &= (field != name) | new.isna() | right
    return fits


_ROW_RULES: dict[str, tuple[tuple[tuple[str, ...], str, str, Rule], ...]] = {
    "reps": ((("hire_date", "end_date"), "end_date", "employment", _ordered("hire_date", "end_date")),),
    "team_assignments": ((("valid_from", "valid_to"), "valid_to", "validity", _ordered("valid_from", "valid_to")),),
    "quotas": (
        (("period_start", "period_end"), "period_end", "period", _ordered("period_start", "period_end")),
        (("rep_id", "team_id"), "rep_id", "owner", lambda f: f["rep_id"].isna() != f["team_id"].isna()),
        (("amount",), "amount", "quota", lambda f: f["amount"].isna() | (f["amount"] >= 0)),
    ),
    "opportunities": (
        (("created_at", "closed_at"), "closed_at", "closed", _closed_after_created),
        (("outcome", "closed_at"), "closed_at", "outcome", lambda f: (f["outcome"] == "open") | f["closed_at"].notna()),
    ),
    "opportunity_changes": ((("field", "new"), "new", "change", _change_fits),),
}


def _faults(cases: pd.DataFrame, frame: pd.DataFrame) -> Iterator[RowFault]:
    """Yield one fault per row and broken rule."""
    seen = set()
    for case in cases.itertuples():
        if pd.isna(case.index):
            continue
        code, _, named = str(case.check).partition(":")
        code = "required" if code == "not_nullable" else code
        column = named or str(case.column)
        row = int(case.index)
        if (row, column, code) in seen:
            continue
        seen.add((row, column, code))
        value = frame.at[row, column]
        yield RowFault(row, column, code, "" if pd.isna(value) else str(value), MENDS.get(code, "correct the value"))


def describe(column: Column, code: str) -> str:
    """Return the mend of a broken rule for one column, with its allowed words.

    Examples:
        >>> describe(CANONICAL["bookings"].columns[6], "choices")
        'map it under `values:` to one of the allowed words: counted, not counted'
    """
    return MENDS[code] + (f": {', '.join(column.choices)}" if code == "choices" else "")


def text_of(column: pa.ChunkedArray, row: int) -> str:
    """Return one value of a chunk as text."""
    value = pc.cast(column.slice(row, 1), pa.string()).to_pylist()[0]
    return "" if value is None else str(value)
