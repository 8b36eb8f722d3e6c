"""Laws of every forecaster that needs bookings alone, on companies that nobody chose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import checks
from models.contracts import TrainingHistory
from models.forecasters import all_forecasters, forecaster_named
from tests.support.states import toy_history
from training.train import BASELINES, PEERS

COMPANIES = st.builds(
    toy_history,
    n_reps=st.integers(2, 6),
    n_periods=st.integers(4, 6),
    seed=st.integers(0, 10_000),
    grade=st.sampled_from(["A", "C", "D"]),
    returns_allowed=st.booleans(),
)
RULES = tuple(sorted({"series", *BASELINES, *PEERS}))
FEW = settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def poisoned(history: TrainingHistory) -> TrainingHistory:
    """Return the history after something enormous was learned about the time after its as_of."""
    now = history.now
    tomorrow = pd.Timestamp(now.as_of) + pd.Timedelta(days=1)
    later = now.bookings.head(5).assign(day=tomorrow, known_on=tomorrow, amount=1e12)
    late_news = now.bookings.head(5).assign(known_on=tomorrow, amount=-1e12)
    bookings = pd.concat([later, now.bookings, late_news], ignore_index=True)
    return replace(history, now=replace(now, bookings=bookings))


@pytest.mark.parametrize("name", RULES)
@FEW
@given(history=COMPANIES)
def test_every_rule_keeps_the_contract_on_any_company(name: str, history: TrainingHistory) -> None:
    assert checks.run_checks(all_forecasters()[name], history) == []


@FEW
@given(history=COMPANIES)
def test_what_is_learned_later_never_changes_the_series_forecast(history: TrainingHistory) -> None:
    forecaster = forecaster_named("series")
    plain = forecaster.fit(history).simulate(history.now, 16, seed=1).attained
    later = poisoned(history)
    assert np.array_equal(plain, forecaster.fit(later).simulate(later.now, 16, seed=1).attained)


@FEW
@given(history=COMPANIES, seed=st.integers(0, 1000))
def test_a_rep_is_forecast_the_same_whoever_else_is_asked_for(history: TrainingHistory, seed: int) -> None:
    forecaster = forecaster_named("series").fit(history)
    everyone = forecaster.simulate(history.now, 16, seed).attained
    mine = (history.now.targets["rep_id"] == "r00").to_numpy()
    alone = replace(history.now, targets=history.now.targets[mine])
    assert np.allclose(everyone[mine], forecaster.simulate(alone, 16, seed).attained, rtol=1e-9)
