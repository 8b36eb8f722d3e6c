"""Amounts of several currencies become the company's: by the rate of their day, or the plan rate, or not at all.

Bookings take the rate of the day they happened (in the company's zone), quotas that of the first day of their period.
What a rate is missing for is refused with its line, never summed as if it were the company's own money. What stood in
the source is kept beside it, in the table `original_amounts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from features.connectors.columns import Columns
from features.connectors.dates import DateStyle, to_day
from features.connectors.keys import quoted, scan
from features.connectors.language import Mapping, RatesSpec
from features.connectors.numbers import NumberStyle, to_number
from features.connectors.shape import Lookup
from features.contracts.faults import Fault
from features.contracts.tables import CANONICAL

ALWAYS = date(1, 1, 1)
"""Day from which a plan rate holds: it has no date."""

CONVERTED = {"bookings": "occurred_at", "quotas": "period_start"}
"""Tables whose amounts are converted, and the column whose day says by which rate."""

_RATE_TYPE = pa.decimal128(18, 8)
_RATE_SCHEMA = pa.schema([("currency", pa.string()), ("valid_from", pa.date32()), ("rate", _RATE_TYPE)])


@dataclass(frozen=True)
class Rates:
    """What one unit of a currency is worth, from a day on.

    Attributes:
        table: Columns `currency`, `valid_from` and `rate` (> 0), one row per currency and day.
        quoted_in_company: Whether a rate says units of the company's currency per unit of the other; else the reverse.
    """

    table: pa.Table
    quoted_in_company: bool = True


NO_RATES = Rates(_RATE_SCHEMA.empty_table())


@dataclass(frozen=True)
class Converted:
    """What came of converting one table.

    Attributes:
        files: Staged files with every amount in the company's currency.
        refused: One fault per row whose rate is missing.
        originals: Staged file of `original_amounts`; None where nothing was converted.
        count: Rows converted.
    """

    files: tuple[Path, ...]
    refused: tuple[Fault, ...] = ()
    originals: Path | None = None
    count: int = 0


def read_rates(spec: RatesSpec, lookup: Lookup, mapping: Mapping) -> tuple[Rates, list[Fault]]:
    """Return the rates that a source brings, and a fault for each line that is none.

    Args:
        spec: Which columns hold them.
        lookup: The file.
        mapping: For zones.

    Raises:
        MappingError: The file has no such column.
    """
    columns = Columns(lookup.table, lookup.header, mapping.nulls)
    codes, texts = columns.text(spec.currency), columns.text(spec.rate)
    numbers, bad = to_number(texts, NumberStyle())
    home = mapping.calendar.zone
    days: list[date | None] = [ALWAYS] * columns.rows
    late: dict[int, str] = {}
    if spec.valid_from is not None:
        found, late = to_day(columns.text(spec.valid_from), DateStyle(tuple(spec.format), home, home))
        days = found.to_pylist()
    rows: dict[tuple[str, date], Decimal] = {}
    faults = []
    for row, (code, day, number) in enumerate(zip(codes.to_pylist(), days, numbers.to_pylist(), strict=True)):
        rate = Decimal(repr(number)).quantize(Decimal("1e-8")) if number is not None and number > 0 else Decimal(0)
        if not code or day is None or not rate or rows.setdefault((code.upper(), day), rate) != rate:
            mend = late.get(row) or bad.get(row) or "give each currency one rate above zero per day"
            shown = str(texts[row].as_py() or "")
            faults.append(Fault(lookup.file, int(lookup.lines[row]), "rates", spec.rate, "not a rate", shown, mend))
    ordered = sorted(rows.items())
    table = pa.table(
        [[code for (code, _), _ in ordered], [day for (_, day), _ in ordered], [rate for _, rate in ordered]],
        schema=_RATE_SCHEMA,
    )
    return Rates(table, spec.quoted == "company_per_unit"), faults


def convert_amounts(
    con: duckdb.DuckDBPyConnection,
    table: str,
    files: tuple[Path, ...],
    *,
    rates: Rates,
    company: str,
    zone: str,
    stem: Path,
) -> Converted:
    """Return the staged files of a table with every amount in the company's currency.

    Args:
        con: DuckDB connection.
        table: Canonical table, one of `CONVERTED`.
        files: Staged files, each key once.
        rates: Rates known.
        company: The company's currency.
        zone: The company's time zone.
        stem: Path to write to; suffixes are added.
    """
    con.execute("DROP TABLE IF EXISTS foreign_rows")
    con.register("rates", rates.table)
    con.execute(f"CREATE TEMP TABLE foreign_rows AS {_foreign(table, files, rates, company, zone)}")
    found = con.execute("SELECT count(*), count(converted) FROM foreign_rows").fetchall()[0]
    if not found[0]:
        return Converted(files)
    missing = con.execute(
        "SELECT _file, _line, code, day FROM foreign_rows WHERE converted IS NULL ORDER BY _file, _line"
    ).fetchall()
    target, originals = stem.with_name(f"{stem.name}.money.parquet"), stem.with_name(f"{stem.name}.originals.parquet")
    own = quoted(company)
    names = ", ".join(_column(c.name, own) for c in CANONICAL[table].columns)
    con.execute(
        f"""COPY (SELECT {names}, s._line, s._file FROM {scan(files, places=True)} s
            LEFT JOIN foreign_rows f ON s.filename = f.filename AND s.file_row_number = f.file_row_number
            WHERE f.filename IS NULL OR f.converted IS NOT NULL) TO {quoted(str(target))} (FORMAT parquet)"""
    )
    con.execute(
        f"""COPY (SELECT '{table}' AS of_table, key_text AS of_key, occurred_at, amount, code AS currency,
            CAST(rate AS DOUBLE) AS rate, nullif(valid_from, DATE '{ALWAYS}') AS rate_from, _line, _file
            FROM foreign_rows WHERE converted IS NOT NULL) TO {quoted(str(originals))} (FORMAT parquet)"""
    )
    return Converted(
        (target,),
        tuple(_missing(table, company, (file, line), code, day) for file, line, code, day in missing),
        originals,
        int(found[1]),
    )


def _column(name: str, own: str) -> str:
    if name == "amount":
        return "coalesce(f.converted, s.amount) AS amount"
    return f"{own} AS currency" if name == "currency" else f's."{name}"'


def _foreign(table: str, files: tuple[Path, ...], rates: Rates, company: str, zone: str) -> str:
    """Return SQL for the rows in another currency, with the rate of their day and the amount converted."""
    when = CONVERTED[table]
    local = f"CAST(({when} AT TIME ZONE 'UTC') AT TIME ZONE {quoted(zone)} AS DATE)"
    day = local if when == "occurred_at" else when
    key = " || '/' || ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in CANONICAL[table].key)
    worth = "amount * rate" if rates.quoted_in_company else "round(CAST(amount AS DOUBLE) / CAST(rate AS DOUBLE), 4)"
    return f"""
        WITH abroad AS (
            SELECT filename, file_row_number, _file, _line, amount, upper(currency) AS code, {day} AS day,
                CAST({when} AS TIMESTAMP) AS occurred_at, {key} AS key_text
            FROM {scan(files, places=True)} WHERE upper(currency) <> upper({quoted(company)}))
        SELECT a.*, r.rate, r.valid_from, CAST({worth} AS DECIMAL(18, 4)) AS converted
        FROM abroad a ASOF LEFT JOIN rates r ON a.code = r.currency AND a.day >= r.valid_from"""


def _missing(table: str, company: str, place: tuple[str, int], code: str, day: date) -> Fault:
    mend = (
        f"no rate from {code} to {company} is known on {day}: add one to the file of `rates`, "
        f"or set `currency: {code}` if that is what the company counts in"
    )
    return Fault(place[0], int(place[1]), table, "currency", "no rate", code, mend)
