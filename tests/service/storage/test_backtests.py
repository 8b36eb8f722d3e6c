"""A training run's backtest is kept whole, once, and never changed."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from features.domain.errors import CheckFailed
from service.storage.audit import verify
from service.storage.backtests import SqlBacktestLog
from service.storage.engine import Storage, reading
from service.storage.snapshots import unpacked
from service.storage.tables import backtests, rep_backtests, team_backtests
from tests.support.backtests import KEY, record


def test_company_teams_and_reps_are_kept_as_they_were_given(storage: Storage) -> None:
    given = record()
    SqlBacktestLog(storage.engine).record(KEY, given)
    with reading(storage.engine) as connection:
        row = connection.execute(select(backtests)).one()
        teams = {r.team_id: unpacked(r.document) for r in connection.execute(select(team_backtests))}
        reps = {r.rep_id: unpacked(r.document) for r in connection.execute(select(rep_backtests))}
        held, broken = verify(connection)
    assert (row.run_id, row.bundle_sha, row.model_version, row.as_of) == ("run-1", "ab" * 32, "1", "2026-10-12")
    assert unpacked(row.document) == given.company
    assert teams == given.teams
    assert reps == given.reps
    assert (held, broken) == (1, None)


def test_the_backtest_of_a_run_is_kept_once(storage: Storage) -> None:
    log = SqlBacktestLog(storage.engine)
    log.record(KEY, record())
    with pytest.raises(CheckFailed, match="run-1 is kept already"):
        log.record(KEY, record())


def test_a_document_that_json_can_not_say_leaves_nothing(storage: Storage) -> None:
    given = record()
    given.reps["r-chen"]["periods"][0]["outcome"] = float("nan")
    with pytest.raises(CheckFailed, match="not finite"):
        SqlBacktestLog(storage.engine).record(KEY, given)
    with reading(storage.engine) as connection:
        assert connection.execute(select(backtests)).all() == []


@pytest.mark.parametrize("table", ["backtests", "team_backtests", "rep_backtests"])
def test_what_is_kept_is_never_changed(storage: Storage, table: str) -> None:
    SqlBacktestLog(storage.engine).record(KEY, record())
    with storage.engine.begin() as connection, pytest.raises(DatabaseError, match=f"{table} is immutable"):
        connection.execute(text(f"DELETE FROM {table}"))
