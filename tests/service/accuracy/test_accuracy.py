"""How good forecasts and calls were: judged on settled periods, on the same moments, and only for those in scope."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import insert

from models.bundle.accuracy import FEWEST, AccuracyDoc
from service.accuracy.recording import called_targets, record_accuracy, record_outcomes
from service.accuracy.service import JudgedCall, judge_calls, lead_of
from service.storage.engine import writing
from service.storage.tables import calls
from tests.service.world import NORTH, PEOPLE, World
from tests.support.documents import row

START, END = date(2026, 10, 1), date(2026, 12, 31)
TARGET = {name: str(row(NORTH[0])[name]) for name in ("period_start", "period_end", "metric")}
DOCUMENT: AccuracyDoc = {
    "schema": 1,
    "served": "paceline",
    "periods": ["2026-07-01"],
    "company": {"paceline": {"1/2": {"rows": 30, "periods": 1, "mae": 20.0, "bias": 1.0, "crps": 12.0}}},
    "teams": {team: {"paceline": {"1/2": {"rows": 3, "periods": 1}}} for team in ("north", "east")},
}


def _call(number: int, *, who: str = "u", amount: float = 110.0, day: date = date(2026, 11, 15)) -> JudgedCall:
    return JudgedCall(who, (f"r{number}", START, END, "revenue"), day, amount, 90.0, 200.0, 100.0)


@pytest.mark.parametrize(
    ("day", "lead"),
    [
        (date(2026, 9, 1), "day 0"),
        (date(2026, 10, 12), "day 0"),
        (date(2026, 10, 13), "1/4"),
        (date(2026, 11, 15), "1/2"),
        (date(2026, 12, 31), "3/4"),
    ],
)
def test_a_day_belongs_to_the_nearest_lead_time(day: date, lead: str) -> None:
    # 92 days: an eighth of the period is gone on the twelfth day, 11.5 days after its start.
    assert lead_of(day, START, END) == lead


def test_calls_are_judged_in_points_of_quota_beside_the_forecast_of_the_same_moment() -> None:
    found = judge_calls([_call(i, amount=110.0 if i % 2 else 80.0) for i in range(FEWEST)])
    # Half are 10 above 100, half 20 below; of a quota of 200 that is +5 and -10 points. The forecast was 10 below.
    assert found["1/2"].model_dump() == {"rows": FEWEST, "mae": 7.5, "bias": -2.5, "forecast_mae": 5.0}


def test_of_several_calls_by_one_person_at_one_lead_time_the_last_counts() -> None:
    first = [_call(i, amount=500.0) for i in range(FEWEST)]
    second = [_call(i, day=date(2026, 11, 20)) for i in range(FEWEST)]
    assert judge_calls([*first, *second])["1/2"].mae == 5.0


def test_two_people_about_one_target_are_two_calls() -> None:
    both = [_call(i, who=who) for i in range(FEWEST // 2) for who in ("rep", "manager")]
    assert judge_calls(both)["1/2"].rows == FEWEST


def test_too_few_calls_are_counted_and_not_judged() -> None:
    found = judge_calls([_call(i) for i in range(FEWEST - 1)])
    assert found["1/2"].model_dump() == {"rows": FEWEST - 1, "mae": None, "bias": None, "forecast_mae": None}


def test_an_anonymous_caller_gets_nothing(shared: World) -> None:
    assert shared.client().get("/v1/accuracy").status_code == 401


@pytest.mark.parametrize(
    ("caller", "teams"),
    [("boss", ["east", "north"]), ("admin", ["east", "north"]), ("wang", ["north"]), ("chen", []), ("lab", [])],
)
def test_the_company_is_told_to_all_and_teams_to_those_who_see_their_totals(
    world: World, caller: str, teams: list[str]
) -> None:
    record_accuracy(world.storage.engine, "ab" * 32, json.dumps(DOCUMENT).encode())
    found = world.client(caller).get("/v1/accuracy").json()
    assert found["model_version"] == "1"
    assert found["backtest"]["company"]["paceline"]["1/2"]["mae"] == 20.0
    assert sorted(found["backtest"]["teams"]) == teams


def test_a_model_that_was_trained_without_a_backtest_says_so(world: World) -> None:
    assert world.client("boss").get("/v1/accuracy").json()["backtest"] is None


def test_the_backtest_of_a_model_is_kept_once(world: World) -> None:
    record_accuracy(world.storage.engine, "ab" * 32, json.dumps(DOCUMENT).encode())
    record_accuracy(world.storage.engine, "ab" * 32, b"other")
    assert world.client("boss").get("/v1/accuracy").json()["backtest"]["periods"] == ["2026-07-01"]


def _called(world: World, count: int, amount: float) -> None:
    rows = [
        {
            **TARGET,
            "rep_id": "r-chen",
            "amount": amount,
            "note": "",
            "actor": f"u{number}",
            "recorded_at": "2026-11-15T08:00:00.000000Z",
            "snapshot_id": "s1",
        }
        for number in range(count)
    ]
    with writing(world.storage.engine) as connection:
        connection.execute(insert(calls), rows)


def test_a_call_waits_for_its_period_to_settle_and_is_then_judged_once(world: World) -> None:
    engine, end = world.storage.engine, date.fromisoformat(TARGET["period_end"])
    _called(world, 2, 100.0)
    assert called_targets(engine, end) == []
    settled = date(end.year + 1, 1, 10)
    waiting = called_targets(engine, settled)
    assert waiting == [{"rep_id": "r-chen", **TARGET}]
    record_outcomes(engine, waiting, [90.0], settled)
    assert called_targets(engine, settled) == []


@pytest.mark.parametrize("caller", PEOPLE)
def test_calls_out_of_scope_are_not_judged_for_the_caller(world: World, caller: str) -> None:
    engine = world.storage.engine
    quota = float(str(row(NORTH[0])["quota"]))
    _called(world, FEWEST, 1.1 * quota)
    record_outcomes(engine, [{"rep_id": "r-chen", **TARGET}], [quota], date(2027, 1, 11))
    found = world.client(caller).get("/v1/accuracy").json()["calls"]
    if caller in {"chen", "wang", "boss", "admin"}:
        assert found["1/2"]["rows"] == FEWEST
        assert found["1/2"]["bias"] == pytest.approx(10.0)
    else:
        assert found == {}
