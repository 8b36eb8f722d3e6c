"""Compares the served model with the periods that have closed since it was trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from features.history.known import History
from models.contracts import Forecaster
from training.backtest.folds import LEADS, Fold, lead_day
from training.backtest.rolling import state_of_period
from training.dataset import company_state, outcomes
from training.drift.checks import Check, crps_check, total_check
from training.plan import plan_training

N_PATHS = 400


@dataclass(frozen=True)
class MonitorResult:
    """What the comparison came to.

    Attributes:
        checks: One per closed period and measure.
        note: Why there is nothing to compare, or "".
    """

    checks: tuple[Check, ...]
    note: str

    @property
    def passed(self) -> bool:
        """Whether nobody needs to look."""
        return all(check.passed for check in self.checks)


def monitor(history: History, model: Forecaster, *, trained_on: date, as_of: date) -> MonitorResult:
    """Return how the model did in every period that began and settled since it was trained.

    Args:
        history: The dataset.
        model: The served forecaster.
        trained_on: Moment of knowledge of its training.
        as_of: Moment of knowledge of the comparison.
    """
    plan = plan_training(history, as_of, None)
    judged = [period for period in plan.periods if period.start > trained_on]
    if not judged:
        return MonitorResult((), f"no period has begun and settled since the training on {trained_on}")
    checks: list[Check] = []
    for period in judged:
        leads = tuple((name, lead_day(period, share, plan.calendar)) for name, share in LEADS)
        fold = Fold(period, trained_on, leads)
        for name, day in leads[::2]:
            state = state_of_period(company_state(history, day), fold)
            truth = outcomes(history, state.targets, as_of)
            known = np.isfinite(truth)
            judged_state = replace(state, targets=state.targets[known].reset_index(drop=True))
            paths = model.simulate(judged_state, N_PATHS, plan.settings.seed).attained
            found = (total_check(paths, truth[known]), crps_check(paths, truth[known]))
            checks.extend(replace(check, name=f"{check.name} {period.start} {name}") for check in found)
    return MonitorResult(tuple(checks), "")
