"""A training run checks its own reasons, refuses a model whose reasons do not hold, and says so in the card."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.contracts import TrainingHistory
from models.forecasters.pace import PaceForecaster
from models.forecasters.paceline import PacelineForecaster
from tests.support.states import toy_history
from training.reports.model_card import model_card
from training.reports.reason_checks import ReasonCheck, _drawn, checks_table, reason_checks, reason_gate


@pytest.fixture(scope="module")
def history() -> TrainingHistory:
    return toy_history(n_reps=12, n_periods=8, seed=5)


@pytest.fixture(scope="module")
def checks(history: TrainingHistory) -> list[ReasonCheck]:
    return reason_checks(PacelineForecaster().fit(history), history, refits=1, seed=3)


def test_a_fitted_model_is_checked_on_sums_signs_words_and_stability(checks: list[ReasonCheck]) -> None:
    assert [check.binding for check in checks] == [True, True, False, True, False, False, False]
    assert all(check.passed for check in checks if check.binding)
    assert reason_gate(checks)[0].passed


def test_a_model_that_misses_a_binding_check_is_refused_and_told_which() -> None:
    bad = ReasonCheck("what-ifs of the wrong sign", "3.0%", "0%", passed=False, binding=True)
    soft = ReasonCheck("leading reason the same", "60%", "80%", passed=False, binding=False)
    gate = reason_gate([bad, soft])[0]
    assert not gate.passed
    assert gate.reason == "what-ifs of the wrong sign: 3.0% (bar 0%)"
    assert reason_gate([soft]) == []


def test_a_rule_that_explains_nothing_is_not_checked(history: TrainingHistory) -> None:
    assert reason_checks(PaceForecaster().fit(history), history, refits=1, seed=3) == []


def test_the_checks_stand_in_the_model_card(checks: list[ReasonCheck]) -> None:
    empty = pd.DataFrame()
    card = model_card(
        name="x",
        facts={},
        summary=empty,
        skill=empty,
        gates=[],
        segments=empty,
        reasons=checks_table(checks),
        alerts=pd.DataFrame({"lead": ["day 0"], "precision": [0.875]}),
    )
    assert "## Do its reasons hold" in card
    assert "| what-ifs of the wrong sign | 0.0% | 0% | yes |" in card
    assert "| day 0 | 0.875 |" in card


def test_deals_drawn_again_keep_all_states_of_a_deal_together(history: TrainingHistory) -> None:
    again = _drawn(history, 1)
    before = history.deals["opportunity_id"].value_counts()
    after = again.deals["opportunity_id"].value_counts()
    times = after / before.reindex(after.index)
    assert np.allclose(times, times.round())
    assert times.max() >= 2
    assert len(after) < len(before)
    pd.testing.assert_frame_equal(_drawn(history, 1).deals, again.deals)


def test_relearning_changes_the_deal_model_and_nothing_else(history: TrainingHistory) -> None:
    model = PacelineForecaster().fit(history)
    again = model.relearned(_drawn(history, 1))
    assert again._recalibration == model._recalibration
    assert again._pipeline is not None
    assert model._pipeline is not None
    assert again._pipeline.shocks == model._pipeline.shocks
    assert again._pipeline.deal_model.text != model._pipeline.deal_model.text


def test_the_checks_do_not_depend_on_how_many_refits_run_at_once(history: TrainingHistory) -> None:
    model = PacelineForecaster().fit(history)
    one, two = (reason_checks(model, history, refits=2, seed=3, jobs=jobs) for jobs in (1, 2))
    assert one == two
