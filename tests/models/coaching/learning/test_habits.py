"""A metric is forecast from its present value, as far as the past of all reps shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.coaching.learning.habits import Habits, metric_habits


def past(values: dict[str, list[float]], name: str = "win_rate") -> pd.DataFrame:
    """Return stacked past states of one metric, one value per rep and quarter."""
    frames = [
        pd.DataFrame({"rep_id": rep, "as_of": pd.date_range("2024-01-01", periods=len(line), freq="91D"), name: line})
        for rep, line in values.items()
    ]
    return pd.concat(frames, ignore_index=True)


def test_a_metric_that_halves_its_distance_is_foreseen_to_do_so() -> None:
    # Every value is 0.2 plus half of the one before: 1.0 -> 0.7 -> 0.55 -> 0.475 ...
    lines = {}
    for rep in range(6):
        line = [float(rep)]
        for _ in range(5):
            line.append(0.2 + 0.5 * line[-1])
        lines[f"r{rep}"] = line
    habits = metric_habits(past(lines), ["win_rate"])

    found = habits.expected("win_rate", 1.0)

    assert found is not None
    assert found[0] == pytest.approx(0.7, abs=0.01)
    assert found[1] == pytest.approx(0.0, abs=0.01)


def test_pure_chance_is_foreseen_at_the_mean_with_its_spread() -> None:
    rng = np.random.default_rng(3)
    lines = {f"r{rep}": list(rng.normal(10.0, 2.0, size=12)) for rep in range(60)}
    found = metric_habits(past(lines), ["win_rate"]).expected("win_rate", 16.0)
    assert found is not None
    assert found[0] == pytest.approx(10.0, abs=0.8)
    assert found[1] == pytest.approx(2.0, abs=0.15)


def test_the_same_state_in_two_grains_counts_once() -> None:
    lines = {f"r{rep}": [0.1 * rep, 0.2 * rep, 0.1 * rep, 0.2 * rep] for rep in range(10)}
    once, twice = past(lines), pd.concat([past(lines), past(lines)], ignore_index=True)
    assert metric_habits(once, ["win_rate"]) == metric_habits(twice, ["win_rate"])


def test_a_short_past_or_a_metric_that_is_not_there_foresees_nothing() -> None:
    short = metric_habits(past({"a": [0.1, 0.2, 0.3]}), ["win_rate", "not_there"])
    assert short.by_feature == {}
    assert short.expected("win_rate", 0.2) is None


def test_an_unknown_value_foresees_nothing() -> None:
    assert Habits({"win_rate": (0.1, 0.5, 0.05)}).expected("win_rate", float("nan")) is None
