"""Where the definitions run: a protocol of a few verbs, and DuckDB behind the gate of `known_by`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import duckdb
import pyarrow as pa

from features.history.known import load_arrow


class Engine(Protocol):
    """A database session in which the `*_log` views hold only facts that are known."""

    def define(self, name: str, select: str) -> None:
        """Make a view of a query, in place of one of that name."""
        ...

    def side_by_side(self) -> AbstractContextManager[int]:
        """Prepare for steps that run at once, and say how many may: `materialise` is called from as many threads."""
        ...

    def load(self, name: str, table: pa.Table) -> None:
        """Make a temporary table of `table`, in place of one of that name."""
        ...

    def lend(self, name: str, table: pa.Table) -> None:
        """Let steps read `table` by a name, where it stands if the engine can: for rows that are read once or twice."""
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
        con: Connection of a `KnownFacts`, to a database of its own in memory: what is made there is gone with it.
        threads: Threads it may use.
        lent: Tables that steps read where they stand; a step has a cursor of its own and must be shown them.
    """

    con: duckdb.DuckDBPyConnection
    threads: int = 1
    lent: dict[str, pa.Table] = field(default_factory=dict)

    def define(self, name: str, select: str) -> None:
        """Make a view of a query, in place of one of that name."""
        self.con.execute(f"CREATE OR REPLACE VIEW {name} AS\n{select}")

    @contextmanager
    def side_by_side(self) -> Iterator[int]:
        """Let two steps run at once: most are too small to keep two threads busy, and run no slower on one."""
        at_once = min(2, self.threads)
        self.con.execute(f"SET threads = {self.threads - at_once + 1}")
        try:
            yield at_once
        finally:
            self.con.execute(f"SET threads = {self.threads}")

    def load(self, name: str, table: pa.Table) -> None:
        """Make a table of `table`, in place of one of that name."""
        load_arrow(self.con, name, table)

    def lend(self, name: str, table: pa.Table) -> None:
        """Let steps read `table` by a name; nothing is copied."""
        self.lent[name] = table

    def materialise(self, name: str, select: str) -> None:
        """Make a table of the rows of a query, in place of one of that name."""
        with self.con.cursor() as own:
            for lent, table in self.lent.items():
                if lent in select:
                    own.register(lent, table)
            own.execute(f"CREATE OR REPLACE TABLE {name} AS\n{select}")

    def drop(self, name: str) -> None:
        """Forget the temporary table of that name."""
        self.con.execute(f"DROP TABLE {name}")

    def fetch(self, sql: str) -> pa.Table:
        """Return the rows of a query."""
        return self.con.sql(sql).to_arrow_table()
