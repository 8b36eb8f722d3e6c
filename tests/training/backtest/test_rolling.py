"""A rolling backtest: refitted on each eve, judged at each lead, and the same rows however many work on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from features.history.known import History
from models.forecasters import all_forecasters
from tests.support.companies import CompanyPlan, toy_history
from training.backtest.rolling import judge_fold, rolling_backtest
from training.plan import TrainingPlan, TrainingSettings, plan_training
from training.train import backtest_settings

AS_OF = date(2023, 2, 10)
RULES = {name: all_forecasters()[name] for name in ("pace", "last_period")}


@pytest.fixture(scope="module")
def history() -> History:
    return toy_history(CompanyPlan(n_reps=6, months=15))


@pytest.fixture(scope="module")
def plan(history: History) -> TrainingPlan:
    return plan_training(history, AS_OF, 2, TrainingSettings(warm_up=2, backtest_paths=50))


def judged(
    history: History, plan: TrainingPlan, *, jobs: int, beside: Sequence[Callable[[], None]] = ()
) -> tuple[pd.DataFrame, list[tuple[str, float]]]:
    told: list[tuple[str, float]] = []
    rows = rolling_backtest(
        history,
        RULES,
        plan.folds,
        settings=backtest_settings(plan),
        settled_on=AS_OF,
        progress=lambda what, share: told.append((what, share)),
        jobs=jobs,
        beside=beside,
    )
    return rows, told


def test_the_rows_do_not_depend_on_how_many_periods_are_judged_at_once(history: History, plan: TrainingPlan) -> None:
    alone, _ = judged(history, plan, jobs=1)
    together, _ = judged(history, plan, jobs=2)
    assert len(alone)
    assert_frame_equal(alone, together, check_exact=True)


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_beside_the_judged_periods_is_done_and_changes_no_row(
    history: History, plan: TrainingPlan, jobs: int, tmp_path: Path
) -> None:
    plain, told = judged(history, plan, jobs=1)
    files = [tmp_path / "a", tmp_path / "b"]
    rows, also_told = judged(history, plan, jobs=jobs, beside=[file.touch for file in files])
    assert all(file.exists() for file in files)
    assert told == also_told
    assert_frame_equal(plain, rows, check_exact=True)


def test_whoever_waits_is_told_of_each_period(history: History, plan: TrainingPlan) -> None:
    _, told = judged(history, plan, jobs=1)
    assert told == [
        ("judging 2 closed periods", 0.0),
        ("judged 2022-07-01..2022-09-30", 0.5),
        ("judged 2022-10-01..2022-12-31", 1.0),
    ]


def test_each_rule_speaks_once_of_each_rep_at_each_lead(history: History, plan: TrainingPlan) -> None:
    rows, _ = judged(history, plan, jobs=1)
    keys = ["forecaster", "period_start", "lead", "rep_id", "metric"]
    assert not rows.duplicated(keys).any()
    assert set(rows["lead"]) == {"day 0", "1/4", "1/2", "3/4"}
    assert set(rows["forecaster"]) == set(RULES)
    assert (rows["trained_on"] < rows["period_start"]).all()


def test_a_fold_speaks_of_its_own_period_alone(history: History, plan: TrainingPlan) -> None:
    fold = plan.folds[0]
    rows = pd.concat(judge_fold(history, RULES, fold, backtest_settings(plan), AS_OF))
    assert set(rows["period_start"]) == {pd.Timestamp(fold.period.start)}
