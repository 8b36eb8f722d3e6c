"""Horizon features can only grow with the horizon."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from features.domain.time import WorkCalendar
from models.contracts import FloatArray
from models.simulation.days import day_number
from models.simulation.deal_rows import PERIOD_END_WEIGHT, deal_rows
from models.simulation.horizons import HORIZON_NAMES, HorizonClock, horizon_clock, horizon_matrix
from models.simulation.tempo import Tempo

AS_OF = day_number(date(2024, 6, 20))


def clock() -> HorizonClock:
    return horizon_clock(Tempo(3, 1, (3.0,) + (1.0,) * 12, 1.0), WorkCalendar(), AS_OF - 5, AS_OF)


def at(*days: float) -> FloatArray:
    return np.array(days, dtype=np.float64)


def test_period_ends_are_counted_on_their_day() -> None:
    # 30 June is 10 days ahead, 30 September 102.
    ends = clock().ends_included(np.full(5, float(AS_OF)), at(9, 10, 101, 102, 194))
    assert ends.tolist() == [0.0, 1.0, 1.0, 2.0, 3.0]


def test_exposure_adds_the_weights_of_the_days() -> None:
    # 21 to 23 June lie in the second last week (weight 1), 24 to 30 June in the last one (weight 3).
    exposure = clock().exposure(np.full(2, float(AS_OF)), at(3, 10))
    assert exposure.tolist() == [3.0, 24.0]


def test_every_feature_rises_with_the_horizon() -> None:
    horizon = np.arange(0.0, 400.0)
    matrix = horizon_matrix(
        clock(),
        np.full(400, float(AS_OF)),
        horizon,
        expected_in=np.full(400, 30.0),
        age_curve=np.linspace(0.0, 0.4, 400),
        cycle=np.full(400, 60.0),
    )
    assert matrix.shape == (400, len(HORIZON_NAMES))
    assert (np.diff(matrix, axis=0) >= 0).all()


def test_a_slow_segment_is_measured_in_its_own_cycles() -> None:
    # 30 days of a cycle of 60 are as far as 60 of 120; 10 days to the expected close as far as 20.
    horizon, expected, cycle = at(30, 60), at(10, 20), at(60, 120)
    found = horizon_matrix(
        clock(), np.full(2, float(AS_OF)), horizon, expected_in=expected, age_curve=at(0.1, 0.1), cycle=cycle
    )
    columns = dict(zip(HORIZON_NAMES, found.T.tolist(), strict=True))
    assert columns["horizon_in_cycles"] == [0.5, 0.5]
    assert columns["margin_in_cycles"] == [20 / 60, 40 / 120]
    # Seven days of June weigh 3 and the others 1: fourteen more than there are days.
    assert columns["exposure_in_cycles"] == [(30 + 14) / 60, (60 + 14) / 120]


def test_days_to_the_end_count_from_the_as_of_to_the_last_day() -> None:
    # On the last day of June the period that holds tomorrow ends with September.
    days = at(AS_OF, AS_OF + 9, AS_OF + 10)
    assert clock().days_to_end(days).tolist() == [10.0, 1.0, 92.0]


def deals(won_on: list[str | None]) -> pd.DataFrame:
    n = len(won_on)
    return pd.DataFrame(
        {
            "as_of": pd.to_datetime(["2024-06-20"] * n),
            "won_on": pd.to_datetime(pd.Series(won_on, dtype="object")),
            "observed_until": pd.to_datetime(["2024-10-31"] * n),
        }
    )


def test_a_row_whose_horizon_reaches_past_what_was_seen_is_left_out_won_or_not() -> None:
    rows = deal_rows(deals(["2024-07-01", None]), clock(), largest=1_000)
    # Seen until 31 October, 133 days: the ends of June and September stay, the end of the year does not.
    assert rows.horizon.max() <= 133
    counts = np.bincount(rows.deal, minlength=2)
    assert counts[0] >= 3
    assert 194.0 not in rows.horizon


def test_a_row_is_won_when_the_win_lies_within_its_horizon() -> None:
    rows = deal_rows(deals(["2024-07-01"]), clock(), largest=1_000)
    by_horizon = dict(zip(rows.horizon.tolist(), rows.won.tolist(), strict=True))
    assert by_horizon[10.0] is False
    assert by_horizon[102.0] is True


def test_too_many_rows_are_thinned_the_same_way_every_time() -> None:
    many = deals([None] * 200)
    first, second = (deal_rows(many, clock(), largest=50) for _ in range(2))
    assert len(first.deal) == 50
    assert np.array_equal(first.deal, second.deal)
    assert (np.diff(first.deal) >= 0).all()


def test_the_end_of_the_running_period_counts_most() -> None:
    rows = deal_rows(deals(["2024-07-01"]), clock(), largest=1_000)
    weights = dict(zip(rows.horizon.tolist(), rows.weight.tolist(), strict=True))
    assert weights[10.0] == PERIOD_END_WEIGHT
    assert weights[102.0] == 1.0
