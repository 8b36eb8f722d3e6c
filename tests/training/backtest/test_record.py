"""The documents of a backtest hold exactly what its rows say."""

from __future__ import annotations

import pandas as pd
import pytest

from models.accuracy.log import BacktestRecord
from models.accuracy.settings import AccuracySettings
from tests.support.backtests import FOLDS, LEAD_NAMES, backtest_rows
from training.backtest.record import backtest_record
from training.backtest.summary import summarise

SETTINGS = AccuracySettings()
MANY = {f"r{i:02d}": "b" if i % 3 == 0 else "a" for i in range(40)}
FEW = {**{f"r{i:02d}": "b" if i % 6 == 0 else "a" for i in range(1, 12)}, "r00": None}


def _record(rows: pd.DataFrame, note: str = "") -> BacktestRecord:
    return backtest_record(rows, FOLDS, served="paceline", zone="Asia/Shanghai", note=note, settings=SETTINGS)


def test_every_line_of_the_company_is_the_one_of_the_summary() -> None:
    rows = backtest_rows(FEW, no_quota=["r01"])
    expected = summarise(rows).set_index(["forecaster", "lead"])
    lines = _record(rows).company["lines"]

    assert len(lines) == 3 * 4
    for line in lines:
        wanted = expected.loc[(line["forecaster"], line["lead"])]
        for name, column in (("mae", "mae"), ("bias", "bias"), ("crps", "crps"), ("coverage", "coverage_80")):
            found = line[name]  # type: ignore[literal-required]  # names of the contract
            assert found["value"] == pytest.approx(wanted[column], abs=1e-12), (line["forecaster"], line["lead"], name)
            assert found["low"] <= found["value"] <= found["high"]
        assert line["rep_periods"] == wanted["rows"]


def test_leads_stand_in_the_order_of_time() -> None:
    lines = _record(backtest_rows(FEW, no_quota=["r01"])).company["lines"]
    assert [line["lead"] for line in lines if line["forecaster"] == "pace"] == list(LEAD_NAMES)


def test_a_team_holds_its_own_people_at_the_time_and_only_served_and_pace() -> None:
    rows = backtest_rows(MANY)
    record = _record(rows)
    assert set(record.teams) == {"a", "b"}
    part = rows[(rows["team_id"] == "a") & rows["forecaster"].isin(["paceline", "pace"])]
    expected = summarise(part).set_index(["forecaster", "lead"])
    lines = record.teams["a"]["lines"]
    assert {line["forecaster"] for line in lines} == {"paceline", "pace"}
    for line in lines:
        assert line["mae"] is not None
        assert line["mae"]["value"] == pytest.approx(expected.loc[(line["forecaster"], line["lead"]), "mae"])


def test_a_small_team_is_insufficient() -> None:
    # One person of team b in four periods.
    assert all(line["insufficient"] for line in _record(backtest_rows(FEW, no_quota=["r01"])).teams["b"]["lines"])


def test_a_rep_holds_what_was_said_and_what_came_of_it() -> None:
    rows = backtest_rows(FEW, no_quota=["r01"])
    periods = _record(rows).reps["r05"]["periods"]
    assert [item["period_start"] for item in periods] == ["2025-10-01", "2026-01-01", "2026-04-01", "2026-07-01"]
    at = (rows["rep_id"] == "r05") & (rows["period_start"] == "2026-01-01")
    look = rows[at & (rows["lead"] == "1/2")].set_index("forecaster")
    told = periods[1]["looks"][2]
    assert (told["lead"], set(told["said"])) == ("1/2", {"paceline", "pace"})
    assert told["said"]["paceline"]["middle"] == look.loc["paceline", "q50"]
    assert told["said"]["pace"]["pit"] == look.loc["pace", "pit"]
    # r05 is the fifth of the list, so that its quota is a million and four times fifty thousand.
    assert (periods[1]["outcome"], periods[1]["quota"]) == (look.loc["pace", "outcome"], 1_200_000.0)
    assert _record(rows).reps["r01"]["periods"][0]["quota"] is None


def test_knowledge_of_a_lead_ends_with_its_day_where_the_company_is() -> None:
    lead = _record(backtest_rows(FEW, no_quota=["r01"])).company["periods"][0]["leads"][0]
    # The eve of 1 October ends in Shanghai at 16:00 UTC.
    assert lead == {"name": "day 0", "day": "2025-09-30", "until": "2025-09-30T16:00:00.000000Z"}


def test_flags_are_those_of_the_served_forecaster() -> None:
    flags = _record(backtest_rows(FEW, no_quota=["r01"])).company["flags"]
    assert [line["lead"] for line in flags] == list(LEAD_NAMES)
    # 11 of 12 reps have a quota, in four periods.
    assert flags[0]["rows"] == 44


def test_without_a_judged_period_the_note_says_why() -> None:
    record = backtest_record(
        pd.DataFrame(), [], served="paceline", zone="UTC", note="3 closed periods are too few", settings=SETTINGS
    )
    assert (record.company["note"], record.company["lines"], record.teams, record.reps) == (
        "3 closed periods are too few",
        [],
        {},
        {},
    )
