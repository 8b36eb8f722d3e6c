"""What becomes of deals on paper: chances worked by hand, and amounts that stay whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.simulator.fates import (
    NEVER,
    Fates,
    chance_within,
    edited_amount,
    happens,
    mates,
    pending,
    refund_amount,
)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(0, 27, 0.0), (28, 28, 1 / 57), (0, 84, 1.0), (80, 200, 5 / 57), (85, 200, 0.0), (40, 30, 0.0)],
)
def test_a_delay_of_four_to_twelve_weeks_falls_on_each_of_57_days_alike(first: int, last: int, expected: float) -> None:
    assert float(chance_within(first, last, 28, 84)) == pytest.approx(expected)


def test_what_has_not_come_so_far_is_less_likely_to_come() -> None:
    # 0.2 x 0.6 / (1 - 0.2 x 0.4) = 0.12 / 0.92; nothing is left when all days are gone
    assert float(pending(0.2, np.array(0.4), np.array(0.6))) == pytest.approx(0.12 / 0.92)
    assert float(pending(0.2, np.array(1.0), np.array(0.0))) == 0.0


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.floats(0, 0.999999), st.data())
def test_a_mate_is_another_seat_of_the_team(sizes: list[int], draw: float, data: st.DataObject) -> None:
    team = np.repeat(np.arange(len(sizes)), sizes)
    seat = data.draw(st.integers(0, len(team) - 1))
    mate = int(mates(team, np.array([seat]), np.array([draw]))[0])
    assert team[mate] == team[seat]
    assert (mate != seat) is (sizes[team[seat]] > 1)


def test_amounts_stay_whole_and_at_least_one() -> None:
    assert edited_amount(np.array([1_000.0, 1.0]), np.array([0.8765, 0.1])).tolist() == [876.0, 1.0]
    assert refund_amount(np.array([1_000.0, 1.0]), np.array([0.3333, 0.25])).tolist() == [333.0, 1.0]


def test_a_deal_belongs_to_its_receiver_from_the_day_after_the_evening() -> None:
    whole = np.array([7, 7])
    fates = Fates(
        handed=np.array([10, NEVER]),
        receiver=np.array([3, 7]),
        edited=whole,
        factor=whole * 1.0,
        refunded=whole,
        share=whole * 1.0,
    )
    deal = np.array([0, 0, 1])
    assert fates.credited(deal, np.array([7, 7, 7]), np.array([10, 11, 11])).tolist() == [7, 3, 7]


def test_certain_and_impossible_events_happen_always_and_never() -> None:
    found = happens(np.random.default_rng(1), np.array([0.0, 1.0]), 50)
    assert found.sum(axis=1).tolist() == [0, 50]
