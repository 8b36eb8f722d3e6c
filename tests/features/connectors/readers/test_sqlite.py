"""SQLite: whole tables, and failures that only show while rows are read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from features.connectors.misfits import Misfit
from features.connectors.readers.sqlite import open_sqlite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "crm.sqlite"
    with closing(sqlite3.connect(found)) as con, con:
        con.execute('CREATE TABLE "odd ""name" (id TEXT, rep TEXT)')
        con.execute("""INSERT INTO "odd ""name" VALUES ('1', 'r')""")
        con.execute("CREATE TABLE broken (id TEXT)")
        con.execute("INSERT INTO broken VALUES (CAST(x'ff41' AS TEXT))")
    return found


def test_a_whole_table_is_read_by_its_name(path: Path) -> None:
    names, chunks = open_sqlite(path, None, table='odd "name')

    assert (names, [chunk.table.to_pylist() for chunk in chunks]) == (["id", "rep"], [[{"id": "1", "rep": "r"}]])


def test_text_that_is_no_utf_8_is_named_when_it_is_read(path: Path) -> None:
    with pytest.raises(Misfit, match=r"crm\.sqlite: the query failed: Could not decode to UTF-8"):
        list(open_sqlite(path, "SELECT id FROM broken")[1])


@pytest.mark.parametrize("query", [None, "", "-- nothing"])
def test_a_database_without_a_query_is_named(path: Path, query: str | None) -> None:
    with pytest.raises(Misfit, match=r"say which rows with `query: SELECT \.\.\.` or `table:`"):
        open_sqlite(path, query)


def test_a_table_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(Misfit, match="no such table: gone"):
        open_sqlite(path, None, table="gone")
