"""Compares the served model with the periods that have closed since it was trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from features.definitions.registry import load_features
from features.domain.time import Period
from features.history.known import History
from models.accuracy.drift import DriftLine, DriftSettings, forecast_drift, inflow_drift
from models.contracts import Forecaster
from training.backtest.folds import LEADS, Fold, lead_day
from training.backtest.rolling import judge, state_of_period
from training.dataset import company_state, outcomes
from training.drift.checks import Check, crps_check, feature_drift, total_check
from training.drift.outcomes import inflow_of, period_sums
from training.plan import TrainingPlan, plan_training

N_PATHS = 400
CHECKED = ("day 0", "1/2")
"""Leads at which joint paths are compared with what came; the others would say nearly the same again."""
REFERENCE_PERIODS = 4
"""Periods before the training whose features are what the model knew."""


@dataclass(frozen=True)
class MonitorResult:
    """What the comparison came to.

    Attributes:
        checks: One per closed period and measure, against the joint paths of the served model.
        outcomes: Drift of outcomes of every closed period, oldest first: those of the backtest, then those since.
        since: First days, ISO, of the periods that began and settled since the training; only these can fail.
        inputs: How far features have moved since the training: a diagnosis, never an alarm; None: nothing to compare.
        note: Why there is nothing to compare, or "".
    """

    checks: tuple[Check, ...]
    outcomes: tuple[DriftLine, ...]
    since: tuple[str, ...]
    inputs: Check | None
    note: str

    @property
    def flagged(self) -> tuple[DriftLine, ...]:
        """Flagged figures of the periods that have closed since the training."""
        return tuple(line for line in self.outcomes if line.flagged and line.period_start in self.since)

    @property
    def passed(self) -> bool:
        """Whether nobody needs to look."""
        return all(check.passed for check in self.checks) and not self.flagged


def monitor(
    history: History,
    model: Forecaster,
    *,
    trained_on: date,
    as_of: date,
    backtest: pd.DataFrame,
    settings: DriftSettings | None = None,
) -> MonitorResult:
    """Return how the model did in every period that began and settled since it was trained.

    Args:
        history: The dataset.
        model: The served forecaster.
        trained_on: Moment of knowledge of its training.
        as_of: Moment of knowledge of the comparison.
        backtest: Rows of the served forecaster in the backtest of its training, what past periods varied by; may be
            empty.
        settings: When a period is called drift; the declared ones when not given.
    """
    plan, declared = plan_training(history, as_of, None), settings or DriftSettings()
    judged = [period for period in plan.periods if period.start > trained_on]
    now = company_state(history, as_of)
    inflow = inflow_drift(inflow_of(now.lifecycles, now.reps, plan.periods), declared)
    if not judged:
        told = _outcomes([backtest], inflow, declared)
        return MonitorResult((), told, (), None, f"no period has begun and settled since the training on {trained_on}")
    checks: list[Check] = []
    rows = [backtest]
    eves: list[pd.DataFrame] = []
    for period in judged:
        fold = _fold(period, trained_on, plan)
        for name, day in fold.leads:
            state = state_of_period(company_state(history, day), fold)
            truth = outcomes(history, state.targets, as_of)
            known = np.isfinite(truth)
            judged_state = replace(state, targets=state.targets[known].reset_index(drop=True))
            paths = model.simulate(judged_state, N_PATHS, plan.settings.seed)
            seed = plan.settings.seed
            rows.append(judge(paths, truth[known], name="served", lead=name, fold=fold, seed=seed))
            if name in CHECKED:
                found = (total_check(paths.attained, truth[known]), crps_check(paths.attained, truth[known]))
                checks.extend(replace(check, name=f"{check.name} {period.start} {name}") for check in found)
            if name == LEADS[0][0]:
                eves.append(state.targets)
    return MonitorResult(
        checks=tuple(checks),
        outcomes=_outcomes(rows, inflow, declared),
        since=tuple(period.start.isoformat() for period in judged),
        inputs=_inputs(history, eves, trained_on, plan),
        note="",
    )


def _outcomes(
    rows: Sequence[pd.DataFrame], inflow: Sequence[DriftLine], settings: DriftSettings
) -> tuple[DriftLine, ...]:
    filled = [part for part in rows if len(part)]
    told = forecast_drift(period_sums(pd.concat(filled, ignore_index=True)), settings) if filled else []
    return tuple(sorted([*told, *inflow], key=lambda line: line.period_start))


def _inputs(history: History, eves: Sequence[pd.DataFrame], trained_on: date, plan: TrainingPlan) -> Check | None:
    """Compare features on the eves of the judged periods with those on the eves of the last ones before."""
    before = [period for period in plan.periods if period.start <= trained_on][-REFERENCE_PERIODS:]
    if not before:
        return None
    folds = [_fold(period, trained_on, plan) for period in before]
    known = [state_of_period(company_state(history, fold.leads[0][1]), fold).targets for fold in folds]
    names = [feature.name for feature in load_features()]
    return feature_drift(pd.concat(known, ignore_index=True), pd.concat(eves, ignore_index=True), names)


def _fold(period: Period, trained_on: date, plan: TrainingPlan) -> Fold:
    return Fold(period, trained_on, tuple((name, lead_day(period, share, plan.calendar)) for name, share in LEADS))
