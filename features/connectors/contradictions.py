"""Rows that contradict each other: quotas of one rep that overlap, and people who manage each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from features.connectors.keys import quoted, scan
from features.connectors.misfits import Saying
from features.connectors.staging import StagedTable
from features.contracts.faults import Fault
from features.contracts.tables import CANONICAL

ALIKE = 0.7
"""Share of the longer quota period above which two that overlap are of one kind: a month in its quarter is not."""

_OVERLAPS = f"""
    SELECT a._file, a._line, coalesce(a.rep_id, a.team_id), a.period_start, a.period_end, b.period_start, b.period_end,
        b._file, b._line
    FROM looked_at a JOIN looked_at b ON a.rep_id IS NOT DISTINCT FROM b.rep_id
        AND a.team_id IS NOT DISTINCT FROM b.team_id
        AND a.metric = b.metric AND a.period_start <= b.period_end AND b.period_start <= a.period_end
    WHERE (a.period_start, a.period_end) <> (b.period_start, b.period_end)
        AND least(a.period_end - a.period_start, b.period_end - b.period_start)
            > {ALIKE} * greatest(a.period_end - a.period_start, b.period_end - b.period_start)
    QUALIFY row_number() OVER (PARTITION BY a._file, a._line ORDER BY b._file, b._line) = 1
    ORDER BY 1, 2"""


@dataclass(frozen=True)
class Sound:
    """A table without the rows that contradict each other.

    Attributes:
        files: Staged files.
        refused: One fault per row that was taken out.
    """

    files: tuple[Path, ...]
    refused: tuple[Fault, ...] = ()


def without_contradictions(con: duckdb.DuckDBPyConnection, table: str, files: tuple[Path, ...], target: Path) -> Sound:
    """Return a table without rows that contradict each other.

    Args:
        con: DuckDB connection.
        table: Canonical table; only quotas and team assignments are looked at.
        files: Its staged files, each key once.
        target: File to write if anything is taken out.
    """
    find = {"quotas": _overlapping, "team_assignments": _circling}.get(table)
    if find is None or not files:
        return Sound(files)
    con.execute(f"CREATE OR REPLACE TEMP VIEW looked_at AS SELECT * FROM {scan(files)}")
    refused = tuple(find(con))
    if not refused:
        return Sound(files)
    places = pa.table({"_file": [f.file for f in refused], "_line": pa.array([f.line for f in refused], pa.int64())})
    con.register("refused_places", places)
    names = ", ".join(f'r."{name}"' for name in (*(c.name for c in CANONICAL[table].mapped), "_line", "_file"))
    con.execute(
        f"""COPY (SELECT {names} FROM looked_at r ANTI JOIN refused_places p ON r._file = p._file AND r._line = p._line)
        TO {quoted(str(target))} (FORMAT parquet)"""
    )
    return Sound((target,), refused)


def _overlapping(con: duckdb.DuckDBPyConnection) -> list[Fault]:
    """Return a fault per quota that overlaps another of its kind."""
    faults = []
    for file, line, who, start, end, other_start, other_end, other_file, other_line in con.execute(
        _OVERLAPS
    ).fetchall():
        mend = (
            f"{who} has another quota for {other_start}..{other_end} ({other_file}:{other_line}), which overlaps: "
            "correct the days, or keep one of them"
        )
        faults.append(Fault(file, line, "quotas", "period_start", "overlapping quotas", f"{start}..{end}", mend))
    return faults


@dataclass(frozen=True)
class _Edge:
    """One rep's manager for a time."""

    file: str
    line: int
    rep: str
    manager: str
    first: date
    last: date


def _circling(con: duckdb.DuckDBPyConnection) -> list[Fault]:
    """Return a fault per assignment that makes somebody report to themselves through others."""
    rows = con.execute(
        """SELECT _file, _line, rep_id, manager_rep_id, valid_from, coalesce(valid_to, DATE '9999-12-31') FROM looked_at
        WHERE manager_rep_id IS NOT NULL AND manager_rep_id <> rep_id ORDER BY 1, 2"""
    ).fetchall()
    edges = _knotted(_Edge(*row) for row in rows) if rows else []
    found: dict[tuple[str, int], Fault] = {}
    for day in sorted({edge.first for edge in edges}):
        for edge in _knotted(edge for edge in edges if edge.first <= day <= edge.last):
            mend = (
                f"on {day} {edge.rep} reports to {edge.manager} and, through others, {edge.manager} to {edge.rep}: "
                "correct one of these lines, or their days"
            )
            fault = Fault(
                edge.file, edge.line, "team_assignments", "manager_rep_id", "circle of managers", edge.manager, mend
            )
            found.setdefault((edge.file, edge.line), fault)
    return list(found.values())


def _knotted(edges: Iterable[_Edge]) -> list[_Edge]:
    """Return the edges that lie on a circle."""
    listed = list(edges)
    number = {name: n for n, name in enumerate(dict.fromkeys(n for edge in listed for n in (edge.rep, edge.manager)))}
    ends = ([number[edge.rep] for edge in listed], [number[edge.manager] for edge in listed])
    graph = coo_array((np.ones(len(listed)), ends), shape=(len(number), len(number)))
    _, group = connected_components(graph, connection="strong")
    return [edge for edge, rep, manager in zip(listed, *ends, strict=True) if group[rep] == group[manager]]


def several_teams(con: duckdb.DuckDBPyConnection, tables: Mapping[str, StagedTable]) -> Saying | None:
    """Return the remark about reps whose weights in several teams sum to more than 1; None where there are none."""
    if "team_assignments" not in tables:
        return None
    rows = con.execute(
        f"""WITH seats AS (
            SELECT rep_id, team_id, weight, valid_from, coalesce(valid_to, DATE '9999-12-31') AS last
            FROM {scan(tables["team_assignments"].files)})
        SELECT DISTINCT a.rep_id FROM seats a JOIN seats b
            ON a.rep_id = b.rep_id AND b.valid_from <= a.valid_from AND b.last >= a.valid_from
        GROUP BY a.rep_id, a.team_id, a.valid_from HAVING sum(b.weight) > 1.000001 ORDER BY 1"""
    ).fetchall()
    return Saying("report several teams", {"count": len(rows), "example": rows[0][0]}) if rows else None
