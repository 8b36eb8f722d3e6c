"""What is told about each target is read off its paths."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import UsageError
from models.contracts import FloatArray, ForecastPaths
from models.risk.assess import assess
from models.risk.settings import RiskSettings
from tests.models.simulation.builders import targets


def paths(coming: FloatArray, metadata: dict[str, object] | None = None, **columns: object) -> ForecastPaths:
    rows = [(f"r{i}", "2024-07-01", "2024-09-30") for i in range(len(coming))]
    frame = targets(rows, as_of="2024-08-15", **columns)
    booked = frame["attained"].to_numpy(dtype=np.float64)
    return ForecastPaths(frame, booked, coming, np.zeros_like(coming), metadata or {})


def test_the_atom_at_exactly_the_quota_counts_as_met() -> None:
    row = assess(paths(np.array([[50.0, 70.0, 100.0, 120.0]]))).iloc[0]
    assert row["p_attain"] == 0.5
    assert row["p_below_80"] == 0.5
    assert row["forecast_mean"] == 85.0
    assert row["q50"] == 85.0


def test_rounding_does_not_turn_a_met_quota_into_a_miss() -> None:
    coming = np.full((1, 4), 0.1 + 0.2)
    row = assess(paths(coming, quota=0.3 + 1e-17)).iloc[0]
    assert row["p_attain"] == 1.0


def test_attained_already_is_certain_without_returns() -> None:
    row = assess(paths(np.array([[0.0, 5.0]]), attained=100.0)).iloc[0]
    assert (row["p_attain"], row["risk_band"], row["status"]) == (1.0, "on_track", "ok")


def test_returns_can_take_an_attained_quota_back() -> None:
    row = assess(paths(np.array([[-30.0, -30.0, 0.0, 10.0]]), attained=105.0)).iloc[0]
    assert row["p_attain"] == 0.5
    assert row["q05"] < 105.0


def test_negative_bookings_so_far_are_a_plain_starting_point() -> None:
    row = assess(paths(np.array([[0.0, 150.0]]), attained=-20.0)).iloc[0]
    assert row["forecast_mean"] == 55.0
    assert row["p_attain"] == 0.5


@pytest.mark.parametrize(
    ("quota", "word"), [(np.nan, "no quota"), (0.0, "above zero"), (-5.0, "above zero"), (4.0, "far below")]
)
def test_missing_zero_negative_and_tiny_quotas_give_bookings_but_no_attainment(quota: float, word: str) -> None:
    quotas = [quota, 100.0, 100.0, 120.0]
    found = assess(paths(np.full((4, 3), 50.0), quota=quotas))
    row = found.iloc[0]
    assert row["status"] == "no_quota"
    assert word in row["reason"]
    assert np.isnan(row["p_attain"])
    assert row["risk_band"] is None
    assert row["forecast_mean"] == 50.0
    assert (found["status"].iloc[1:] == "ok").all()


@pytest.mark.parametrize("status", ["left", "insufficient_exposure", "stale", "undecidable"])
def test_what_the_facts_decided_stands_and_carries_no_band(status: str) -> None:
    row = assess(paths(np.full((1, 3), 50.0), status=status, reason="because")).iloc[0]
    assert (row["status"], row["reason"], row["risk_band"]) == (status, "because", None)


def test_a_newcomer_is_a_cold_start_and_still_has_a_band() -> None:
    row = assess(paths(np.full((1, 3), 50.0), tenure_days=12)).iloc[0]
    assert row["status"] == "cold_start"
    assert "12 days" in row["reason"]
    assert row["risk_band"] == "act"


def test_a_forecast_that_rests_on_others_is_a_cold_start() -> None:
    found = assess(paths(np.full((2, 3), 50.0), {"pooled_share": [0.95, 0.2]}))
    assert found["status"].tolist() == ["cold_start", "ok"]
    assert found["pooled_share"].tolist() == [0.95, 0.2]


def test_a_range_wider_than_the_setting_is_wide() -> None:
    coming = np.array([np.linspace(0, 250, 101), np.linspace(90, 110, 101)])
    found = assess(paths(coming), RiskSettings(wide_width=1.5))
    # From q10 = 25 to q90 = 225 the range spans 200 % of the quota of 100.
    assert found["status"].tolist() == ["wide", "ok"]
    assert "200%" in found["reason"].iloc[0]


def test_quantiles_never_cross_and_hold_the_median() -> None:
    coming = np.random.default_rng(1).lognormal(4.0, 1.0, (20, 333))
    found = assess(paths(coming))
    levels = found[["q05", "q10", "q25", "q50", "q75", "q90", "q95"]].to_numpy()
    assert (np.diff(levels, axis=1) >= 0).all()
    assert ((found["p_attain"] >= 0.5) == (found["q50"] >= 100.0)).all()


def test_changed_paths_move_every_number() -> None:
    # P(below 80) falls from 9 in 10 (act) to 2 in 10; P(attained) rises from 1 in 10 to 8 in 10 (on track).
    coming = np.array([[20.0, 30.0, 50.0, 55.0, 60.0, 65.0, 70.0, 72.0, 75.0, 120.0]])
    before, after = assess(paths(coming)).iloc[0], assess(paths(coming * 2)).iloc[0]
    names = ("forecast_mean", "q50", "p_attain", "p_below_80", "risk_band")
    assert [name for name in names if before[name] == after[name]] == []
    assert (before["risk_band"], after["risk_band"]) == ("act", "on_track")


def test_no_path_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="0 paths"):
        assess(paths(np.zeros((1, 0))))


def test_the_index_is_plain_whatever_the_targets_had() -> None:
    plain = paths(np.full((2, 3), 50.0))
    moved = ForecastPaths(plain.targets.set_index(pd.Index([7, 9])), plain.booked, plain.open_deals, plain.new_deals)
    assert assess(moved).index.tolist() == [0, 1]
