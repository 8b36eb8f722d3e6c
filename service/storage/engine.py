"""Opening the operational database: SQLite in the home folder, or PostgreSQL by address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from anyio import to_thread
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from service.storage.migrate import upgrade

DATABASE_NAME = "paceline.db"
WRITES = "paceline_writes"
T = TypeVar("T")


def database_url(target: Path | str) -> str:
    """Return the address of the operational database.

    Args:
        target: The home folder, or a database address such as `postgresql+psycopg://...`.

    Returns:
        A SQLAlchemy address.

    Examples:
        >>> database_url(Path("/srv/paceline"))
        'sqlite:////srv/paceline/paceline.db'
        >>> database_url("postgresql://db/paceline")
        'postgresql+psycopg://db/paceline'
    """
    if isinstance(target, str) and "://" in target:
        return target.replace("postgresql://", "postgresql+psycopg://", 1)
    return f"sqlite:///{Path(target) / DATABASE_NAME}"


def open_engine(target: Path | str) -> Engine:
    """Open the database, create it if it is not there, and bring its tables up to date.

    Args:
        target: The home folder, or a database address.

    Returns:
        An engine; on SQLite its write transactions are `BEGIN IMMEDIATE` (see `writing`).
    """
    url = database_url(target)
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": 10, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=True, pool_timeout=2)
    upgrade(engine)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # Autocommit hands the BEGIN to `_begin_sqlite`: the driver would only ever send a deferred one.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A read that later writes cannot wait for its turn in SQLite: it fails at once, whatever the busy timeout.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a write transaction that commits at the end and rolls back when anything is raised.

    Args:
        engine: The operational database.

    Yields:
        The connection that holds the transaction.
    """
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one moment of the database and changes nothing.

    Args:
        engine: The operational database.

    Yields:
        The connection that holds the transaction.
    """
    with engine.connect() as connection:
        yield connection


@dataclass(frozen=True)
class Storage:
    """The operational database as the web process uses it.

    Attributes:
        engine: The database.
    """

    engine: Engine

    @classmethod
    def open(cls, target: Path | str) -> Storage:
        """Open the database of a home folder or at an address (see `open_engine`)."""
        return cls(open_engine(target))

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a short query.

        SQLite answers a point read in less time than a thread takes to start, and in WAL mode never waits; a server
        across a socket is asked from a thread.
        """
        if self.engine.dialect.name == "sqlite":
            return self._read(query)
        return await to_thread.run_sync(self._read, query)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Run a write transaction in a thread, because it may have to wait for another writer."""
        return await to_thread.run_sync(self._write, change)

    def _read(self, query: Callable[[Connection], T]) -> T:
        with reading(self.engine) as connection:
            return query(connection)

    def _write(self, change: Callable[[Connection], T]) -> T:
        with writing(self.engine) as connection:
            return change(connection)
