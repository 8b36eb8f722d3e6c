"""Merge what an import states into a log: new keys, corrections and events, and never a change to the settled past."""

from __future__ import annotations

from dataclasses import dataclass

from features.contracts.tables import STORED, TableSpec
from features.history.workbench import ImportFrame, content, names, same


@dataclass(frozen=True)
class MergeCounts:
    """What a merge did to one table, in keys.

    Attributes:
        new: Keys seen for the first time.
        changed: Keys whose row differs from what was known.
        unchanged: Keys whose row was known already.
        kept: Keys that came with other content to a table that only appends; the stored row stands.
        vanished: Keys that a snapshot no longer holds.
        late: New keys about a time that earlier imports already covered.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    vanished: int = 0
    late: int = 0

    def __add__(self, other: MergeCounts) -> MergeCounts:
        """Return the counts of two merges into the same table."""
        return MergeCounts(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.kept + other.kept,
            self.vanished + other.vanished,
            self.late + other.late,
        )


def start_log(frame: ImportFrame, table: str) -> None:
    """Create the empty `new_T` and the view `all_T` of the log with the import's versions on top."""
    frame.con.execute(f"CREATE TABLE new_{table} AS SELECT * FROM old_{table} LIMIT 0")
    frame.con.execute(f"CREATE VIEW all_{table} AS SELECT * FROM old_{table} UNION ALL SELECT * FROM new_{table}")


def merge(frame: ImportFrame, table: str, plan: str, *, relation: str = "upsert") -> MergeCounts:
    """Add to `new_T` the row versions that `plan` brings.

    The rules (DATA.md, last section): a key seen for the first time is known by its own business time. A row that
    differs from what was known is an event if it is about a time after everything that earlier imports covered,
    and known on its day; otherwise it is a correction, known from the import on.

    Args:
        frame: The import.
        table: Stored table.
        plan: Relation with the table's content columns, `_known` (when each version would be known if it were new)
            and `deleted`; at most one row per key and `_known`.
        relation: `upsert`, `append` or `snapshot`; a table that appends never replaces a row.

    Returns:
        Counts in keys.
    """
    spec = STORED[table]
    con = frame.con
    if not frame.holds(f"all_{table}"):
        _write(frame, spec, f"SELECT *, _known AS _write FROM {plan}")
        return MergeCounts(new=frame.count(f"new_{table}") if _one_each(spec) else _keys(frame, spec, plan))
    _match(frame, spec, plan)
    tally = dict(con.execute("SELECT _status, count(*) FROM _matched GROUP BY 1").fetchall())
    late = _late(frame) if spec.business_time and frame.newest is not None else 0
    _write(
        frame, spec, f"SELECT p.*, p._known AS _write FROM {plan} p SEMI JOIN _fresh f ON {same('p', 'f', spec.key)}"
    )
    changed = int(tally.get("changed", 0))
    if changed and relation != "append":
        _write(frame, spec, _corrections(frame, spec, plan))
    con.execute("DROP TABLE _matched; DROP VIEW _fresh")
    counts = {name: int(tally.get(name, 0)) for name in ("new", "unchanged")}
    kind = "kept" if relation == "append" else "changed"
    return MergeCounts(late=late, **counts, **{kind: changed})


def _late(frame: ImportFrame) -> int:
    return frame.count("_matched", f"_status = 'new' AND _first <= {frame.settled_sql}")


def _one_each(spec: TableSpec) -> bool:
    """Whether a plan has one version per key, so that keys need no counting."""
    return spec.name in {"activities", "accounts", "opportunity_changes", "deal_states"}


def _keys(frame: ImportFrame, spec: TableSpec, plan: str) -> int:
    key = ", ".join(f'"{name}"' for name in spec.key)
    return frame.count(f"(SELECT DISTINCT {key} FROM {plan})")


def _write(frame: ImportFrame, spec: TableSpec, rows: str) -> None:
    """Insert rows that carry `_write`, the moment from which they are known."""
    columns = ", ".join(f'"{name}"' for name in content(spec))
    frame.con.execute(
        f"INSERT INTO new_{spec.name} ({names(spec)}) SELECT {columns}, _write, {frame.day('_write')}, "
        f"{frame.ordinal}, deleted, '{frame.import_id}' FROM ({rows})"
    )


def _last(spec: TableSpec, relation: str, order: str) -> str:
    """Return SQL for the last row of each key."""
    key = ", ".join(f'"{name}"' for name in spec.key)
    return f"SELECT * FROM {relation} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1"


def _match(frame: ImportFrame, spec: TableSpec, plan: str) -> None:
    """Create `_matched`: each planned key with its status, and a number where it has to be looked at closely."""
    key = ", ".join(f'"{name}"' for name in spec.key)
    stated = [*content(spec), "deleted"]
    known = f"SELECT o.* FROM all_{spec.name} o SEMI JOIN {plan} p ON {same('o', 'p', spec.key)}"
    frame.con.execute(f"""
        CREATE TABLE _matched AS
        WITH final AS (
            SELECT *, min(_known) OVER (PARTITION BY {key}) AS _first FROM {plan}
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _known DESC) = 1)
        SELECT {", ".join(f"p.{name}" for name in spec.key)}, p._first, row_number() OVER () AS _kid,
            CASE WHEN o.seq IS NULL THEN 'new' WHEN {same("o", "p", stated)} THEN 'unchanged'
                ELSE 'changed' END AS _status
        FROM final p LEFT JOIN ({_last(spec, f"({known})", "known_at DESC, seq DESC")}) o
            ON {same("o", "p", spec.key)}""")
    frame.con.execute("CREATE VIEW _fresh AS SELECT * FROM _matched WHERE _status = 'new'")


def _corrections(frame: ImportFrame, spec: TableSpec, plan: str) -> str:
    """Return SQL for the versions of keys whose row changed, each with the moment from which it is known.

    What is believed and what is desired are compared at every moment at which either changes. A difference is an
    event where the import itself dates it after the settled past, or where a belief about the future has to go.
    Otherwise only the difference that stands at the import matters, and it is a correction known from then on.
    """
    packed = ", ".join(f'"{name}" := x."{name}"' for name in (*content(spec), "deleted"))
    joined = f"JOIN _matched m ON {same('x', 'm', spec.key)} WHERE m._status = 'changed'"
    stated = [*content(spec), "deleted"]
    unpacked = ", ".join(f'_desired."{name}" AS "{name}"' for name in stated)
    return f"""
        WITH planned AS (SELECT m._kid, x._known AS _at, struct_pack({packed}) AS _row FROM {plan} x {joined}),
        believed AS (
            SELECT m._kid, x.known_at AS _at, arg_max(struct_pack({packed}), x.seq) AS _row
            FROM all_{spec.name} x {joined} GROUP BY ALL),
        points AS (
            SELECT _kid, _at, bool_or(_own) OR _at > {frame.received_sql} AS _event FROM (
                SELECT _kid, _at, true AS _own FROM planned UNION ALL SELECT _kid, _at, false FROM believed)
            GROUP BY 1, 2),
        compared AS (
            SELECT t._kid, t._at, t._event AND t._at > {frame.settled_sql} AS _event,
                p._row AS _desired, b._row AS _believed,
                t._at = max(t._at) FILTER (t._at <= {frame.received_sql}) OVER (PARTITION BY t._kid) AS _current
            FROM points t
            ASOF LEFT JOIN planned p ON t._kid = p._kid AND t._at >= p._at
            ASOF LEFT JOIN believed b ON t._kid = b._kid AND t._at >= b._at)
        SELECT {unpacked}, CASE WHEN _event THEN _at ELSE {frame.received_sql} END AS _write
        FROM compared
        WHERE _desired IS NOT NULL AND _desired IS DISTINCT FROM _believed AND (_event OR _current)"""
