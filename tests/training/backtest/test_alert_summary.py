"""What the flags of a backtest were worth, with numbers that can be checked by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from models.risk.alert_settings import AlertSettings
from training.backtest.alert_summary import alert_summary, flags

START, END = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-03-31")
LOOKS = {"day 0": "2025-12-31", "1/4": "2026-01-22", "1/2": "2026-02-14", "3/4": "2026-03-09"}
SETTINGS = AlertSettings(raise_at=0.8, release_at=0.6, weekly_budget=9)


def _rows(chances: dict[str, list[float]], outcomes: dict[str, float]) -> pd.DataFrame:
    """Return backtest rows: by rep, the chance of a miss at each of the four looks; a quota of 100 each."""
    return pd.DataFrame(
        [
            {
                "rep_id": rep,
                "period_start": START,
                "period_end": END,
                "metric": "revenue",
                "team_id": "t",
                "status": "ok",
                "lead": lead,
                "as_of": pd.Timestamp(day),
                "quota": 100.0,
                "outcome": outcomes[rep],
                "p_attain": 1.0 - values[place],
            }
            for rep, values in chances.items()
            for place, (lead, day) in enumerate(LOOKS.items())
        ]
    )


# a is flagged from day 0 and misses; b is flagged at 1/2 and misses; c is flagged at 1/4, let go at 1/2 and meets the
# quota; d is never flagged and misses; e is never flagged and meets it.
CHANCES = {
    "a": [0.85, 0.70, 0.90, 0.99],
    "b": [0.50, 0.70, 0.80, 0.95],
    "c": [0.50, 0.85, 0.30, 0.05],
    "d": [0.50, 0.50, 0.50, 0.50],
    "e": [0.20, 0.20, 0.20, 0.20],
}
OUTCOMES = {"a": 60.0, "b": 80.0, "c": 120.0, "d": 99.0, "e": 150.0}


def test_precision_recall_lead_time_and_churn_are_those_of_the_example() -> None:
    found = alert_summary(_rows(CHANCES, OUTCOMES), SETTINGS).set_index("lead")

    assert found["flagged"].tolist() == [0.2, 0.4, 0.4, 0.4]
    assert found["precision"].tolist() == [1.0, 0.5, 1.0, 1.0]
    # Three people miss: a, b and d.
    assert found["recall"].tolist() == pytest.approx([1 / 3, 1 / 3, 2 / 3, 2 / 3])
    # a: 90 days before 31 March; b: 45; the middle of the two is 67.5.
    assert found["days_before_end"].tolist() == [90.0, 90.0, 67.5, 67.5]
    # c is let go once; ever flagged by then: a; a, c; a, b, c.
    assert found["churn"].tolist() == pytest.approx([0.0, 0.0, 1 / 3, 1 / 3])


def test_without_hysteresis_the_same_chances_flap() -> None:
    nervous = AlertSettings(raise_at=0.8, release_at=0.799, weekly_budget=9)
    churn = alert_summary(_rows(CHANCES, OUTCOMES), nervous).set_index("lead")["churn"]
    # a too is let go at 1/4, and raised again at 1/2.
    assert churn.tolist() == pytest.approx([0.0, 0.5, 2 / 3, 2 / 3])


def test_a_spent_budget_shows_as_waiting() -> None:
    tight = AlertSettings(raise_at=0.5, release_at=0.4, weekly_budget=1)
    found = alert_summary(_rows(CHANCES, OUTCOMES), tight).set_index("lead")
    # At day 0 four people reach 0.5 and one may be flagged; three weeks later the rest of the four are.
    assert found.loc["day 0", ["flagged", "waiting"]].tolist() == [0.2, 0.6]
    assert found.loc["1/4", ["flagged", "waiting"]].tolist() == [0.8, 0.0]


def test_a_flag_of_one_period_says_nothing_about_the_next() -> None:
    later = _rows({"a": [0.7, 0.7, 0.7, 0.7]}, {"a": 60.0})
    shifted = later.assign(
        period_start=END + pd.Timedelta(days=1),
        period_end=pd.Timestamp("2026-06-30"),
        as_of=later["as_of"] + pd.Timedelta(days=90),
    )
    found = flags(pd.concat([_rows(CHANCES, OUTCOMES), shifted], ignore_index=True), SETTINGS)
    assert not found.loc[found["period_start"] > END, "at_risk"].any()


def test_rows_without_a_quota_are_left_out_and_nobody_flagged_is_no_number() -> None:
    rows = _rows({"e": [0.2, 0.2, 0.2, 0.2], "n": [0.9, 0.9, 0.9, 0.9]}, {"e": 50.0, "n": 1.0})
    rows.loc[rows["rep_id"] == "n", ["quota", "p_attain"]] = math.nan
    found = alert_summary(rows, SETTINGS)
    assert found["rows"].tolist() == [1, 1, 1, 1]
    assert found["flagged"].tolist() == [0.0] * 4
    assert found["recall"].tolist() == [0.0] * 4
    assert found[["precision", "days_before_end", "churn"]].isna().all().all()


def test_rows_whose_status_no_fact_decided_are_judged_like_any_other() -> None:
    # A rolling backtest keeps the status of its targets, which is empty unless the facts decided it.
    undecided = _rows(CHANCES, OUTCOMES).assign(status="")

    assert alert_summary(undecided, SETTINGS).equals(alert_summary(_rows(CHANCES, OUTCOMES), SETTINGS))


def test_somebody_who_left_is_never_flagged() -> None:
    gone = _rows(CHANCES, OUTCOMES).assign(status="left")

    assert alert_summary(gone, SETTINGS)["flagged"].tolist() == [0.0, 0.0, 0.0, 0.0]
