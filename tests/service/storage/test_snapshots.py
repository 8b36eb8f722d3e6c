"""Snapshots are stored whole or not at all, and stay as they were."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from features.domain.errors import CheckFailed, ContractViolation
from service.storage.backtests import SqlBacktestLog
from service.storage.engine import Storage, reading, writing
from service.storage.snapshots import ReportingLine, SnapshotRepository, canonical_json, own_view, replace_hierarchy
from service.storage.tables import (
    IMMUTABLE,
    METADATA,
    forecast_rows,
    hierarchy,
    rep_forecasts,
    snapshots,
    suggestions,
    team_members,
)
from tests.service.world import lines, score, snapshot
from tests.support.backtests import KEY, record
from tests.support.documents import CASES, row, scorecard, team


def _count(storage: Storage, table: str) -> int:
    with reading(storage.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(METADATA.tables[table])).scalar_one())


def test_one_run_stores_cards_teams_rows_suggestions_and_the_reporting_line(storage: Storage) -> None:
    score(storage, 1)

    # Six reps in two teams of three; suggestions 3 + 3 + 2 in the north, 1 + 0 + 1 in the east.
    counts = {
        name: _count(storage, name) for name in ("rep_forecasts", "team_forecasts", "team_members", "forecast_rows")
    }
    assert counts == {"rep_forecasts": 6, "team_forecasts": 2, "team_members": 6, "forecast_rows": 6}
    assert _count(storage, "suggestions") == 10
    assert _count(storage, "hierarchy") == 9
    assert _count(storage, "audit") == 1


def test_documents_come_back_as_they_went_in(storage: Storage) -> None:
    score(storage, 1)

    with reading(storage.engine) as connection:
        stored = connection.execute(
            select(rep_forecasts.c.document).where(rep_forecasts.c.rep_id == "r-chen")
        ).scalar_one()
        flat = connection.execute(select(forecast_rows.c.row).where(forecast_rows.c.rep_id == "r-chen")).scalar_one()
    # JSON knows lists only: a pair comes back as one.
    assert json.loads(stored) == json.loads(json.dumps(scorecard(CASES[0])))
    assert json.loads(flat) == row(CASES[0], version="1")


@pytest.mark.parametrize("table", IMMUTABLE)
@pytest.mark.parametrize("change", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
def test_the_database_refuses_to_change_history(storage: Storage, table: str, change: str) -> None:
    score(storage, 1)
    with writing(storage.engine) as connection:
        connection.execute(text("INSERT INTO suggestion_events VALUES (999, 'r-chen-s0', 'u', 'done', NULL, 'now')"))
        call = "(1, 'r-chen', 'a', 'b', 'revenue', 'commit', 1.5, 'CNY', '', 'rep', 'u', 'a', 'now', 's1')"
        connection.execute(text(f"INSERT INTO calls VALUES {call}"))
        connection.execute(text("INSERT INTO outcomes VALUES ('r-chen', 'a', 'b', 'revenue', 1.0, 'c')"))
        for coached in (
            "coaching_decisions VALUES ('s1', 'r-chen', 'rule', NULL, 'a', 'b', 'revenue', 1.0, 1.0, 'x')",
            "proximal_outcomes VALUES ('r-chen-s0', 'win_rate', 'a', 'b', 1.0, 1.0, 1.0, 1.0, 1.0)",
            "coaching_outcomes VALUES ('r-chen', 'a', 'b', 'revenue', 1.0, 'c')",
            "coaching_policies VALUES (1, 'v', 'a', 'now', 0, '', 'x')",
            "coaching_effects VALUES (1, 'a', 'now', 'x')",
        ):
            connection.execute(text(f"INSERT INTO {coached}"))
    SqlBacktestLog(storage.engine).record(KEY, record())
    column = METADATA.tables[table].columns.keys()[-1]

    with pytest.raises(IntegrityError, match="immutable"), writing(storage.engine) as connection:
        connection.execute(text(change.format(table=table, column=column)))


def test_a_snapshot_is_never_overwritten(storage: Storage) -> None:
    score(storage, 1)

    with pytest.raises(CheckFailed, match="s1 stands already"):
        score(storage, 1)


def test_a_document_with_nan_is_refused_and_nothing_of_the_run_stays(storage: Storage) -> None:
    broken = scorecard(CASES[0])
    broken["forecasts"][0]["mean"] = float("nan")

    with pytest.raises(CheckFailed, match="not finite"):
        SnapshotRepository(storage.engine).add(snapshot(1), [scorecard(CASES[1]), broken], [], [], lines())

    assert _count(storage, "snapshots") == 0
    assert _count(storage, "rep_forecasts") == 0


def test_cards_may_come_from_a_generator_larger_than_one_batch(storage: Storage) -> None:
    many = [replace(CASES[0], rep_id=f"r{number:04d}", suggestions=1) for number in range(501)]
    line = [ReportingLine(case.rep_id, case.name, "north", "North", None) for case in many]

    SnapshotRepository(storage.engine).add(snapshot(1), (scorecard(case) for case in many), [team(many)], [], line)

    assert _count(storage, "rep_forecasts") == 501
    with reading(storage.engine) as connection:
        assert len(connection.execute(select(team_members.c.rep_id)).all()) == 501


def test_a_suggestion_that_comes_again_keeps_its_first_snapshot(storage: Storage) -> None:
    score(storage, 1)
    score(storage, 2)

    with reading(storage.engine) as connection:
        first = connection.execute(select(suggestions.c.first_snapshot_id).distinct()).scalars().all()
        versions = connection.execute(select(snapshots.c.model_version).order_by(snapshots.c.seq)).scalars().all()
    assert first == ["s1"]
    assert versions == ["1", "2"]


def test_the_reporting_line_of_the_newest_run_replaces_the_one_before(storage: Storage) -> None:
    score(storage, 1)
    with writing(storage.engine) as connection:
        replace_hierarchy(connection, [ReportingLine("r-new", "New", "north", "North", None)])

    with reading(storage.engine) as connection:
        assert connection.execute(select(hierarchy.c.rep_id)).scalars().all() == ["r-new"]


def test_a_scorecard_without_a_place_in_the_reporting_line_is_refused(storage: Storage) -> None:
    with pytest.raises(ContractViolation, match="r-chen"):
        SnapshotRepository(storage.engine).add(snapshot(1), [scorecard(CASES[0])], [], [], [])


def test_a_circle_in_the_reporting_line_is_named(storage: Storage) -> None:
    circle = [
        ReportingLine("a", "A", None, None, "b"),
        ReportingLine("b", "B", None, None, "c"),
        ReportingLine("c", "C", None, None, "a"),
    ]

    with pytest.raises(ContractViolation, match="a -> b -> c -> a"), writing(storage.engine) as connection:
        replace_hierarchy(connection, circle)


def test_a_rep_with_two_places_is_refused(storage: Storage) -> None:
    twice = [ReportingLine("a", "A", None, None, None), ReportingLine("a", "A", "t", "T", None)]

    with pytest.raises(ContractViolation, match="twice"), writing(storage.engine) as connection:
        replace_hierarchy(connection, twice)


def test_what_is_meant_for_the_manager_is_left_out_of_the_reps_own_view() -> None:
    whole = scorecard(replace(CASES[0], suggestions=4))

    own = own_view(whole)

    assert own is not None
    assert [item["suggestion_id"] for item in own["suggestions"]] == ["r-chen-s0", "r-chen-s1", "r-chen-s2"]
    assert len(whole["suggestions"]) == 4
    assert own_view(scorecard(CASES[0])) is None


def test_stored_json_is_compact_and_keeps_chinese_as_it_is() -> None:
    assert canonical_json({"a": "赵", "b": [1.5]}) == '{"a":"赵","b":[1.5]}'.encode()
