"""`History.known_by(as_of)`: the only way to read a fact, and it cannot see past its as_of."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

import duckdb
import pyarrow as pa

from features.contracts.tables import STORED, TableSpec
from features.domain.errors import LookAheadError
from features.domain.time import AsOf
from features.history.source import DatasetInfo, FactSource


@dataclass(frozen=True)
class History:
    """A dataset and the gate in front of it.

    Attributes:
        source: Logs of all tables at one dataset version.
        threads: Threads DuckDB may use.
        memory_limit: Memory DuckDB may use, e.g. `"2GB"`.
    """

    source: FactSource
    threads: int = 2
    memory_limit: str = "4GB"

    @property
    def info(self) -> DatasetInfo:
        """Facts about the dataset as a whole."""
        return self.source.info

    def known_by(self, as_of: AsOf) -> KnownFacts:
        """Return what was known at the end of `as_of`.

        Args:
            as_of: Moment of knowledge.

        Returns:
            An open view; use it as a context manager, or close it.
        """
        return KnownFacts(self, as_of)


class KnownFacts:
    """A DuckDB connection in which only facts known by `as_of` exist.

    For every stored table `T` there are two views: `T_log`, all versions known by then, and `T`, the latest
    version of each key that is not deleted. SQL run on `con` can reach nothing else of the dataset.
    """

    def __init__(self, history: History, as_of: AsOf) -> None:
        self.as_of = as_of
        self.info = history.info
        self.threads = history.threads
        self.con = duckdb.connect(config={"threads": history.threads, "memory_limit": history.memory_limit})
        self.con.execute("SET GLOBAL TimeZone = 'UTC'")
        # What a step lets go of would otherwise stay with the process until it ends; a lower threshold costs more time.
        self.con.execute("SET allocator_bulk_deallocation_flush_threshold = '16MB'")
        for spec in STORED.values():
            self._register(history.source, spec)

    def _register(self, source: FactSource, spec: TableSpec) -> None:
        log = source.arrow(spec.name)
        files = list(source.files(spec.name))
        if log is None and not files:
            log = spec.arrow_schema().empty_table()
        if log is not None:
            load_arrow(self.con, f"_{spec.name}_all", log)
            origin = f"_{spec.name}_all"
        else:
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
            origin = f"read_parquet([{listed}], hive_partitioning = false)"
        create_views(self.con, spec, origin, self.as_of)

    def table(self, name: str) -> pa.Table:
        """Return the rows of table `name` that are valid at the as_of, in key order.

        Args:
            name: Name of a stored table, or of a log (`bookings_log`).

        Returns:
            Arrow table with the columns of `STORED[name].arrow_schema()`.
        """
        spec = STORED[name.removesuffix("_log")]
        order = ", ".join(f'"{column}"' for column in (*spec.key, "known_at", "seq"))
        # Whoever read one row of a result has left it open; the connection would refuse the next one.
        self.con.abort()
        return self.con.sql(f"SELECT * FROM {name} ORDER BY {order}").to_arrow_table()

    def require(self, as_of: AsOf) -> None:
        """Refuse to answer about a moment after this view's own.

        Args:
            as_of: Moment that someone wants to look at.

        Raises:
            LookAheadError: `as_of` is later than the view's.
        """
        if as_of.instant > self.as_of.instant:
            raise LookAheadError(
                f"asked about {as_of.day}, but these facts end on {self.as_of.day}; "
                "open history.known_by() at the later day instead"
            )

    def close(self) -> None:
        """Release the connection."""
        self.con.close()

    def __enter__(self) -> KnownFacts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def create_views(con: duckdb.DuckDBPyConnection, spec: TableSpec, origin: str, as_of: AsOf) -> None:
    """Create the two views of one table, `T_log` and `T`, as they were known at the end of `as_of`.

    Args:
        con: Connection to create them on.
        spec: The table.
        origin: SQL relation that holds the table's whole log.
        as_of: Moment of knowledge.
    """
    moment = as_of.instant.replace(tzinfo=None).isoformat(sep=" ")
    columns = ", ".join(f'"{name}"' for name in spec.arrow_schema().names)
    con.execute(f"CREATE VIEW {spec.name}_log AS SELECT {columns} FROM {origin} WHERE known_at < TIMESTAMP '{moment}'")
    key = ", ".join(f'"{name}"' for name in spec.key)
    con.execute(
        f"CREATE VIEW {spec.name} AS SELECT {columns} FROM ("
        f"SELECT *, ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY known_at DESC, seq DESC) AS _latest "
        f"FROM {spec.name}_log) AS versions WHERE _latest = 1 AND NOT deleted"
    )


def load_arrow(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Make a table of `table`, in place of one of that name; unlike a registered one, every cursor sees it."""
    con.register("_arrow", table)
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _arrow")
    con.unregister("_arrow")
