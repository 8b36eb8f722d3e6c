"""Called periods are judged as soon as they have settled, by the forecasts that were served while they ran."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from service.accuracy.settled import Settled, as_served, leads_of
from service.app import create_app
from service.settings import ServeSettings
from service.storage.backtests import SqlBacktestLog
from service.storage.settling import keep_outcomes, targets_without_outcome
from service.storage.tables import calls, outcomes
from tests.service.world import EAST, NORTH, PEOPLE, World, score
from tests.support.backtests import KEY, record

TARGET = {"rep_id": "r-chen", "period_start": "2026-10-01", "period_end": "2026-12-31", "metric": "revenue"}
SETTLED_ON = date(2027, 1, 11)
QUOTA = NORTH[0].quota or 0.0


def _row(middle: float | None, quota: float | None = 100.0) -> dict[str, Any]:
    return {"quota": quota, "q10": 50.0, "q50": middle, "q90": 130.0, "forecast_mean": 92.0}


def _settled(*rows: tuple[str, dict[str, Any]]) -> Settled:
    return Settled("r", "2026-10-01", "2026-12-31", "revenue", 80.0, rows)


def test_a_lead_ends_with_the_day_by_which_its_share_of_the_days_is_gone() -> None:
    # 92 days: 23 of them end on 23 October, 46 on 15 November, 69 on 8 December.
    assert [(lead["day"], lead["until"][:10]) for lead in leads_of("2026-10-01", "2026-12-31")["leads"]] == [
        ("2026-09-30", "2026-10-01"),
        ("2026-10-23", "2026-10-24"),
        ("2026-11-15", "2026-11-16"),
        ("2026-12-08", "2026-12-09"),
    ]


def test_at_each_lead_stands_what_was_served_by_then() -> None:
    told = as_served(
        _settled(("2026-10-20", _row(90.0)), ("2026-11-15", _row(85.0)), ("2026-11-16", _row(70.0))), "paceline"
    )
    assert told is not None
    stood = {look["lead"]: look["said"]["paceline"]["middle"] for look in told["looks"] if look["said"]}
    assert stood == {"1/4": 90.0, "1/2": 85.0, "3/4": 70.0}
    assert (told["quota"], told["outcome"]) == (100.0, 80.0)


def test_no_rank_is_made_up_where_the_worlds_are_gone() -> None:
    told = as_served(_settled(("2026-10-20", _row(90.0))), "paceline")
    assert told is not None
    assert told["looks"][1]["said"]["paceline"]["pit"] is None
    assert told["looks"][1]["said"]["paceline"]["crps"] is None


def test_a_row_that_carries_no_figures_says_nothing() -> None:
    told = as_served(_settled(("2026-10-20", _row(None)), ("2026-12-01", _row(80.0))), "paceline")
    assert told is not None
    assert [bool(look["said"]) for look in told["looks"]] == [False, False, False, True]
    assert as_served(_settled(("2026-10-20", _row(90.0, quota=None))), "paceline") is None
    assert as_served(_settled(), "paceline") is None


@pytest.fixture
def called(tmp_path: Path) -> World:
    """Return a company whose backtest ends before the running quarter; on 24 November people call 90 % for r-chen."""
    world = World.build(tmp_path, scored=False)
    score(world.storage, 1, as_of="2026-11-10")
    better = (replace(NORTH[0], middle=0.95), *NORTH[1:], *EAST)
    score(world.storage, 2, cases=better, as_of="2026-11-22")
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    world.app = create_app(ServeSettings(database=tmp_path), storage=world.storage, now=lambda: moment)
    assert world.client("chen").put("/v1/reps/r-chen/calls", json={"amount": 0.9 * QUOTA}).status_code == 200
    return world


def test_a_call_waits_for_its_period_to_settle_and_is_then_taken_once(called: World) -> None:
    engine = called.storage.engine
    assert targets_without_outcome(engine, calls, outcomes, date(2027, 1, 9)) == []
    waiting = targets_without_outcome(engine, calls, outcomes, date(2027, 1, 10))
    assert waiting == [TARGET]
    keep_outcomes(engine, outcomes, waiting, [0.8 * QUOTA], SETTLED_ON)
    assert targets_without_outcome(engine, calls, outcomes, SETTLED_ON) == []


def test_before_its_outcome_is_known_nothing_is_said_of_a_call(called: World) -> None:
    found = called.client("chen").get("/v1/reps/r-chen/accuracy").json()
    assert [period["period_start"] for period in found["periods"]][-1] == "2026-07-01"
    assert found["calls"] == []


def test_once_settled_the_call_stands_beside_what_was_served_and_what_came(called: World) -> None:
    keep_outcomes(called.storage.engine, outcomes, [TARGET], [0.8 * QUOTA], SETTLED_ON)
    found = called.client("chen").get("/v1/reps/r-chen/accuracy").json()
    newest = found["periods"][-1]
    assert (newest["period_start"], newest["outcome"], newest["quota"]) == ("2026-10-01", 0.8 * QUOTA, QUOTA)
    looks = {look["lead"]: look for look in newest["looks"]}
    # Served by 15 November: the run of the 10th (82 %); by 8 December: the run of the 22nd (95 %).
    assert looks["1/2"]["said"]["paceline"]["middle"] == pytest.approx(0.82 * QUOTA)
    assert looks["3/4"]["said"]["paceline"]["middle"] == pytest.approx(0.95 * QUOTA)
    assert looks["1/4"]["said"] == {}
    # The call of 24 November counts at 3/4 alone.
    assert [(lead, [call["amount"] for call in look["calls"]]) for lead, look in looks.items()] == [
        ("day 0", []),
        ("1/4", []),
        ("1/2", []),
        ("3/4", [0.9 * QUOTA]),
    ]
    assert [(line["lead"], line["rep_periods"], line["insufficient"]) for line in found["calls"]] == [("3/4", 1, True)]


def test_a_settled_period_counts_for_error_and_not_for_coverage(called: World) -> None:
    before = called.client("chen").get("/v1/reps/r-chen/accuracy").json()["lines"]
    keep_outcomes(called.storage.engine, outcomes, [TARGET], [0.8 * QUOTA], SETTLED_ON)
    after = called.client("chen").get("/v1/reps/r-chen/accuracy").json()["lines"]
    told = [
        next(line for line in lines if (line["forecaster"], line["lead"]) == ("paceline", "3/4"))
        for lines in (before, after)
    ]
    assert [line["rep_periods"] for line in told] == [4, 5]
    # Paceline said 95 % where 80 % came: the mean of five is four times the mean before and 0.15.
    assert told[1]["mae"]["value"] == pytest.approx((4 * told[0]["mae"]["value"] + 0.15) / 5)


@pytest.mark.parametrize("caller", PEOPLE)
def test_settled_calls_are_told_to_those_who_see_the_rep(called: World, caller: str) -> None:
    keep_outcomes(called.storage.engine, outcomes, [TARGET], [0.8 * QUOTA], SETTLED_ON)
    told = called.client(caller).get("/v1/accuracy").json()["calls"]
    expected = [("3/4", 1)] if caller in {"chen", "wang", "boss", "admin"} else []
    assert [(line["lead"], line["rep_periods"]) for line in told] == expected
