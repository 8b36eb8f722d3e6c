"""The past of a metric, pooled and per rep."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from models.coaching.history import MetricHistory, metric_history


def past(**values: list[float]) -> pd.DataFrame:
    """Return one row per rep and month from lists of win rates."""
    rows = [
        {"rep_id": rep, "as_of": pd.Timestamp(2026, 1 + index, 28), "win_rate": value}
        for rep, series in values.items()
        for index, value in enumerate(series)
    ]
    return pd.DataFrame(rows)


def test_the_spread_is_pooled_within_reps_and_ignores_differences_between_them() -> None:
    # a: deviations -1, +1 (sum of squares 2, 1 degree); b: -2, 0, +2 (8, 2 degrees): sqrt(10 / 3)
    history = metric_history(past(a=[1.0, 3.0], b=[98.0, 100.0, 102.0]), ["win_rate"])
    assert history.within_rep_sd["win_rate"] == pytest.approx(np.sqrt(10 / 3))


def test_a_usual_level_needs_four_values() -> None:
    history = metric_history(past(a=[1.0, 2.0, 3.0, 4.0], b=[1.0, 2.0, 3.0]), ["win_rate"])
    assert list(history.own["win_rate"]) == ["a"]
    assert history.own["win_rate"]["a"] == pytest.approx((2.5, np.sqrt(5 / 3)))


def test_a_value_counts_once_per_day_however_many_periods_are_open() -> None:
    frame = past(a=[1.0, 3.0])
    doubled = pd.concat([frame, frame], ignore_index=True)
    assert metric_history(doubled, ["win_rate"]).within_rep_sd == metric_history(frame, ["win_rate"]).within_rep_sd


def test_unknown_values_and_unknown_features_are_left_out() -> None:
    history = metric_history(past(a=[1.0, np.nan, 3.0]), ["win_rate", "charm"])
    assert history.within_rep_sd == {"win_rate": pytest.approx(np.sqrt(2.0))}
    assert "charm" not in history.own


def test_single_values_tell_nothing_about_spread() -> None:
    assert metric_history(past(a=[1.0], b=[9.0]), ["win_rate"]).within_rep_sd == {}


def test_a_history_survives_its_way_through_a_bundle() -> None:
    history = metric_history(past(a=[0.1, 0.25, 0.3, 0.7]), ["win_rate"])
    assert MetricHistory.from_json(json.loads(json.dumps(history.to_json()))) == history
