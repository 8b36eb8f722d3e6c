"""Seats and people: who is drawn, how ramp works, what a swap and a newcomer change and what they leave alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.simulator.latents import (
    PROSPECTING_SD,
    WIN_SKILL_SD,
    Seats,
    apportion,
    by_segment,
    draw_people,
    draw_seats,
    ramp,
    segments_of,
    team_count,
)
from training.simulator.settings import SimulatorSettings

FIRST_DAY = 18_000


def seats_of(reps: int, seed: int = 1) -> Seats:
    return draw_seats(np.random.default_rng(seed), SimulatorSettings(reps=reps), FIRST_DAY)


@given(st.integers(0, 500), st.tuples(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0.01, 1)))
def test_apportioned_parts_sum_to_the_whole_and_miss_no_share_by_one(total: int, raw: tuple[float, ...]) -> None:
    shares = tuple(value / sum(raw) for value in raw)
    parts = apportion(total, shares)
    assert sum(parts) == total
    assert all(abs(part - total * share) < 1 for part, share in zip(parts, shares, strict=True))


def test_eight_teams_are_three_small_business_three_mid_market_and_two_enterprise() -> None:
    segments = segments_of(SimulatorSettings(reps=64))
    # 8 x (0.4, 0.4, 0.2) = 3.2, 3.2, 1.6 -> 3, 3, 2 teams of 8
    assert np.bincount(segments).tolist() == [24, 24, 16]
    assert all(len(set(team)) == 1 for team in segments.reshape(8, 8))


def test_a_company_of_one_team_still_has_every_segment() -> None:
    # 8 x (0.4, 0.4, 0.2) = 3.2, 3.2, 1.6 -> 3, 3, 2
    assert np.bincount(segments_of(SimulatorSettings(reps=8))).tolist() == [3, 3, 2]


def test_a_last_team_may_be_smaller() -> None:
    settings = SimulatorSettings(reps=42)
    assert team_count(settings) == 6
    assert len(segments_of(settings)) == 42


def test_ramp_grows_with_tenure_and_starts_near_a_third() -> None:
    # 1 - 0.85 exp(-0.25 / 1.2) = 0.3099; 1 - 0.85 exp(-2.25 / 1.2) = 0.8696
    assert ramp(np.array([0.0, 2.0])) == pytest.approx([0.3099, 0.8696], abs=1e-4)
    assert np.all(np.diff(ramp(np.linspace(0, 12, 50))) > 0)


def test_ramp_before_the_first_day_is_that_of_the_first_day() -> None:
    assert ramp(np.array([-0.02])) == ramp(np.array([0.0]))


def test_skills_have_the_spread_that_the_truth_claims() -> None:
    people = draw_people(np.random.default_rng(3), 20_000)
    assert people["prospecting"].std() == pytest.approx(PROSPECTING_SD, rel=0.03)
    assert people["win_skill"].std() == pytest.approx(WIN_SKILL_SD, rel=0.03)
    # 0.15 / sqrt(1 - 0.85^2) = 0.2847
    assert people["activity"].std() == pytest.approx(0.2847, rel=0.03)


def test_activity_keeps_its_long_run_spread() -> None:
    seats, rng = seats_of(3_000), np.random.default_rng(4)
    for _ in range(60):
        seats.move(rng)
    assert seats.activity.std() == pytest.approx(0.2847, rel=0.05)


def test_nobody_is_hired_on_a_weekend_or_in_the_future() -> None:
    hired = seats_of(500).hired
    assert np.all((hired + 3) % 7 < 5)
    assert np.all(hired <= FIRST_DAY + 2)


def test_a_swap_moves_people_and_leaves_territories() -> None:
    seats = seats_of(64)
    before = seats.repeated(1)
    seats.swap(0, 40)
    assert (seats.person[0], seats.person[40]) == (40, 0)
    assert seats.win_skill[0] == before.win_skill[40]
    assert seats.hired[40] == before.hired[0]
    assert seats.log_territory.tolist() == before.log_territory.tolist()
    assert seats.region.tolist() == before.region.tolist()


def test_a_newcomer_has_fresh_skills_and_no_identity_and_neighbours_stay() -> None:
    seats = seats_of(8)
    before = seats.repeated(1)
    seats.seat_newcomers(np.array([2]), FIRST_DAY + 10, 0.01, np.random.default_rng(5))
    assert (seats.person[2], seats.hired[2], seats.leave_rate[2]) == (-1, FIRST_DAY + 10, 0.01)
    assert seats.win_skill[2] != before.win_skill[2]
    assert seats.log_territory[2] == before.log_territory[2]
    assert np.delete(seats.person, 2).tolist() == np.delete(before.person, 2).tolist()


def test_repeated_seats_stand_in_blocks_of_one_universe_each() -> None:
    seats = seats_of(3).repeated(2)
    assert seats.universe.tolist() == [0, 0, 0, 1, 1, 1]
    assert seats.person.tolist() == [0, 1, 2, 0, 1, 2]


def test_repeated_seats_do_not_share_memory_with_the_original() -> None:
    seats = seats_of(3)
    copy = seats.repeated(1)
    copy.hired[0] = -5
    assert seats.hired[0] != -5


def test_constants_of_all_segments_stand_in_the_order_of_segments() -> None:
    assert by_segment("creation").tolist() == [1.90, 1.00, 0.55]
