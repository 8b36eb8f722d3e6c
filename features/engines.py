"""Where the definitions run: a protocol of four verbs, and DuckDB behind the gate of `known_by`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import duckdb
import pyarrow as pa


class Engine(Protocol):
    """A database session in which the `*_log` views hold only facts that are known."""

    def execute(self, sql: str) -> None:
        """Run one statement."""
        ...

    def load(self, name: str, table: pa.Table) -> None:
        """Make a temporary table of `table`, in place of one of that name."""
        ...

    def materialise(self, name: str, select: str) -> None:
        """Make a temporary table of the rows of a query, in place of one of that name."""
        ...

    def drop(self, name: str) -> None:
        """Forget the temporary table of that name."""
        ...

    def fetch(self, sql: str) -> pa.Table:
        """Return the rows of a query, money as decimals, in the order the query declares."""
        ...


@dataclass(frozen=True)
class DuckEngine:
    """DuckDB in the process.

    Attributes:
        con: Connection of a `KnownFacts`.
    """

    con: duckdb.DuckDBPyConnection

    def execute(self, sql: str) -> None:
        """Run one statement."""
        self.con.execute(sql)

    def load(self, name: str, table: pa.Table) -> None:
        """Make a temporary table of `table`, in place of one of that name."""
        self.con.register(f"_{name}_arrow", table)
        self.materialise(name, f"SELECT * FROM _{name}_arrow")
        self.con.unregister(f"_{name}_arrow")

    def materialise(self, name: str, select: str) -> None:
        """Make a temporary table of the rows of a query, in place of one of that name."""
        self.con.execute(f"DROP TABLE IF EXISTS {name}")
        self.con.execute(f"CREATE TEMP TABLE {name} AS\n{select}")

    def drop(self, name: str) -> None:
        """Forget the temporary table of that name."""
        self.con.execute(f"DROP TABLE {name}")

    def fetch(self, sql: str) -> pa.Table:
        """Return the rows of a query."""
        return self.con.sql(sql).to_arrow_table()
