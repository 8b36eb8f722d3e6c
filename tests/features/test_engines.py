"""What DuckDB is lent is seen by every step that names it, and is not in the way of others."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from features.engines import DuckEngine


@pytest.fixture
def engine() -> DuckEngine:
    return DuckEngine(duckdb.connect())


def test_a_step_reads_what_was_lent(engine: DuckEngine) -> None:
    engine.lend("parts", pa.table({"n": [1, 2, 3]}))
    engine.materialise("whole", "SELECT SUM(n) AS n FROM parts")
    assert engine.fetch("SELECT CAST(n AS INTEGER) AS n FROM whole").column("n").to_pylist() == [6]


def test_a_later_loan_replaces_the_earlier(engine: DuckEngine) -> None:
    engine.lend("parts", pa.table({"n": [1]}))
    engine.lend("parts", pa.table({"n": [5]}))
    engine.materialise("whole", "SELECT n FROM parts")
    assert engine.fetch("SELECT n FROM whole").column("n").to_pylist() == [5]


def test_engines_share_no_loans(engine: DuckEngine) -> None:
    engine.lend("parts", pa.table({"n": [1]}))
    with pytest.raises(duckdb.CatalogException, match="parts"):
        DuckEngine(duckdb.connect()).materialise("whole", "SELECT n FROM parts")


def test_what_was_lent_is_no_table_of_the_database(engine: DuckEngine) -> None:
    engine.lend("parts", pa.table({"n": [1]}))
    engine.materialise("whole", "SELECT n FROM parts")
    assert engine.fetch("SELECT table_name FROM duckdb_tables()").column("table_name").to_pylist() == ["whole"]
