"""Bringing the operational tables up to date, with the migrations that ship inside the package."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0008"
"""Newest revision; kept here so that a start with an up-to-date database imports no migration tool."""

MIGRATIONS = Path(__file__).parent / "migrations"


def current_revision(engine: Engine) -> str | None:
    """Return the revision that the database stands at, None if it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the revision that a migrated database stands at."""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(engine: Engine) -> None:
    """Run every migration that the database has not seen; safe to call at each start, from several processes.

    Args:
        engine: The operational database.
    """
    if current_revision(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    from service.storage.engine import writing

    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7223463)"))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
