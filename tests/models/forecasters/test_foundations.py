"""What all forecasters stand on: the daily ledger, named random streams, past periods."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from models.forecasters.draws import stream, target_ranks, world_ranks
from models.forecasters.ledger import Ledger, day_number
from models.forecasters.levels import groups, past_periods
from tests.support import frames

BOOKED = frames.bookings([("ann", "2024-01-10", 5.0), ("ann", "2024-01-12", -2.0), ("bob", "2024-02-01", 9.0)])
DAYS = [day_number(date(2024, 1, 10)), day_number(date(2024, 1, 12)), day_number(date(2024, 1, 13))]


def sums(rep: str, start: int, stop: int) -> float:
    return float(Ledger(BOOKED, "revenue").sums([rep], np.array([start]), np.array([stop]))[0])


def test_a_window_includes_its_first_day_and_not_the_day_it_stops_on() -> None:
    assert sums("ann", DAYS[0], DAYS[1]) == 5.0
    assert sums("ann", DAYS[0], DAYS[2]) == 3.0
    assert sums("ann", DAYS[1], DAYS[2]) == -2.0


def test_windows_outside_the_data_and_unknown_reps_are_zero() -> None:
    assert sums("ann", DAYS[0] - 900, DAYS[0]) == 0.0
    assert sums("ann", DAYS[0] + 500, DAYS[0] + 900) == 0.0
    assert sums("zoe", DAYS[0], DAYS[2]) == 0.0
    assert sums("aaa", DAYS[0], DAYS[2]) == 0.0


def test_a_ledger_of_another_measure_is_empty() -> None:
    margin = Ledger(BOOKED, "margin")
    assert margin.sums(["ann"], np.array([DAYS[0]]), np.array([DAYS[2]])).tolist() == [0.0]


def test_the_first_month_begins_on_its_first_day() -> None:
    assert Ledger(BOOKED, "revenue").first_month == day_number(date(2024, 1, 1))


def test_streams_differ_by_name_and_seed_and_not_by_how_often_they_are_asked() -> None:
    first, again, other, seed = (stream(*key).random(4).tolist() for key in ((1, "a"), (1, "a"), (1, "b"), (2, "a")))
    assert first == again
    assert len({tuple(first), tuple(other), tuple(seed)}) == 3


def test_names_are_not_glued_together() -> None:
    assert stream(1, "ab", "c").random() != stream(1, "a", "bc").random()


def test_every_world_is_replayed_equally_often() -> None:
    ranks = world_ranks(1, date(2024, 1, 31), 120)
    assert np.bincount((ranks * 4).astype(int)).tolist() == [30, 30, 30, 30]


def test_a_target_draws_the_same_in_any_company() -> None:
    rows = [frames.target(rep, "2024-01-01", "2024-03-31", "2024-01-31") for rep in ("ann", "bob")]
    both = frames.state("2024-01-31", rows, BOOKED).targets
    alone = frames.state("2024-01-31", rows[1:], BOOKED).targets
    day = date(2024, 1, 31)
    assert np.array_equal(target_ranks(1, both, day, 5)[1], target_ranks(1, alone, day, 5)[0])


def test_periods_before_the_hire_or_before_the_data_are_unknown() -> None:
    rows = [
        frames.target("ann", "2024-03-01", "2024-03-31", "2024-02-29", grain="month"),
        frames.target("bob", "2024-03-01", "2024-03-31", "2024-02-29", grain="month", tenure_days=28),
    ]
    now = frames.state("2024-02-29", rows, BOOKED)
    (group,) = groups(now.targets)
    past = past_periods(now, group, 3)
    # February, January, December: the data begins in January, Bob on the first of February.
    assert past.sums.tolist() == [[0.0, 3.0, 0.0], [9.0, 0.0, 0.0]]
    assert past.in_seat.tolist() == [[True, True, False], [True, False, False]]
    assert past.mean().tolist() == [1.5, 9.0]


def test_targets_are_compared_within_grain_and_measure_only() -> None:
    rows = [
        frames.target("ann", "2024-03-01", "2024-03-31", "2024-02-29", grain="month"),
        frames.target("ann", "2024-01-01", "2024-03-31", "2024-02-29"),
        frames.target("bob", "2024-03-01", "2024-03-31", "2024-02-29", grain="month"),
    ]
    targets = pd.DataFrame(rows)
    assert [(group.grain.value, group.rows.tolist()) for group in groups(targets)] == [
        ("month", [0, 2]),
        ("quarter", [1]),
    ]
