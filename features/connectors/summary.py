"""Totals of staged tables, and references between them that have no partner."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from features.connectors.keys import scan
from features.connectors.report import TableReport
from features.connectors.staging import StagedTable
from features.contracts.tables import CANONICAL

_BUSINESS = {"quotas": "period_start"}

ORPHANS = (
    ("bookings", "rep_id", "reps", "rep_id"),
    ("quotas", "rep_id", "reps", "rep_id"),
    ("opportunities", "rep_id", "reps", "rep_id"),
    ("activities", "rep_id", "reps", "rep_id"),
    ("team_assignments", "rep_id", "reps", "rep_id"),
    ("accounts", "rep_id", "reps", "rep_id"),
    ("opportunity_changes", "opportunity_id", "opportunities", "opportunity_id"),
    ("activities", "opportunity_id", "opportunities", "opportunity_id"),
    ("reps", "rep_id", "bookings", "rep_id"),
    ("reps", "rep_id", "quotas", "rep_id"),
)
"""References that are counted: table, column, and the table and column that should hold the partner."""


def summarise(
    con: duckdb.DuckDBPyConnection,
    table: StagedTable,
    *,
    quarantined: int,
    exact_duplicates: int,
    conflicting_duplicates: int,
) -> TableReport:
    """Return the totals of one staged table.

    Args:
        con: DuckDB connection.
        table: Staged table.
        quarantined: Rows refused.
        exact_duplicates: Repeated rows kept once.
        conflicting_duplicates: Rows that share a key but differ.
    """
    spec = CANONICAL[table.name]
    when = _BUSINESS.get(table.name, spec.business_time)
    names = {c.name for c in spec.columns}
    day = (
        f'CAST(min("{when}") AS DATE), CAST(max("{when}") AS DATE), count(*) - count("{when}")'
        if when
        else "NULL, NULL, 0"
    )
    amount = "CAST(sum(amount) AS VARCHAR)" if "amount" in names else "NULL"
    # The count makes it one row also where neither days nor amounts are summed up.
    row = con.execute(f"SELECT {day}, {amount}, count(*) FROM {scan(table.files)}").fetchall()[0]
    return TableReport(
        table=table.name,
        accepted=table.rows,
        quarantined=quarantined,
        exact_duplicates=exact_duplicates,
        conflicting_duplicates=conflicting_duplicates,
        undated=int(row[2]),
        first_day="" if row[0] is None else row[0].isoformat(),
        last_day="" if row[1] is None else row[1].isoformat(),
        amount="" if row[3] is None else str(row[3]),
    )


def find_orphans(con: duckdb.DuckDBPyConnection, tables: Mapping[str, StagedTable]) -> dict[str, int]:
    """Return how many rows of each table name something that another staged table does not hold.

    Args:
        con: DuckDB connection.
        tables: Staged tables; a pair of which one is absent is not counted.
    """
    found = {}
    for table, column, other, partner in ORPHANS:
        if table not in tables or other not in tables:
            continue
        left, right = scan(tables[table].files), scan(tables[other].files)
        row = con.execute(
            f"""SELECT count(*) FROM {left} a WHERE a."{column}" IS NOT NULL
                AND a."{column}" NOT IN (SELECT "{partner}" FROM {right} WHERE "{partner}" IS NOT NULL)"""
        ).fetchone()
        name = f"{table} without {other}" if table == "reps" else f"{table} whose {column} is not in {other}"
        if row is not None and row[0]:
            found[name] = int(row[0])
    return found
