"""Amounts of several currencies become the company's: by the rate of their day, or the plan rate, or not at all.

Bookings take the rate of the day they happened (in the company's zone), quotas that of the first day of their
period, deals that of the day they were won, else created. What a rate is missing for is refused with its line, never
summed as if it were the company's own money. What stood in the source is kept beside it, in the table
`original_amounts`. The history of deals has a file of its own: `deal_currency.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from features.connectors.keys import quoted, scan
from features.connectors.rates import ALWAYS, NEWEST, Rates, no_rate
from features.contracts.faults import Fault
from features.contracts.tables import CANONICAL

_WON_OR_CREATED = "CASE WHEN outcome = 'won' THEN greatest(closed_at, created_at) ELSE created_at END"
CONVERTED = {"bookings": "occurred_at", "quotas": "period_start", "opportunities": _WON_OR_CREATED}
"""Tables whose amounts are converted row by row, and the SQL of the moment or day that says by which rate."""


@dataclass(frozen=True)
class Converted:
    """What came of converting one table.

    Attributes:
        files: Staged files with every amount in the company's currency.
        refused: One fault per row whose rate is missing.
        originals: Staged file of `original_amounts`; None where nothing was converted.
        count: Rows converted.
        kept: Rows of `original_amounts`.
        added: Rows that the conversion itself added.
    """

    files: tuple[Path, ...]
    refused: tuple[Fault, ...] = ()
    originals: Path | None = None
    count: int = 0
    kept: int = 0
    added: int = 0


@dataclass(frozen=True)
class Money:
    """What is known when amounts are converted.

    Attributes:
        rates: Rates known.
        company: The company's currency.
        zone: The company's time zone.
    """

    rates: Rates
    company: str
    zone: str

    def day(self, moment: str) -> str:
        """Return SQL for the company's day of a UTC moment."""
        return f"CAST(({moment} AT TIME ZONE 'UTC') AT TIME ZONE {quoted(self.zone)} AS DATE)"


def convert_amounts(
    con: duckdb.DuckDBPyConnection, table: str, files: tuple[Path, ...], *, money: Money, stem: Path
) -> Converted:
    """Return the staged files of a table with every amount in the company's currency.

    Args:
        con: DuckDB connection.
        table: Canonical table, one of `CONVERTED`.
        files: Staged files, each key once.
        money: Rates, currency and zone.
        stem: Path to write to; suffixes are added.
    """
    con.execute("DROP TABLE IF EXISTS foreign_rows")
    con.register("rates", money.rates.table)
    con.execute(f"CREATE TEMP TABLE foreign_rows AS {_foreign(table, files, money)}")
    found = con.execute(
        "SELECT count(*), count(converted), count(occurred_at) FILTER (converted IS NOT NULL) FROM foreign_rows"
    ).fetchall()[0]
    if not found[0]:
        return Converted(files)
    missing = con.execute(
        "SELECT _file, _line, code, day FROM foreign_rows WHERE converted IS NULL ORDER BY _file, _line"
    ).fetchall()
    target, originals = stem.with_name(f"{stem.name}.money.parquet"), stem.with_name(f"{stem.name}.originals.parquet")
    own = quoted(money.company)
    names = ", ".join(_column(c.name, own) for c in CANONICAL[table].mapped)
    con.execute(
        f"""COPY (SELECT {names}, s._line, s._file FROM {scan(files, places=True)} s
            LEFT JOIN foreign_rows f ON s.filename = f.filename AND s.file_row_number = f.file_row_number
            WHERE f.filename IS NULL OR f.converted IS NOT NULL) TO {quoted(str(target))} (FORMAT parquet)"""
    )
    copy_originals(con, table, "foreign_rows WHERE converted IS NOT NULL AND occurred_at IS NOT NULL", originals)
    return Converted(
        (target,),
        tuple(no_rate(table, money.company, (file, line), code, day) for file, line, code, day in missing),
        originals,
        int(found[1]),
        int(found[2]),
    )


def relabel_people(con: duckdb.DuckDBPyConnection, files: tuple[Path, ...], company: str, target: Path) -> Converted:
    """Return the staged reps with the company's currency in place of their own, which no stored amount is in.

    Args:
        con: DuckDB connection.
        files: Staged files of `reps`.
        company: The company's currency.
        target: File to write if anybody has a currency of their own.
    """
    own = quoted(company)
    if not con.execute(f"SELECT 1 FROM {scan(files)} WHERE upper(currency) <> upper({own}) LIMIT 1").fetchall():
        return Converted(files)
    con.execute(
        f"""COPY (SELECT * REPLACE (CASE WHEN currency IS NOT NULL THEN {own} END AS currency) FROM {scan(files)})
            TO {quoted(str(target))} (FORMAT parquet)"""
    )
    return Converted((target,))


def copy_originals(con: duckdb.DuckDBPyConnection, table: str, rows: str, target: Path) -> None:
    """Write rows of `original_amounts`.

    Args:
        con: DuckDB connection.
        table: Canonical table that the amounts stand in.
        rows: SQL after FROM: rows with `key_text, occurred_at, amount, code, rate, valid_from, _line, _file`.
        target: File to write.
    """
    con.execute(
        f"""COPY (SELECT '{table}' AS of_table, key_text AS of_key, occurred_at, amount, code AS currency,
            CAST(rate AS DOUBLE) AS rate, nullif(valid_from, DATE '{ALWAYS}') AS rate_from, _line, _file
            FROM {rows}) TO {quoted(str(target))} (FORMAT parquet)"""
    )


def _column(name: str, own: str) -> str:
    if name == "amount":
        return "coalesce(f.converted, s.amount) AS amount"
    # Numbers of things have no currency, and keep it that way.
    money = f"CASE WHEN s.currency = '' THEN '' ELSE {own} END AS currency"
    return money if name == "currency" else f's."{name}"'


def _foreign(table: str, files: tuple[Path, ...], money: Money) -> str:
    """Return SQL for the rows in another currency, with the rate of their day and the amount converted."""
    when = CONVERTED[table]
    day = when if table == "quotas" else f"coalesce({money.day(when)}, DATE '{NEWEST}')"
    key = " || '/' || ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in CANONICAL[table].key)
    return f"""
        WITH abroad AS (
            SELECT filename, file_row_number, _file, _line, amount, upper(currency) AS code, {day} AS day,
                CAST({when} AS TIMESTAMP) AS occurred_at, {key} AS key_text
            FROM {scan(files, places=True)}
            WHERE upper(currency) NOT IN ('', upper({quoted(money.company)})) AND amount IS NOT NULL)
        SELECT a.*, r.rate, r.valid_from, {money.rates.worth("amount")} AS converted
        FROM abroad a ASOF LEFT JOIN rates r ON a.code = r.currency AND a.day >= r.valid_from"""
