"""The document in which a model carries its own past, with numbers worked out by hand."""

from __future__ import annotations

import json

import pandas as pd

from models.bundle.accuracy import FEWEST
from training.backtest.accuracy import accuracy_bytes, accuracy_document

EMPTY = pd.DataFrame()


def _rows(name: str, count: int, middle: float, outcome: float, *, team: str | None = "north") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "forecaster": name,
            "lead": "1/2",
            "period_start": [pd.Timestamp("2026-01-01") if i % 2 else pd.Timestamp("2026-04-01") for i in range(count)],
            "team_id": team,
            "quota": 200.0,
            "q50": middle,
            "outcome": outcome,
            "crps": 10.0,
            "pit": [0.05 if i % 4 == 0 else 0.5 for i in range(count)],
        }
    )


def test_error_bias_and_coverage_are_in_points_of_quota() -> None:
    rows = pd.concat([_rows("paceline", 20, 150.0, 200.0), _rows("paceline", 20, 260.0, 200.0)], ignore_index=True)
    found = accuracy_document(rows, "paceline", ["pace"])
    # Half are 25 points too low and half 30 points too high; a quarter of the outcomes lie outside.
    assert found["company"] == {
        "paceline": {
            "1/2": {"rows": 40, "periods": 2, "mae": 27.5, "bias": 2.5, "crps": 5.0, "coverage_80": 0.75},
        }
    }
    assert found["periods"] == ["2026-01-01", "2026-04-01"]


def test_one_tiny_quota_does_not_decide_the_mean() -> None:
    rows = _rows("paceline", 40, 200.0, 200.0)
    rows.loc[0, ["quota", "q50"]] = [1.0, 1e6]
    cell = accuracy_document(rows, "paceline", [])["company"]["paceline"]["1/2"]
    # One row of forty is 400 points off, as far as one row may be.
    assert cell["mae"] == 10.0


def test_a_cell_of_too_few_rows_says_so_and_gives_no_number() -> None:
    rows = pd.concat(
        [_rows("paceline", FEWEST, 150.0, 200.0), _rows("paceline", FEWEST - 1, 1.0, 200.0, team="east")],
        ignore_index=True,
    )
    teams = accuracy_document(rows, "paceline", [])["teams"]
    assert teams["east"]["paceline"]["1/2"] == {"rows": FEWEST - 1, "periods": 2}
    assert teams["north"]["paceline"]["1/2"]["mae"] == 25.0


def test_rows_without_a_quota_and_rules_that_were_not_asked_for_are_left_out() -> None:
    rows = pd.concat(
        [
            _rows("paceline", FEWEST, 150.0, 200.0),
            _rows("paceline", 5, 1.0, 1.0).assign(quota=0.0),
            _rows("other", FEWEST, 1.0, 2.0),
        ],
        ignore_index=True,
    )
    found = accuracy_document(rows, "paceline", ["pace"])
    assert list(found["company"]) == ["paceline"]
    assert found["company"]["paceline"]["1/2"]["rows"] == FEWEST


def test_without_a_backtest_there_is_nothing_to_tell_and_the_bytes_are_canonical() -> None:
    found = accuracy_document(EMPTY, "paceline", ["pace"])
    assert (found["periods"], found["company"], found["teams"]) == ([], {}, {})
    assert json.loads(accuracy_bytes(found)) == found
    assert accuracy_bytes(found) == accuracy_bytes(dict(reversed(found.items())))  # type: ignore[arg-type]
