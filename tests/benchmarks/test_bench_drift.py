"""The proof of drift: which periods are quiet ones, and how long a change went unseen."""

from __future__ import annotations

import pandas as pd

from benchmarks.accuracy.companies import Case
from benchmarks.bench_drift import Watch, bars, count_inflow
from models.accuracy.drift import DriftLine

STARTS = ["2024-07-01", "2024-10-01", "2025-01-01", "2025-04-01"]


def watched(flagged: list[str], *, broke: str = "", coverage: tuple[float, ...] = (0.8, 0.8, 0.6, 0.75)) -> Watch:
    lines = [DriftLine("bias", start, -0.3, 0.1, 4, -3.0, flagged=start in flagged) for start in STARTS]
    return Watch(Case("hostile", 11, 8, 8, 4), lines, pd.Series(coverage, index=STARTS), broke)


def test_a_flag_in_the_first_changed_period_takes_one_closed_period() -> None:
    assert watched([STARTS[2]], broke=STARTS[2]).until_flagged == 1


def test_a_flag_before_the_change_is_a_false_one() -> None:
    one = watched([STARTS[1]], broke=STARTS[2])
    assert one.until_flagged == float("inf")
    told = bars([one])
    assert told[0].startswith("quiet periods flagged (1 of 2): 0.5, bar at most 0.1: MISSED")
    assert told[1] == "hostile 11: closed periods until drift is flagged: inf, bar at most 1: MISSED"


def test_coverage_is_that_of_the_second_changed_period() -> None:
    assert bars([watched([], broke=STARTS[2])])[2].endswith("0.75, bar at least 0.72: met")
    worse = watched([], broke=STARTS[2], coverage=(0.8, 0.8, 0.9, 0.6))
    assert bars([worse])[2].endswith("0.6, bar at least 0.72: MISSED")


def test_a_company_without_a_change_has_quiet_periods_alone() -> None:
    assert bars([watched([])]) == ["quiet periods flagged (0 of 4): 0, bar at most 0.1: met"]


def test_fewer_deals_are_seen_more_often_where_the_market_changed() -> None:
    quiet, first, two = count_inflow([1, 2, 3], reps=40, quarters=14, changed=3)
    assert quiet < 0.25
    assert first <= two
    assert two > quiet
