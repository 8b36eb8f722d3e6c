"""Accuracy over HTTP: who sees what, small groups, and figures that equal those of the backtest's rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from features.domain.vocabulary import Role
from models.accuracy.settings import AccuracySettings
from service.accuracy import endpoints
from service.app import create_app
from service.settings import ServeSettings
from service.storage.backtests import SqlBacktestLog
from service.storage.snapshots import SnapshotRepository
from tests.service.auth.test_authz_matrix import SCORED, SUBJECTS, _may_see
from tests.service.world import EAST, NORTH, PEOPLE, World, lines, score, snapshot
from tests.support.backtests import FOLDS, KEY, LEAD_NAMES, backtest_rows, record, record_of
from tests.support.documents import forecast, scorecard
from training.backtest.summary import summarise


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a served company whose model was judged on the past."""
    world = World.build(tmp_path_factory.mktemp("home"))
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    yield world
    world.storage.engine.dispose()


def test_an_anonymous_caller_gets_nothing(judged: World) -> None:
    assert judged.client().get("/v1/accuracy").status_code == 401
    assert judged.client().get("/v1/reps/r-chen/accuracy").status_code == 401


@pytest.mark.parametrize("caller", PEOPLE)
def test_a_rep_s_past_is_for_those_who_see_the_rep(judged: World, caller: str) -> None:
    client = judged.client(caller)
    for subject in SUBJECTS:
        seen = subject in SCORED and _may_see(caller, subject)
        assert client.get(f"/v1/reps/{subject}/accuracy").status_code == (200 if seen else 404), (caller, subject)


def test_another_rep_learns_nothing_from_the_refusal(judged: World) -> None:
    client = judged.client("nair")
    assert client.get("/v1/reps/r-chen/accuracy").content == client.get("/v1/reps/nobody/accuracy").content


@pytest.mark.parametrize(
    ("caller", "teams"),
    [("chen", []), ("wang", ["north"]), ("east", ["east"]), ("boss", ["east", "north"]), ("lab", []), ("admin", None)],
)
def test_everybody_sees_the_company_and_only_their_own_teams(
    judged: World, caller: str, teams: list[str] | None
) -> None:
    found = judged.client(caller).get("/v1/accuracy").json()
    assert len(found["company"]) == 3 * 4
    assert [team["team_id"] for team in found["teams"]] == (["east", "north"] if teams is None else teams)
    assert found["run"]["model_version"] == "1"
    assert PEOPLE["lab"][0] is Role.DATA_SCIENTIST


def test_no_answer_about_the_company_names_a_person(judged: World) -> None:
    for caller in PEOPLE:
        assert "r-" not in judged.client(caller).get("/v1/accuracy").text.replace("per-", "")


def test_figures_equal_those_recomputed_from_the_rows(judged: World) -> None:
    expected = summarise(backtest_rows()).set_index(["forecaster", "lead"])
    for line in judged.client("chen").get("/v1/accuracy").json()["company"]:
        wanted = expected.loc[(line["forecaster"], line["lead"])]
        assert line["mae"]["value"] == pytest.approx(wanted["mae"], abs=1e-12)
        assert line["bias"]["value"] == pytest.approx(wanted["bias"], abs=1e-12)
        assert line["crps"]["value"] == pytest.approx(wanted["crps"], abs=1e-12)
        assert line["coverage"]["value"] == pytest.approx(wanted["coverage_80"], abs=1e-12)
        assert line["rep_periods"] == wanted["rows"] == 24


def test_a_team_of_three_is_insufficient(judged: World) -> None:
    team = judged.client("wang").get("/v1/accuracy").json()["teams"][0]
    assert {(line["insufficient"], line["mae"], line["rep_periods"]) for line in team["lines"]} == {(True, None, 12)}


def test_a_rep_reads_what_was_said_and_what_came_of_it(judged: World) -> None:
    found = judged.client("chen").get("/v1/reps/r-chen/accuracy").json()
    rows = backtest_rows()
    mine = rows[(rows["rep_id"] == "r-chen") & (rows["forecaster"] == "paceline")]
    told = [look["said"]["paceline"]["middle"] for period in found["periods"] for look in period["looks"]]
    assert told == pytest.approx(mine["q50"].tolist())
    line = next(item for item in found["lines"] if item["forecaster"] == "paceline" and item["lead"] == "1/2")
    # Four periods: error and bias, but no coverage.
    assert line["mae"]["value"] == pytest.approx(summarise(mine).set_index("lead").loc["1/2", "mae"], abs=1e-12)
    assert line["coverage"] is None


def test_before_anything_is_served_or_judged_the_answer_says_why(tmp_path: Path) -> None:
    world = World.build(tmp_path, scored=False)
    client = world.client("wang")
    assert client.get("/v1/accuracy").json()["missing"] == "not_scored"
    score(world.storage, 1)
    assert client.get("/v1/accuracy").json()["missing"] == "not_kept"
    assert client.get("/v1/reps/r-chen/accuracy").json()["missing"] == "not_kept"
    empty = record_of(backtest_rows().iloc[:0], folds=[], note="3 closed periods are too few")
    SqlBacktestLog(world.storage.engine).record(KEY, empty)
    found = client.get("/v1/accuracy").json()
    assert (found["missing"], found["company"]) == ("too_few_periods", [])
    world.storage.engine.dispose()


def test_the_backtest_of_another_model_is_not_told_of_the_one_that_is_served(tmp_path: Path) -> None:
    world = World.build(tmp_path)
    other = type(KEY)("run-2", "cd" * 32, "2", "d1", "2026-10-12")
    SqlBacktestLog(world.storage.engine).record(other, record())
    assert world.client("wang").get("/v1/accuracy").json()["missing"] == "not_kept"
    world.storage.engine.dispose()


def _with_calls(home: Path, amounts: dict[str, float]) -> World:
    """Let each rep, through their head, get a number on 15 October 2025, when that quarter was running."""
    world = World.build(home, scored=False)
    cases_day = date(2025, 10, 15)
    _score_in(world, cases_day)
    moment = datetime(2025, 10, 15, 12, tzinfo=UTC)
    world.app = create_app(ServeSettings(database=home), storage=world.storage, now=lambda: moment)
    for rep_id, amount in amounts.items():
        answer = world.client("boss").put(f"/v1/reps/{rep_id}/calls", json={"amount": amount})
        assert answer.status_code == 200, answer.text
        assert answer.json()["period_start"] == "2025-10-01"
    score(world.storage, 2)
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    return world


def _score_in(world: World, day: date) -> None:
    period = FOLDS[0].period
    cards = [scorecard(case, as_of=day, forecasts=[forecast(case, as_of=day, period=period)]) for case in NORTH + EAST]
    SnapshotRepository(world.storage.engine).add(snapshot(1, as_of=day.isoformat()), cards, [], [], lines())


AMOUNTS = dict.fromkeys(SCORED, 500000.0)


def test_calls_of_a_closed_period_are_judged_from_the_lead_on_at_which_they_stood(tmp_path: Path) -> None:
    world = _with_calls(tmp_path, AMOUNTS)
    found = world.client("chen").get("/v1/reps/r-chen/accuracy").json()
    stood = {look["lead"]: [item["amount"] for item in look["calls"]] for look in found["periods"][0]["looks"]}
    # 15 October lies after the eve and before a quarter of the working days is gone.
    assert stood == {"day 0": [], "1/4": [500_000.0], "1/2": [500_000.0], "3/4": [500_000.0]}
    told = world.client("boss").get("/v1/accuracy").json()["calls"]
    assert [(line["lead"], line["side"], line["insufficient"]) for line in told] == [
        (lead, "manager", True) for lead in LEAD_NAMES[1:]
    ]
    assert [line["rep_periods"] for line in told] == [6, 6, 6]
    world.storage.engine.dispose()


def test_calls_are_told_of_people_in_scope_alone(tmp_path: Path) -> None:
    world = _with_calls(tmp_path, AMOUNTS)
    seen = {
        caller: {line["rep_periods"] for line in world.client(caller).get("/v1/accuracy").json()["calls"]}
        for caller in PEOPLE
    }
    assert seen == {
        "chen": {1},
        "nair": {1},
        "wang": {3},
        "east": {3},
        "boss": {6},
        "admin": {6},
        "lab": set(),
    }
    world.storage.engine.dispose()


def test_a_group_of_calls_that_is_large_enough_has_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "SETTINGS", AccuracySettings(least_rep_periods=6))
    world = _with_calls(tmp_path, AMOUNTS)
    rows = backtest_rows()
    now = rows[(rows["period_start"] == "2025-10-01") & (rows["lead"] == "1/2")]
    pace, ours = (now[now["forecaster"] == name] for name in ("pace", "paceline"))
    line: dict[str, Any] = next(
        item for item in world.client("boss").get("/v1/accuracy").json()["calls"] if item["lead"] == "1/2"
    )
    error = (abs(500_000.0 - pace["outcome"]) / pace["quota"]).clip(upper=4.0).mean()
    assert line["mae"]["value"] == pytest.approx(error)
    assert line["bias"]["value"] == pytest.approx(6 * 500_000.0 / pace["outcome"].sum() - 1)
    beside = {item["forecaster"]: item["mae"]["value"] for item in line["beside"]}
    assert beside["paceline"] == pytest.approx(summarise(ours).iloc[0]["mae"])
    assert beside["pace"] == pytest.approx(summarise(pace).iloc[0]["mae"])
    world.storage.engine.dispose()
