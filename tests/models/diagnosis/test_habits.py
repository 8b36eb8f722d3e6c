"""What is usual is counted in whole quarters at the same point, and a change is believed as far as it is sure."""

from __future__ import annotations

import numpy as np
import pytest

from models.diagnosis.habits import changes, habits
from models.diagnosis.settings import DiagnosisSettings
from models.simulation.streams import stream
from tests.support.steady_company import Deal, steady_company, steady_structure

SETTINGS = DiagnosisSettings()


def weights(n: int) -> np.typing.NDArray[np.float64]:
    drawn = stream(0, "test").standard_exponential((200, n))
    drawn[:1] = 1.0
    return drawn


def halved_lately(deal: Deal, rep: int, ago: int) -> Deal | None:
    """Leave out every second deal of the last 137 days."""
    return None if ago < 137 and (ago // 4) % 2 else deal


def test_counts_of_a_regular_year_are_those_of_the_clock() -> None:
    state, _, _ = steady_company(steady_structure(6))
    found = habits(state, state.targets, SETTINGS)
    # One deal every 4 days: 91 in 364 days. 45 days of the period and a quarter before it: 34 deals in 136 days.
    assert found["births_year"].tolist() == [91.0] * 6
    assert found["births_recent"].tolist() == [34.0] * 6
    assert found["births_earlier"].tolist() == [136.0] * 6
    assert found["seat_recent"].tolist() == [136.0] * 6
    assert found["seat_earlier"].tolist() == [4 * 136.0] * 6


def test_usual_bookings_end_before_what_is_recent_begins() -> None:
    state, _, _ = steady_company(steady_structure(6))
    found = habits(state, state.targets, SETTINGS)
    # 364 days hold 91 deals, every fourth of them won: 22 or 23 wins of 8,000, by where the clock starts.
    assert set(found["booked_usual"].tolist()) <= {22 * 8_000.0, 23 * 8_000.0}
    assert found["seat_usual"].tolist() == [364.0] * 6


def test_a_company_without_change_shows_none() -> None:
    state, _, _ = steady_company(steady_structure(8))
    found = habits(state, state.targets, SETTINGS)
    leads, win, size = changes(found, weights(8), np.arange(8), SETTINGS.prior_change)
    assert leads[0] == pytest.approx(0.0, abs=1e-12)
    # Wins come every 16 days, so that 136 days hold 8 or 9 of 8.5: ln(9 / 8.5) = 0.057.
    assert win[0] == pytest.approx(0.0, abs=0.061)
    assert size[0] == pytest.approx(0.0, abs=1e-12)


def test_half_as_many_deals_lately_are_half_the_leads() -> None:
    state, _, _ = steady_company(steady_structure(8), halved_lately)
    found = habits(state, state.targets, SETTINGS)
    leads, _, _ = changes(found, weights(8), np.arange(8), SETTINGS.prior_change)
    # All reps alike: nothing to be unsure about, so nothing is shrunk.
    assert np.exp(leads[0]) == pytest.approx(0.5)


def test_a_change_that_reps_do_not_share_is_shrunk() -> None:
    def only_one(deal: Deal, rep: int, ago: int) -> Deal | None:
        return None if rep == 0 and ago < 137 else deal

    state, _, _ = steady_company(steady_structure(6), only_one)
    found = habits(state, state.targets, SETTINGS)
    leads, _, _ = changes(found, weights(6), np.arange(6), SETTINGS.prior_change)
    raw = np.log(5 / 6)
    assert raw < leads[0] < 0.0


def test_a_group_without_a_past_has_not_changed() -> None:
    state, _, _ = steady_company(steady_structure(6), lambda deal, rep, ago: deal if ago < 130 else None)
    found = habits(state, state.targets, SETTINGS)
    assert [float(values[0]) for values in changes(found, weights(6), np.arange(6), 0.25)] == [0.0, 0.0, 0.0]
