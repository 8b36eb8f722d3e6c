"""The database opens once, migrates once, and its writers wait for each other."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError

from service.storage.engine import Storage, _begin_sqlite, database_url, open_engine, reading, writing
from service.storage.migrate import HEAD, MIGRATIONS, current_revision, upgrade
from service.storage.migrations.versions import (
    v0001_initial,
    v0003_details,
    v0005_alerts,
    v0006_calls,
    v0007_accuracy,
    v0008_coaching_loop,
)
from service.storage.tables import IMMUTABLE, METADATA, calls

THREADS, ROUNDS = 4, 40


def _hammer(engine: Engine) -> list[str]:
    """Let four threads read and then write in one transaction, and return what went wrong."""
    wrong: list[str] = []
    start = threading.Barrier(THREADS)

    def work(number: int) -> None:
        start.wait()
        for round_number in range(ROUNDS):
            try:
                with writing(engine) as connection:
                    connection.execute(text("SELECT COUNT(*) FROM users")).scalar()
                    values = {"i": f"{number}-{round_number}"}
                    connection.execute(text("INSERT INTO users VALUES (:i, :i, 'rep', NULL, 1, 'now')"), values)
            except OperationalError as error:
                wrong.append(str(error.orig))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_four_writers_that_read_first_never_find_the_database_locked(storage: Storage) -> None:
    assert _hammer(storage.engine) == []
    with reading(storage.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM users")).scalar() == THREADS * ROUNDS


def test_the_hammer_finds_a_deferred_begin(storage: Storage) -> None:
    event.remove(storage.engine, "begin", _begin_sqlite)
    event.listen(storage.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    wrong = _hammer(storage.engine)

    assert wrong
    assert set(wrong) == {"database is locked"}


def test_the_home_folder_is_made_and_the_database_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "new" / "home")

    with reading(engine) as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    assert (tmp_path / "new" / "home" / "paceline.db").is_file()
    engine.dispose()


def test_a_failed_write_leaves_nothing(storage: Storage) -> None:
    def write_and_fail() -> None:
        with writing(storage.engine) as connection:
            connection.execute(text("INSERT INTO users VALUES ('u', 'u', 'rep', NULL, 1, 'now')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    with reading(storage.engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM users")).scalar() == 0


def test_migrations_build_exactly_the_tables_that_the_code_uses(storage: Storage) -> None:
    with storage.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_newest_revision_is_the_one_that_start_up_looks_for(storage: Storage) -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD
    assert current_revision(storage.engine) == HEAD
    upgrade(storage.engine)
    assert current_revision(storage.engine) == HEAD


def test_the_migrations_protect_what_the_tables_call_immutable() -> None:
    revisions = (v0001_initial, v0003_details, v0005_alerts, v0006_calls, v0007_accuracy, v0008_coaching_loop)
    protected = [table for revision in revisions for table in revision.IMMUTABLE]
    # The seventh replaces a table of the sixth and takes another away, the eighth one of the first.
    gone = {"accuracies", "feedback"}
    assert [name for name in IMMUTABLE if name not in protected] == []
    assert set(protected) - gone == set(IMMUTABLE)


def test_calls_of_the_sixth_revision_are_carried_into_the_seventh(tmp_path: Path) -> None:
    engine = create_engine(database_url(tmp_path))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        row = '{"currency": "EUR"}'
        for statement in (
            "INSERT INTO snapshots VALUES (1, 's1', 'now', '2026-11-22', '1', 'd1', 'ab', 'complete')",
            f"INSERT INTO forecast_rows VALUES ('s1', 'r', 'a', 'b', 'revenue', '{row}')",
            "INSERT INTO users VALUES ('u1', 'rep', 'rep', 'r', 1, 'now'), ('u2', 'boss', 'manager', 'm', 1, 'now')",
            "INSERT INTO calls VALUES (3, 'r', 'a', 'b', 'revenue', 1.5, 'why', 'u1', 'then', 's1')",
            "INSERT INTO calls VALUES (4, 'r', 'a', 'b', 'revenue', 2.5, '', 'u2', 'then', 's1')",
        ):
            connection.exec_driver_sql(statement)
        command.upgrade(config, "0007")
        held = [dict(found._mapping) for found in connection.execute(calls.select().order_by(calls.c.call_id))]
    engine.dispose()
    same = {"rep_id": "r", "period_start": "a", "period_end": "b", "metric": "revenue", "category": "most_likely"}
    same |= {"currency": "EUR", "as_of": "2026-11-22", "recorded_at": "then", "snapshot_id": "s1"}
    assert held == [
        {**same, "call_id": 3, "amount": 1.5, "note": "why", "actor": "u1", "side": "rep"},
        {**same, "call_id": 4, "amount": 2.5, "note": "", "actor": "u2", "side": "manager"},
    ]


def test_answers_of_the_seventh_revision_become_steps_of_their_suggestions(tmp_path: Path) -> None:
    engine = create_engine(database_url(tmp_path))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        for statement in (
            "INSERT INTO snapshots VALUES (1, 's1', 'then', '2026-11-22', '1', 'd1', 'ab', 'complete')",
            "INSERT INTO suggestions VALUES ('a', 'r', 'ramp_buddy', 'rep', '2026-12-01', 's1')",
            "INSERT INTO suggestions VALUES ('b', 'r', 'second_meeting', 'rep', '2026-12-01', 's1')",
            "INSERT INTO feedback VALUES (7, 'b', 'u1', 'later', 'away', 'monday')",
            "INSERT INTO feedback VALUES (8, 'b', 'u1', 'done', NULL, 'friday')",
        ):
            connection.exec_driver_sql(statement)
        command.upgrade(config, "0008")
        told = connection.exec_driver_sql(
            "SELECT suggestion_id, actor, state, reason, recorded_at FROM suggestion_events ORDER BY event_id"
        ).all()
        tables = inspect(connection).get_table_names()
    engine.dispose()
    assert [tuple(row) for row in told] == [
        ("a", "scoring", "proposed", None, "then"),
        ("b", "scoring", "proposed", None, "then"),
        ("b", "u1", "later", "away", "monday"),
        ("b", "u1", "done", None, "friday"),
    ]
    assert "feedback" not in tables
