"""Returns are drawn only where they are declared normal, as often and as large as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import BOOKING_COLUMNS, CompanyState
from models.forecasters.paceline import PacelineForecaster
from models.simulation.returns import returns_book
from tests.models.simulation.builders import lifecycles
from tests.support.states import toy_history

AS_OF = date(2024, 6, 30)
REPS = pd.Series(["a", "b"])


def state(*, allowed: bool) -> CompanyState:
    # One sale of 100 on each of the last 400 days by rep a; every tenth is half taken back on the same day.
    days = pd.date_range(end=AS_OF, periods=400)
    sold = pd.DataFrame({"day": days, "amount": 100.0})
    back = pd.DataFrame({"day": days[::10], "amount": -50.0})
    bookings = pd.concat([sold, back], ignore_index=True).assign(rep_id="a", metric=REVENUE, n=1)
    return CompanyState(
        as_of=AS_OF,
        targets=pd.DataFrame(),
        deals=pd.DataFrame(),
        bookings=bookings.assign(known_on=bookings["day"])[list(BOOKING_COLUMNS)],
        lifecycles=lifecycles([]),
        reps=pd.DataFrame(),
        returns_allowed=allowed,
    )


def test_a_tenth_of_the_sales_comes_back_at_half_their_size() -> None:
    book = returns_book(state(allowed=True), REPS)
    assert np.allclose(book.per_day, [0.1, 0.0])
    assert np.allclose(book.ratios, 0.5)
    # Over 100 days ten returns of 50 are expected.
    assert np.allclose(book.expected(np.array([40.0, 100.0])), [[200.0, 300.0], [0.0, 0.0]])


def test_draws_agree_with_what_is_expected_and_a_horizon_is_only_a_place_to_look() -> None:
    book = returns_book(state(allowed=True), REPS)
    fine = book.draw(REPS, np.array([40.0, 100.0]), n_paths=4000, seed=1, as_of="x")
    coarse = book.draw(REPS, np.array([100.0]), n_paths=4000, seed=1, as_of="x")
    assert np.allclose(fine.sum(axis=1), coarse[:, 0])
    assert np.isclose(coarse[0].mean(), 500.0, rtol=0.03)
    assert not coarse[1].any()


def test_undeclared_returns_are_never_drawn() -> None:
    book = returns_book(state(allowed=False), REPS)
    assert not book.draw(REPS, np.array([100.0]), n_paths=5, seed=1, as_of="x").any()


def test_the_support_of_a_forecast_reaches_below_what_is_booked_only_with_returns() -> None:
    history = toy_history(n_reps=6, n_periods=5, returns_allowed=True)
    fitted = PacelineForecaster().fit(history)
    with_returns = fitted.simulate(history.now, 300, 1)
    assert (with_returns.attained < with_returns.booked[:, None] - 1.0).any()
    without = fitted.simulate(replace(history.now, returns_allowed=False), 300, 1)
    assert (without.attained >= without.booked[:, None] - 1e-6).all()
    assert without.attained.mean() > with_returns.attained.mean()
