"""Wins that are not booked yet are money that is certain."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import BOOKING_COLUMNS, CompanyState
from models.simulation.pending import pending_in, pending_wins
from tests.models.simulation.builders import Life, lifecycles, targets

AS_OF = date(2024, 6, 28)


def won(day: date, amount: float = 100.0) -> Life:
    return ("r1", (day - timedelta(days=40)).isoformat(), "won", day.isoformat(), amount)


def state(wins: list[Life], booked: list[tuple[date, float]], lag: int = 1) -> CompanyState:
    bookings = pd.DataFrame(booked, columns=["day", "amount"]).assign(rep_id="r1", metric=REVENUE, n=1)
    bookings["known_on"] = pd.to_datetime(bookings["day"]) + pd.Timedelta(days=lag)
    bookings["day"] = pd.to_datetime(bookings["day"])
    return CompanyState(
        as_of=AS_OF,
        targets=targets([("r1", "2024-04-01", "2024-06-30"), ("r1", "2024-07-01", "2024-09-30")], as_of="2024-06-28"),
        deals=pd.DataFrame(),
        bookings=bookings[list(BOOKING_COLUMNS)],
        lifecycles=lifecycles(wins),
        reps=pd.DataFrame(),
    )


OLD = [AS_OF - timedelta(days=60 + i) for i in range(30)]


def test_a_win_of_today_whose_booking_comes_tomorrow_is_pending() -> None:
    found = state([*map(won, OLD), won(AS_OF, 700.0)], [(day, 100.0) for day in OLD])
    assert pending_wins(found)["amount"].tolist() == [700.0]
    assert pending_in(found).tolist() == [700.0, 0.0]


def test_a_win_that_is_booked_already_is_not_counted_twice() -> None:
    found = state([*map(won, OLD), won(AS_OF, 700.0)], [(day, 100.0) for day in OLD] + [(AS_OF, 700.0)])
    assert pending_in(found).tolist() == [0.0, 0.0]


def test_a_win_older_than_the_usual_delay_is_not_expected_to_be_booked_any_more() -> None:
    late = AS_OF - timedelta(days=2)
    found = state([*map(won, OLD), won(late, 700.0)], [(day, 100.0) for day in OLD])
    assert pending_in(found).tolist() == [0.0, 0.0]


def test_where_bookings_do_not_follow_wins_nothing_is_pending() -> None:
    elsewhere = [(day + timedelta(days=400), 3.0) for day in OLD]
    found = state([*map(won, OLD), won(AS_OF, 700.0)], elsewhere)
    assert pending_in(found).tolist() == [0.0, 0.0]
