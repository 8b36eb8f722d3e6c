"""A backtest is judged by hand-checkable sums."""

import numpy as np
import pandas as pd
import pytest

from models.accuracy.measures import WINSOR
from training.backtest.summary import skill, summarise


def _rows(**changes: object) -> pd.DataFrame:
    base = {
        "forecaster": ["ours"] * 4,
        "lead": ["day 0"] * 4,
        "quota": [100.0, 100.0, 200.0, 100.0],
        "outcome": [120.0, 80.0, 100.0, 130.0],
        "forecast_mean": [110.0, 90.0, 120.0, 110.0],
        "q10": [80.0, 60.0, 60.0, 80.0],
        "q50": [110.0, 90.0, 120.0, 110.0],
        "q90": [140.0, 120.0, 180.0, 140.0],
        "p_attain": [0.7, 0.3, 0.1, 0.6],
        "crps": [8.0, 8.0, 20.0, 12.0],
        "pit": [0.6, 0.35, 0.05, 0.95],
    }
    return pd.DataFrame({**base, **changes})


def test_errors_are_in_attainment() -> None:
    line = summarise(_rows()).iloc[0]
    # |1.1 - 1.2|, |0.9 - 0.8|, |0.6 - 0.5|, |1.1 - 1.3| -> mean 0.125; CRPS .08, .08, .10, .12 -> .095
    assert line["mae"] == pytest.approx(0.125)
    assert line["crps"] == pytest.approx(0.095)
    # forecast 430 beside 430 booked
    assert line["bias"] == pytest.approx(0.0)


def test_coverage_counts_pit_values_inside_the_middle_eight_tenths() -> None:
    assert summarise(_rows()).iloc[0]["coverage_80"] == 0.5


def test_brier_judges_the_chance_of_a_miss() -> None:
    # misses: rows 2 and 3; stated 0.3, 0.7, 0.9, 0.4 -> .09 + .09 + .01 + .16 = .35 / 4
    assert summarise(_rows()).iloc[0]["brier"] == pytest.approx(0.0875)
    assert summarise(_rows()).iloc[0]["auc"] == 1.0


def test_one_tiny_quota_does_not_decide_the_mean() -> None:
    line = summarise(_rows(quota=[0.1, 100.0, 200.0, 100.0])).iloc[0]
    assert line["mae"] == pytest.approx((WINSOR + 0.1 + 0.1 + 0.2) / 4)


def test_rows_without_a_quota_count_for_coverage_only() -> None:
    line = summarise(_rows(quota=[np.nan, 100.0, 200.0, 100.0], p_attain=[np.nan, 0.3, 0.1, 0.6])).iloc[0]
    assert line["rows"] == 4
    assert line["mae"] == pytest.approx((0.1 + 0.1 + 0.2) / 3)


def test_auc_is_undefined_where_everyone_missed() -> None:
    assert np.isnan(summarise(_rows(outcome=[1.0, 2.0, 3.0, 4.0])).iloc[0]["auc"])


def test_skill_names_the_best_baseline_per_lead() -> None:
    table = pd.DataFrame(
        {
            "forecaster": ["ours", "pace", "trailing_mean"] * 2,
            "lead": ["day 0"] * 3 + ["1/2"] * 3,
            "mae": [0.3, 0.8, 0.5, 0.2, 0.4, 0.5],
            "crps": [0.2, 0.5, 0.4, 0.1, 0.2, 0.4],
            "brier": [0.1, 0.2, 0.3, 0.1, np.nan, np.nan],
        }
    )
    found = skill(table, "ours", ["pace", "trailing_mean"]).set_index(["lead", "measure"])
    assert found.loc[("day 0", "mae"), "best_name"] == "trailing_mean"
    assert found.loc[("day 0", "mae"), "gain"] == pytest.approx(0.4)
    assert found.loc[("1/2", "crps"), "best_name"] == "pace"
    assert ("1/2", "brier") not in found.index
