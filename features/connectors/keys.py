"""What only shows across all rows of a table: duplicate keys, occurrence numbers, snapshots turned into changes.

DuckDB does it over the staged Parquet files, on disk and within a small memory limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from features.contracts.tables import CANONICAL

_PASS_ROWS = 1_000_000
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Duplicates:
    """What was found about repeated keys.

    Attributes:
        files: Parquet files without the rows that were dropped.
        exact: Rows dropped because another row equals them in every column.
        conflicting: Refused rows: `(file, line, key)`.
        replaced: Rows dropped because a later one with the same key wins.
    """

    files: tuple[Path, ...]
    exact: int
    conflicting: Rows
    replaced: int


def open_engine(work_dir: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection that spills to the work folder early."""
    con = duckdb.connect()
    con.execute("SET threads = 1")
    con.execute("SET memory_limit = '128MB'")
    con.execute(f"SET temp_directory = {quoted(str(work_dir / 'spill'))}")
    con.execute("SET preserve_insertion_order = false")
    return con


def quoted(text: str) -> str:
    """Return a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def scan(files: tuple[Path, ...], *, places: bool = False) -> str:
    """Return the SQL that reads staged files, with each row's place in them if wanted."""
    names = ", ".join(quoted(str(file)) for file in files)
    extra = ", filename = true, file_row_number = true" if places else ""
    return f"read_parquet([{names}]{extra})"


def number_occurrences(
    con: duckdb.DuckDBPyConnection, table: str, column: str, files: tuple[Path, ...], target: Path
) -> tuple[Path, ...]:
    """Give rows whose key stands several times a number: `key`, `key#2`, `key#3`.

    The numbers follow the content of the rows, never their order in the file, so that a reshuffled export gets the
    same keys.

    Args:
        con: DuckDB connection.
        table: Canonical table.
        column: Key column to number.
        files: Staged files.
        target: File to write.
    """
    names = [c.name for c in CANONICAL[table].mapped]
    others = ", ".join(f'"{name}"' for name in names if name != column)
    con.execute(
        f"""COPY (SELECT {", ".join(_numbered(name, column) for name in names)}, _line, _file FROM (
            SELECT *, row_number() OVER (PARTITION BY "{column}" ORDER BY {others}, _file, _line) AS _occurrence
            FROM {scan(files)})) TO {quoted(str(target))} (FORMAT parquet)"""
    )
    return (target,)


def _numbered(name: str, column: str) -> str:
    if name != column:
        return f'"{name}"'
    return f'CASE WHEN _occurrence = 1 THEN "{name}" ELSE "{name}" || \'#\' || _occurrence END AS "{name}"'


def drop_duplicates(
    con: duckdb.DuckDBPyConnection, table: str, files: tuple[Path, ...], rows: int, target: Path, *, last_wins: bool
) -> Duplicates:
    """Find keys that stand more than once, across all files and chunks, and drop what must not be kept.

    Args:
        con: DuckDB connection.
        table: Canonical table.
        files: Staged files.
        rows: Rows in them.
        target: File to write if anything is dropped.
        last_wins: Whether of rows with one key and different content the last (by file name, then line) is kept;
            otherwise all of them are refused.
    """
    spec = CANONICAL[table]
    key = ", ".join(f'"{name}"' for name in spec.key)
    passes = max(1, -(-rows // _PASS_ROWS))
    con.execute("DROP TABLE IF EXISTS repeated")
    for turn in range(passes):
        part = f"WHERE hash({key}) % {passes} = {turn}" if passes > 1 else ""
        select = f"SELECT {key} FROM {scan(files)} {part} GROUP BY ALL HAVING count(*) > 1"
        con.execute(f"CREATE TEMP TABLE repeated AS {select}" if turn == 0 else f"INSERT INTO repeated {select}")
    if not _one(con, "SELECT count(*) FROM repeated"):
        return Duplicates(files, 0, [], 0)
    _judge(con, table, files, key, last_wins=last_wins)
    exact = _one(con, "SELECT count(*) FROM doomed WHERE verdict = 'exact'")
    replaced = _one(con, "SELECT count(*) FROM doomed WHERE verdict = 'replaced'")
    conflicting = con.execute(
        "SELECT _file, _line, key_text FROM doomed WHERE verdict = 'conflict' ORDER BY key_text, _file, _line"
    ).fetchall()
    names = ", ".join(f's."{c.name}"' for c in spec.mapped)
    con.execute(
        f"""COPY (SELECT {names}, s._line, s._file FROM {scan(files, places=True)} s
            ANTI JOIN doomed d ON s.filename = d.filename AND s.file_row_number = d.file_row_number)
            TO {quoted(str(target))} (FORMAT parquet)"""
    )
    return Duplicates((target,), exact, conflicting, replaced)


def _judge(con: duckdb.DuckDBPyConnection, table: str, files: tuple[Path, ...], key: str, *, last_wins: bool) -> None:
    """Fill the table `doomed` with the place of every row to drop and the reason."""
    spec = CANONICAL[table]
    same = " AND ".join(f's."{name}" IS NOT DISTINCT FROM r."{name}"' for name in spec.key)
    content = ", ".join(f's."{c.name}"' for c in spec.mapped)
    key_text = " || '/' || ".join(f"coalesce(CAST(s.\"{name}\" AS VARCHAR), '')" for name in spec.key)
    keep = "first_place = 1" if not last_wins else "last_place = 1"
    conflict = "replaced" if last_wins else "conflict"
    con.execute("DROP TABLE IF EXISTS doomed")
    con.execute(
        f"""CREATE TEMP TABLE doomed AS
        WITH places AS (
            SELECT s.filename, s.file_row_number, s._file, s._line, {key_text} AS key_text,
                   hash({content}) AS content, {", ".join(f's."{name}"' for name in spec.key)}
            FROM {scan(files, places=True)} s SEMI JOIN repeated r ON {same}),
        ranked AS (
            SELECT *, min(content) OVER (PARTITION BY {key}) = max(content) OVER (PARTITION BY {key}) AS alike,
                   row_number() OVER (PARTITION BY {key} ORDER BY _file, _line, file_row_number) AS first_place,
                   row_number() OVER (PARTITION BY {key} ORDER BY _file DESC, _line DESC, content) AS last_place
            FROM places)
        SELECT filename, file_row_number, _file, _line, key_text,
               CASE WHEN alike THEN 'exact' ELSE '{conflict}' END AS verdict
        FROM ranked
        WHERE (alike AND first_place > 1) OR (NOT alike AND NOT ({keep if last_wins else "false"}))"""
    )


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    # fetchone() would leave the result open, and the connection busy.
    return int(con.execute(sql).fetchall()[0][0])


def snapshots_to_changes(
    con: duckdb.DuckDBPyConnection, files: tuple[Path, ...], fields: tuple[str, ...], target: Path
) -> int:
    """Turn whole-row snapshots into one row per changed field, and return how many there are.

    Args:
        con: DuckDB connection.
        files: Parquet files with `opportunity_id, changed_at, _tie`, one text column per field, `currency`, `_line` and
            `_file`.
        fields: Names of the fields.
        target: File to write, with the columns of `opportunity_changes`.
    """
    order = ", ".join(["changed_at", "_tie", *(f'"{field}"' for field in fields), "_file", "_line"])
    lags = ", ".join(f'lag("{field}") OVER deal AS "old_{field}"' for field in fields)
    parts = [
        f"""SELECT opportunity_id, changed_at, '{field}' AS field, "old_{field}" AS old, "{field}" AS new, currency,
                _line, _file
            FROM steps WHERE "{field}" IS DISTINCT FROM "old_{field}" """
        for field in fields
    ]
    con.execute(
        f"""COPY (WITH steps AS (SELECT *, {lags} FROM {scan(files)}
            WINDOW deal AS (PARTITION BY opportunity_id ORDER BY {order}))
            {" UNION ALL ".join(parts)}) TO {quoted(str(target))} (FORMAT parquet)"""
    )
    return _one(con, f"SELECT count(*) FROM {scan((target,))}")
