"""Horizon features can only grow with the horizon."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from features.domain.time import WorkCalendar
from models.contracts import FloatArray
from models.simulation.days import day_number
from models.simulation.deal_rows import deal_rows
from models.simulation.horizons import HorizonClock, horizon_clock, horizon_matrix
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
    )
    assert (np.diff(matrix, axis=0) >= 0).all()


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
