"""Read change out of successive exports: what a full snapshot no longer holds, and how open deals moved between two."""

from __future__ import annotations

from features.contracts.tables import STORED
from features.domain.vocabulary import Grade
from features.history.deal_states import TRACKED, VANISHED
from features.history.workbench import ImportFrame, content, same

CLOSED_BY: dict[str, tuple[str, str]] = {
    "opportunities": ("outcome = 'open'", "'lost' AS outcome, {moment} AS closed_at"),
    "bookings": ("status = 'counted'", "'not counted' AS status"),
    "reps": ("end_date IS NULL", "{day} AS end_date"),
    "team_assignments": ("valid_to IS NULL", "{day} AS valid_to"),
}
"""What closing means where a row vanished from a full snapshot: which rows are concerned, and what they say then.

Rows of other tables (quotas, activities, accounts, change logs) have no end of their own; they stay and are counted.
"""


def close_vanished(frame: ImportFrame, table: str) -> int:
    """Add to `plan_T` the closing of every row that a full snapshot no longer holds; nothing is ever deleted.

    A deal is lost, a booking does not count any more, a rep and an assignment end on the day of the import: each
    known from the import on. `opportunity_changes` keeps the reason of a lost deal (`lost:vanished`).

    Returns:
        Number of keys that are gone from the snapshot.
    """
    spec = STORED[table]
    key = ", ".join(f'"{name}"' for name in spec.key)
    gone = (
        f"SELECT o.* FROM (SELECT * FROM old_{table} QUALIFY row_number() OVER "
        f"(PARTITION BY {key} ORDER BY known_at DESC, seq DESC) = 1) o "
        f"ANTI JOIN staged_{table} s ON {same('o', 's', spec.key)} WHERE NOT o.deleted"
    )
    frame.con.execute(f"CREATE TABLE _gone_{table} AS {gone}")
    if table in CLOSED_BY:
        concerned, closing = CLOSED_BY[table]
        said = closing.format(moment=frame.received_sql, day=frame.day(frame.received_sql))
        columns = ", ".join(f'"{name}"' for name in content(spec))
        frame.con.execute(
            f"INSERT INTO plan_{table} BY NAME SELECT * REPLACE ({said}), {frame.received_sql} AS _known, "
            f"false AS deleted FROM (SELECT {columns} FROM _gone_{table} WHERE {concerned})"
        )
    return frame.count(f"_gone_{table}")


def plan_moves(frame: ImportFrame, *, snapshot: bool) -> None:
    """Create `plan_moves`: changes of deals read from the difference between this export and the one before.

    A move is known from the import on, and so dated; only an end has a day of its own. The first own snapshot gives
    the fields of open deals as changes from nothing: that is where grade B begins.

    Args:
        frame: The import; `staged_opportunities` and `old_opportunities` stand.
        snapshot: Whether a deal that is missing from the export has vanished.
    """
    moves = " UNION ALL ".join(_move(field) for field in TRACKED)
    vanished = (
        f"UNION ALL SELECT opportunity_id, {frame.received_sql}, 'outcome', 'open', '{VANISHED}' "
        "FROM _gone_opportunities WHERE outcome = 'open'"
    )
    ended = f"CASE WHEN s.closed_at > {frame.settled_sql} THEN s.closed_at ELSE {frame.received_sql} END"
    frame.con.execute(f"""
        CREATE TABLE plan_moves AS
        WITH before AS (SELECT * FROM old_opportunities QUALIFY row_number() OVER (
            PARTITION BY opportunity_id ORDER BY known_at DESC, seq DESC) = 1),
        moved AS ({moves} UNION ALL
            SELECT s.opportunity_id, CASE WHEN s.outcome = 'open' THEN {frame.received_sql} ELSE {ended} END,
                'outcome', o.outcome, s.outcome
            FROM staged_opportunities s JOIN before o USING (opportunity_id) WHERE s.outcome <> o.outcome
            {vanished if snapshot else ""})
        SELECT opportunity_id, coalesce(changed_at, {frame.received_sql}) AS changed_at, field, old, new,
            coalesce(changed_at, {frame.received_sql}) AS _known, false AS deleted
        FROM moved""")


def needs_moves(frame: ImportFrame, *, history_staged: bool) -> bool:
    """Whether changes have to be read from differences: the source brings no change history of its own."""
    return frame.grade in {Grade.B, Grade.C} and not history_staged


def _move(field: str) -> str:
    known = f"o.{field}" if field == "rep_id" else f"CASE WHEN o.outcome = 'open' THEN o.{field} END"
    first = "false" if field == "rep_id" else "s.outcome = 'open'"
    return f"""
        SELECT s.opportunity_id, CAST(NULL AS TIMESTAMP) AS changed_at, '{field}' AS field,
            CAST({known} AS VARCHAR) AS old, CAST(s.{field} AS VARCHAR) AS new
        FROM staged_opportunities s LEFT JOIN before o USING (opportunity_id)
        WHERE s.created_at IS NOT NULL AND CASE WHEN o.opportunity_id IS NULL THEN s.{field} IS NOT NULL AND {first}
            ELSE o.{field} IS DISTINCT FROM s.{field} END"""
