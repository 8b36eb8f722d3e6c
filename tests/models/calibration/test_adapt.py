"""The width follows coverage where it moves for a reason, and stands still where it is luck."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc
from scipy.stats import norm

from models.calibration.adapt import LIMIT, adapted_width
from models.calibration.learn import width_of_late
from models.calibration.spread import Spread
from models.contracts import FloatArray


def ranks_of(outside: int, people: int = 100) -> FloatArray:
    """Ranks of which `outside` lie far outside the range, half on each side, and the rest in its middle."""
    low = outside // 2
    return np.concatenate([np.full(low, 0.001), np.full(outside - low, 0.999), np.full(people - outside, 0.5)])


def width(*outside: int, people: int = 100) -> float:
    ranks = np.concatenate([ranks_of(count, people) for count in outside])
    period = np.repeat(np.arange(len(outside)), people)
    return adapted_width(ranks, period, np.full(len(outside), float(people)))


# Luck of 100 people: 2 * hypot(0.025, sqrt(0.16 / 100) = 0.04) = 0.0943.
LUCK = 2 * math.hypot(0.025, 0.04)


def test_a_period_within_luck_changes_nothing_at_all() -> None:
    assert width(20) == width(29) == width(11) == width(29, 11, 29) == 1.0


def test_what_lies_beyond_luck_widens_at_once() -> None:
    # 40 of 100 lie outside: 0.2 too many, of which 0.0943 are luck.
    assert width(40) == pytest.approx(math.exp(-4.0 * (0.2 - LUCK)))


def test_too_few_outside_narrow() -> None:
    # Nobody lies outside: 0.2 too few.
    assert width(0) == pytest.approx(math.exp(4.0 * (0.2 - LUCK)))


def test_the_width_fades_when_coverage_is_back() -> None:
    # All of the ranks that are left outside at 0.001 and 0.999 stay outside any range: 20 of 100, as it ought to be.
    assert width(40, 20) == pytest.approx(math.exp(-4.0 * 0.9 * (0.2 - LUCK)))


def test_a_few_people_prove_nothing() -> None:
    # Half of 8 people outside: luck alone is 2 * hypot(0.025, sqrt(0.16 / 8)) = 0.29, and they are 0.3 too many.
    assert width(4, people=8) > 0.9
    assert width(3, people=8) == 1.0


def test_several_looks_at_the_same_people_are_no_more_people() -> None:
    looks = np.tile(ranks_of(4, people=8), 4)
    assert adapted_width(looks, np.zeros(32, dtype=np.int64), np.array([8.0])) > 0.9


@given(counts=st.lists(st.integers(0, 100), min_size=1, max_size=12))
def test_the_width_is_bounded_whatever_happens(counts: list[int]) -> None:
    assert math.exp(-LIMIT) - 1e-12 <= width(*counts) <= math.exp(LIMIT) + 1e-12


def test_companies_on_which_nothing_changes_are_left_alone() -> None:
    # 40 companies of 100 people, 8 periods each, coverage varying from period to period as on simulated companies.
    rng = np.random.default_rng(11)
    moved = 0
    for _ in range(40):
        ranks = np.concatenate([betainc(w, w, rng.random(100)) for w in np.exp(rng.normal(0, 0.08, 8))])
        moved += adapted_width(ranks, np.repeat(np.arange(8), 100), np.full(8, 100.0)) != 1.0
    assert moved <= 12


def test_ranges_that_became_too_narrow_hold_again_within_two_periods() -> None:
    # Outcomes suddenly lie 1.7 times as wide: 80 % ranges hold 2 Phi(1.2816 / 1.7) - 1 = 55 %.
    rng = np.random.default_rng(3)
    wide = [norm.cdf(1.7 * rng.standard_normal(200)) for _ in range(3)]
    quiet = [rng.random(200) for _ in range(4)]

    def served(past: list[FloatArray], now: FloatArray) -> float:
        period = np.repeat(np.arange(len(past)), 200)
        factor = adapted_width(np.concatenate(past), period, np.full(len(past), 200.0))
        ranks = betainc(factor, factor, now)
        return float(((ranks >= 0.1) & (ranks <= 0.9)).mean())

    assert served(quiet, wide[0]) < 0.62
    assert served([*quiet, wide[0]], wide[1]) >= 0.70
    assert served([*quiet, *wide[:2]], wide[2]) >= 0.72


def looks(ranks: FloatArray, *, day: str, reps: int = 100) -> pd.DataFrame:
    rep = [f"r{i % reps}" for i in range(len(ranks))]
    return pd.DataFrame({"period_start": pd.Timestamp(day), "elapsed": 0.0, "rep_id": rep, "rank": ranks})


def test_what_all_periods_ask_for_is_not_asked_for_twice() -> None:
    # Past ranges were too narrow in every period alike, and the spread says so already.
    even = (np.arange(100) + 0.5) / 100
    narrow = Spread(0.6, 0.6)
    ranks = narrow.levels(even)
    rows = pd.concat([looks(ranks, day=day) for day in ("2024-01-01", "2024-04-01")], ignore_index=True)
    assert width_of_late(rows, (narrow,) * 4) == 1.0
    assert width_of_late(rows, (Spread(),) * 4) < 0.9


def test_the_last_periods_count_and_not_the_order_of_rows() -> None:
    even = (np.arange(100) + 0.5) / 100
    late = pd.concat([looks(ranks_of(60), day="2024-04-01"), looks(even, day="2024-01-01")], ignore_index=True)
    early = pd.concat([looks(ranks_of(60), day="2024-01-01"), looks(even, day="2024-04-01")], ignore_index=True)
    assert width_of_late(late, (Spread(),) * 4) < width_of_late(early, (Spread(),) * 4) <= 1.0
    assert width_of_late(late.iloc[::-1], (Spread(),) * 4) == width_of_late(late, (Spread(),) * 4)


def test_without_ranks_there_is_nothing_to_follow() -> None:
    assert width_of_late(looks(np.array([]), day="2024-01-01"), (Spread(),) * 4) == 1.0
