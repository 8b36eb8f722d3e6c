"""A synthetic company in the layout of the fact logs, made by DuckDB straight into Parquet."""

from __future__ import annotations

from pathlib import Path

import duckdb

from features.contracts.tables import STORED

MONTHS = 36
ACTIVITIES_PER_REP, DEALS_PER_REP, BOOKINGS_PER_REP = 1_890, 250, 100
_LOG = "CAST(known_at AS DATE) AS known_on, CAST(1 AS BIGINT) AS seq, false AS deleted, 'i1' AS import_id"

_STATEMENTS = {
    "reps": """
        SELECT format('r{{:06d}}', i) AS rep_id, 'Rep ' || i AS name, 'AE' AS role, 'seg' || (i % 4) AS segment,
          'north' AS region, DATE '2020-01-01' - CAST(i % 900 AS INTEGER) AS hire_date, CAST(NULL AS DATE) AS end_date,
          'USD' AS currency, CAST(NULL AS VARCHAR) AS attrs, TIMESTAMP '1900-01-01' AS known_at
        FROM range({reps}) t(i)""",
    "team_assignments": """
        SELECT format('r{{:06d}}', i) AS rep_id, 't' || (i // 10) AS team_id, CAST(NULL AS VARCHAR) AS manager_rep_id,
          'north' AS region, DATE '2021-01-01' AS valid_from, CAST(NULL AS DATE) AS valid_to, 1.0::DOUBLE AS weight,
          TIMESTAMP '2021-01-01' AS known_at
        FROM range({reps}) t(i)""",
    "quotas": """
        SELECT format('r{{:06d}}', i) AS rep_id, CAST(NULL AS VARCHAR) AS team_id, s AS period_start,
          CAST(s + INTERVAL 1 MONTH AS DATE) - 1 AS period_end, 'revenue' AS metric,
          CAST(20000 + i % 7 * 1000 AS DECIMAL(18, 4)) AS amount, 'USD' AS currency, 'given' AS source,
          CAST(NULL AS TIMESTAMP) AS published_at, CAST(s AS TIMESTAMP) - INTERVAL 30 DAY AS known_at
        FROM range({reps}) t(i),
          (SELECT CAST(DATE '2021-01-01' + to_months(CAST(m AS INTEGER)) AS DATE) AS s
            FROM range({months} + 1) u(m))""",
    "bookings": """
        SELECT 'b' || i AS booking_id, format('r{{:06d}}', i % {reps}) AS rep_id, at_ AS occurred_at,
          CAST(100 + hash(i, 2) % 2000000 / 100.0 AS DECIMAL(18, 4)) AS amount, 'revenue' AS metric, 'USD' AS currency,
          'counted' AS status, 'transaction' AS grain, 1.0::DOUBLE AS split,
          'a' || (hash(i, 3) % ({reps} * 20)) AS account_id,
          CAST(NULL AS VARCHAR) AS product_id, CAST(NULL AS VARCHAR) AS opportunity_id,
          CAST(at_ AS DATE) AS occurred_on,
          at_ + INTERVAL 1 DAY AS known_at
        FROM (SELECT i, TIMESTAMP '2021-01-01' + to_seconds(hash(i, 1) % ({months} * 2629746)) AS at_
          FROM range({reps} * {bookings}) t(i)) ORDER BY known_at""",
    "activities": """
        SELECT 'c' || i AS activity_id, format('r{{:06d}}', i % {reps}) AS rep_id, CAST(NULL AS VARCHAR) AS account_id,
          CASE WHEN hash(i, 4) % 2 = 0 THEN 'd' || (hash(i, 5) % ({reps} * {deals})) END AS opportunity_id,
          at_ AS occurred_at, at_ AS logged_at,
          CASE hash(i, 6) % 3 WHEN 0 THEN 'call' WHEN 1 THEN 'email' ELSE 'meeting' END AS type, 'done' AS status,
          CAST(NULL AS DOUBLE) AS duration_minutes, CAST(at_ AS DATE) AS occurred_on, at_ + INTERVAL 1 DAY AS known_at
        FROM (SELECT i, TIMESTAMP '2021-01-01' + to_seconds(hash(i, 1) % ({months} * 2629746)) AS at_
          FROM range({reps} * {activities}) t(i)) ORDER BY known_at""",
    "deal_states": """
        SELECT 'd' || i AS opportunity_id, v AS version, at_ AS changed_at, born AS created_at,
          CAST(born AS DATE) AS created_on, format('r{{:06d}}', i % {reps}) AS rep_id,
          'a' || (i % 999983) AS account_id,
          'inbound' AS source, CASE WHEN v = n THEN 'closed' ELSE 's' || v END AS stage,
          CAST(1000 + hash(i, 7, v) % 3000000 / 100.0 AS DECIMAL(18, 4)) AS amount,
          CAST(born AS DATE) + CAST(30 + hash(i, 8, v) % 90 AS INTEGER) AS expected_close,
          CASE WHEN v < n THEN 'open' WHEN hash(i, 9) % 4 = 0 THEN 'won' ELSE 'lost' END AS outcome, at_ AS known_at
        FROM (SELECT i, v, n, born, born + to_seconds((v - 1) * (86400 + hash(i, 10) % 2592000)) AS at_
          FROM (SELECT i, 2 + CAST(hash(i, 11) % 4 AS BIGINT) AS n,
              TIMESTAMP '2021-01-01' + to_seconds(hash(i, 12) % ({months} * 2629746)) AS born
            FROM range({reps} * {deals}) t(i)), range(1, 6) u(v)
          WHERE v <= n) WHERE at_ < TIMESTAMP '2024-01-01' ORDER BY known_at""",
}


def write_log(folder: Path, reps: int) -> int:
    """Write one Parquet file per table and return the number of events.

    Args:
        folder: Existing folder.
        reps: Number of reps; each has about 3,000 events in 36 months.
    """
    con = duckdb.connect(config={"threads": 2, "memory_limit": "6GB"})
    sizes = {"reps": reps, "months": MONTHS, "bookings": BOOKINGS_PER_REP, "deals": DEALS_PER_REP}
    events = 0
    for table, select in _STATEMENTS.items():
        body = select.format(**sizes, activities=ACTIVITIES_PER_REP)
        path = folder / f"{table}.parquet"
        stated = [str(row[0]) for row in con.execute(f"DESCRIBE SELECT *, {_LOG} FROM ({body})").fetchall()]
        absent = "".join(f", NULL AS {name}" for name in STORED[table].arrow_schema().names if name not in stated)
        con.execute(f"COPY (SELECT *, {_LOG}{absent} FROM ({body})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        row = con.execute(f"SELECT COUNT(*) FROM '{path}'").fetchone()
        events += int(row[0]) if row and table in {"bookings", "activities", "deal_states"} else 0
    con.close()
    return events
