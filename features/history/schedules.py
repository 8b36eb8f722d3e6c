"""When each row of a staged table becomes known: one SQL relation of versions per canonical table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from features.connectors.staging import StagedTable
from features.contracts.tables import STORED, TableSpec
from features.history.workbench import BEGINNING, ImportFrame, parquet


def stage(frame: ImportFrame, staged: StagedTable) -> int:
    """Create `staged_T`: the canonical columns of a staged table, one row per key.

    Staging refuses keys that stand twice; should two rows of one key arrive all the same, the one that sorts last
    by its content stands, so that the order of rows cannot matter.

    Returns:
        Number of rows that were dropped because another row has their key.
    """
    spec = STORED[staged.name]
    columns = ", ".join(f'CAST("{c.name}" AS {_sql_type(spec, c.name)}) AS "{c.name}"' for c in spec.columns)
    key = ", ".join(f'"{name}"' for name in spec.key)
    content = ", ".join(f'"{c.name}" DESC NULLS LAST' for c in spec.columns)
    frame.con.execute(f"CREATE VIEW _rows_{spec.name} AS SELECT {columns} FROM {parquet(staged.files)}")
    repeated = frame.count(f"(SELECT {key} FROM _rows_{spec.name} GROUP BY ALL HAVING count(*) > 1)")
    if not repeated:
        frame.con.execute(f"CREATE VIEW staged_{spec.name} AS SELECT * FROM _rows_{spec.name}")
        return 0
    frame.con.execute(
        f"CREATE TABLE staged_{spec.name} AS SELECT * FROM _rows_{spec.name} "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {content}) = 1"
    )
    return frame.count(f"_rows_{spec.name}") - frame.count(f"staged_{spec.name}")


def plan(frame: ImportFrame, table: str, *, lag_days: float, quota_days: int) -> None:
    """Create `plan_T` from `staged_T`: each version of each row with `_known`, the moment it becomes known.

    Args:
        frame: The import.
        table: Canonical table.
        lag_days: Declared lag between business time and knowledge, in days.
        quota_days: Days before the period at which quotas without `published_at` are known.
    """
    lag = f"to_microseconds({round(lag_days * 86_400_000_000)})"
    select = _PLANS[table](frame, lag, quota_days)
    # Where nothing was known before, the plan is read once only: no need to keep it.
    kind = "TABLE" if frame.holds(f"old_{table}") else "VIEW"
    frame.con.execute(f"CREATE {kind} plan_{table} AS {select}")


def _attributes(table: str) -> str:
    return f"SELECT *, {BEGINNING} AS _known, false AS deleted FROM staged_{table}"


def _ended(table: str, started: str, column: str, ended: str) -> str:
    """Return versions of rows whose end is only known from the day it comes."""
    return f"""
        WITH timed AS (SELECT *, {started} AS _start, greatest({started}, {ended}) AS _end FROM staged_{table})
        SELECT * EXCLUDE (_start, _end) REPLACE (NULL AS {column}), _start AS _known, false AS deleted
        FROM timed WHERE {column} IS NULL OR _end > _start
        UNION ALL
        SELECT * EXCLUDE (_start, _end), _end AS _known, false AS deleted FROM timed WHERE {column} IS NOT NULL"""


def _reps(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del lag, quota_days
    return _ended("reps", BEGINNING, "end_date", frame.midnight("end_date"))


def _assignments(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del lag, quota_days
    return _ended("team_assignments", frame.midnight("valid_from"), "valid_to", frame.midnight("valid_to"))


def _accounts(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del frame, lag, quota_days
    return _attributes("accounts")


def _quotas(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del lag
    start = frame.midnight(f"period_start - {quota_days}")
    return f"SELECT *, coalesce(published_at, {start}) AS _known, false AS deleted FROM staged_quotas"


def _bookings(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del quota_days
    day = frame.day("occurred_at")
    month_end = frame.midnight(f"date_trunc('month', {day}) + INTERVAL 1 MONTH")
    week_end = frame.midnight(f"date_trunc('week', {day}) + INTERVAL 7 DAY")
    # A sum over a month or a week is not known before the month or week is over.
    return f"""
        SELECT *, {day} AS occurred_on, {lag} + CASE grain WHEN 'month' THEN {month_end}
            WHEN 'week' THEN {week_end} ELSE occurred_at END AS _known, false AS deleted
        FROM staged_bookings"""


def _opportunities(frame: ImportFrame, lag: str, quota_days: int) -> str:
    """Return versions of deals that say no more than could be known: identity first, the end when it came.

    An open deal's current state is known from the import on, never earlier.
    """
    del quota_days
    return f"""
        WITH owners AS (
            SELECT opportunity_id, arg_min(old, changed_at) AS first_owner FROM all_opportunity_changes
            WHERE field = 'rep_id' AND old IS NOT NULL GROUP BY 1),
        timed AS (
            SELECT s.*, created_at + {lag} AS _start,
                CASE WHEN created_at IS NULL THEN {frame.received_sql}
                    WHEN outcome <> 'open' AND closed_at IS NOT NULL THEN greatest(closed_at, created_at) + {lag}
                    ELSE greatest({frame.received_sql}, created_at + {lag}) END AS _end
            FROM staged_opportunities s)
        SELECT * EXCLUDE (_start, _end, first_owner) REPLACE (
            coalesce(first_owner, rep_id) AS rep_id, NULL AS stage, NULL AS amount, NULL AS expected_close,
            'open' AS outcome, NULL AS closed_at), _start AS _known, false AS deleted
        FROM timed LEFT JOIN owners USING (opportunity_id) WHERE _start < _end
        UNION ALL
        SELECT * EXCLUDE (_start, _end), _end AS _known, false AS deleted FROM timed"""


def _activities(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del quota_days
    # A meeting that is on the calendar before it takes place has not taken place: the later moment counts.
    return f"""
        SELECT *, {frame.day("occurred_at")} AS occurred_on,
            CASE WHEN logged_at IS NULL THEN occurred_at + {lag} ELSE greatest(logged_at, occurred_at) END AS _known,
            false AS deleted
        FROM staged_activities"""


def _changes(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del frame, quota_days
    return f"SELECT *, changed_at + {lag} AS _known, false AS deleted FROM staged_opportunity_changes"


def _kpi_values(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del quota_days
    # `period` is the first day measured; a value is not known before at least that month is over.
    month_end = frame.midnight("period + INTERVAL 1 MONTH")
    return f"SELECT *, {month_end} + {lag} AS _known, false AS deleted FROM staged_kpi_values"


def _coaching_events(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del quota_days
    return f"""
        SELECT *, {frame.day("occurred_at")} AS occurred_on, occurred_at + {lag} AS _known, false AS deleted
        FROM staged_coaching_events"""


def _original_amounts(frame: ImportFrame, lag: str, quota_days: int) -> str:
    del lag, quota_days
    # What a deal's amount is today says nothing about what it was: it is known from the import on.
    known = f"CASE of_table WHEN 'opportunities' THEN {frame.received_sql} ELSE occurred_at END"
    return f"SELECT *, {known} AS _known, false AS deleted FROM staged_original_amounts"


_PLANS: Mapping[str, Callable[[ImportFrame, str, int], str]] = {
    "reps": _reps,
    "team_assignments": _assignments,
    "accounts": _accounts,
    "quotas": _quotas,
    "bookings": _bookings,
    "opportunities": _opportunities,
    "opportunity_changes": _changes,
    "activities": _activities,
    "kpi_values": _kpi_values,
    "coaching_events": _coaching_events,
    "original_amounts": _original_amounts,
}


def _sql_type(spec: TableSpec, column: str) -> str:
    arrow = next(str(c.type) for c in spec.columns if c.name == column)
    kinds = {"string": "VARCHAR", "timestamp[us]": "TIMESTAMP", "date32[day]": "DATE", "double": "DOUBLE"}
    return kinds.get(arrow, "DECIMAL(18, 4)")
