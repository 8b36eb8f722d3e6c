"""The served model is held against the periods that have closed since its training, and against no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import pandas as pd
import pytest

from features.history.known import History
from models.contracts import CompanyState, Forecaster, ForecastPaths, TrainingHistory
from models.forecasters import all_forecasters
from tests.support.companies import CompanyPlan, toy_history
from training.dataset import training_history
from training.drift.monitor import MonitorResult, monitor
from training.plan import TrainingPlan, TrainingSettings, plan_training

AS_OF, TRAINED = date(2023, 2, 10), date(2022, 9, 30)
NO_ROWS = pd.DataFrame()


@dataclass
class Scaled:
    """Forecasts of another model, times a factor."""

    inner: Forecaster
    factor: float
    name: str = "scaled"

    def fit(self, history: TrainingHistory) -> Self:
        """Return itself, fitted."""
        return replace(self, inner=self.inner.fit(history))

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return the scaled paths."""
        paths = self.inner.simulate(state, n_paths, seed)
        return replace(paths, open_deals=paths.open_deals * self.factor, new_deals=paths.new_deals * self.factor)


@pytest.fixture(scope="module")
def history() -> History:
    return toy_history(CompanyPlan(n_reps=6, months=15))


@pytest.fixture(scope="module")
def fitted(history: History) -> Forecaster:
    plan: TrainingPlan = plan_training(history, TRAINED, 1, TrainingSettings(warm_up=2, backtest_paths=50))
    learned = training_history(history, TRAINED, plan.cutoffs_before(TRAINED))
    return all_forecasters()["last_period"]().fit(learned)


def _look(
    history: History, model: Forecaster, *, trained_on: date = TRAINED, backtest: pd.DataFrame = NO_ROWS
) -> MonitorResult:
    return monitor(history, model, trained_on=trained_on, as_of=AS_OF, backtest=backtest)


def _backtest(*misses: float) -> pd.DataFrame:
    """Return day-0 rows of one rep in the first quarters of 2021; a miss of -0.2: a fifth below the forecast."""
    return pd.DataFrame(
        {
            "period_start": [pd.Timestamp(2021, 1 + 3 * number, 1) for number in range(len(misses))],
            "metric": "revenue",
            "lead": "day 0",
            "forecast_mean": 100.0,
            "outcome": [100.0 * (1 + miss) for miss in misses],
            "pit": 0.5,
        }
    )


def test_right_after_training_there_is_nothing_to_hold_against_the_model(history: History, fitted: Forecaster) -> None:
    found = _look(history, fitted, trained_on=AS_OF)
    assert found.passed
    assert found.since == ()
    assert "no period has begun and settled" in found.note


def test_periods_that_closed_since_are_judged_beside_those_of_the_backtest(
    history: History, fitted: Forecaster
) -> None:
    found = _look(history, fitted, backtest=_backtest(0.0, 0.0, 0.0))
    bias = [line for line in found.outcomes if line.measure == "bias"]
    assert found.since
    assert min(found.since) > TRAINED.isoformat()
    assert [line.period_start for line in bias] == ["2021-01-01", "2021-04-01", "2021-07-01", *found.since]
    assert [line.periods for line in bias] == list(range(len(bias)))


def test_a_model_that_promises_ten_times_too_much_is_flagged(history: History, fitted: Forecaster) -> None:
    found = _look(history, Scaled(fitted, 10.0))
    assert "bias" in {line.measure for line in found.flagged}
    assert not found.passed


def test_drift_that_the_model_was_trained_on_since_is_told_and_no_alarm(history: History, fitted: Forecaster) -> None:
    found = _look(history, fitted, trained_on=AS_OF, backtest=_backtest(0.0, -9.0))
    assert [line.flagged for line in found.outcomes if line.measure == "bias"] == [False, True]
    assert found.flagged == ()
    assert found.passed


def test_inputs_are_told_apart_and_never_fail(history: History, fitted: Forecaster) -> None:
    found = _look(history, fitted)
    assert found.inputs is not None
    assert found.inputs.passed
    assert "features moved" in found.inputs.reason
