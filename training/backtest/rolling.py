"""Refit at the eve of each past period, forecast at its leads, and keep one row per rep, cutoff and forecaster."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from features.domain.errors import DataMissing
from features.domain.vocabulary import QUANTILE_LEVELS
from features.history.known import History
from models.contracts import TARGET_KEYS, CompanyState, FloatArray, Forecaster, ForecastPaths
from models.metrics.crps import crps
from models.metrics.randomised_pit import randomised_pit
from training.backtest.folds import Fold
from training.dataset import company_state, outcomes, training_history

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of the work that is done."""

QUANTILE_NAMES = tuple(f"q{round(level * 100):02d}" for level in QUANTILE_LEVELS)
"""Column names of the served quantiles, in the order of `QUANTILE_LEVELS`."""

CONTEXT = ("grain", "team_id", "segment", "as_of", "elapsed", "days_left", "tenure_days")
"""Columns of a target that a backtest row keeps beside its keys."""


@dataclass(frozen=True)
class BacktestSettings:
    """How a backtest is run.

    Attributes:
        n_paths: Simulated worlds per forecast.
        seed: User seed; the same seed and facts give the same rows.
        history_cutoffs: Past cutoffs that each refit may learn from, given its as_of.
        deal_cutoffs: Further past days at which each refit looks at open deals, given its as_of.
    """

    n_paths: int
    seed: int
    history_cutoffs: Callable[[date], Sequence[date]]
    deal_cutoffs: Callable[[date], Sequence[date]]


def rolling_backtest(
    history: History,
    forecasters: Mapping[str, Callable[[], Forecaster]],
    folds: Sequence[Fold],
    *,
    settings: BacktestSettings,
    settled_on: date,
    progress: Progress,
    jobs: int = 1,
    beside: Sequence[Callable[[], None]] = (),
) -> pd.DataFrame:
    """Return one row per rep, cutoff, period and forecaster, with the outcome.

    Args:
        history: The dataset; every read goes through `known_by`.
        forecasters: Factory per name; each is refitted in each fold on what was known on its eve.
        folds: Periods to judge and the moments to judge at.
        settings: Paths, seed and training cutoffs.
        settled_on: Moment of knowledge of the outcomes.
        progress: Told which period has been judged.
        jobs: Periods judged at the same time, each in a process of its own; the rows do not depend on it.
        beside: Further work that shares those processes, begun first; it keeps what it makes where its caller looks.

    Returns:
        Columns: keys of the target, `forecaster, lead, as_of, trained_on, quota, attained, outcome, forecast_mean`,
        `point` (what a rule itself says, before its past misses are added; else the median), quantiles in currency,
        `p_attain, p_below_80, crps, pit, status`. Rows of reps who left are left out.
    """
    judging = [delayed(judge_fold)(history, forecasters, fold, settings, settled_on) for fold in folds]
    progress(f"judging {len(folds)} closed periods", 0.0)
    done = Parallel(n_jobs=jobs, return_as="generator")([*(delayed(work)() for work in beside), *judging])
    for _ in beside:
        next(done)
    rows: list[pd.DataFrame] = []
    for number, (fold, judged) in enumerate(zip(folds, done, strict=True), 1):
        rows += judged
        progress(f"judged {fold.period.start}..{fold.period.end}", number / len(folds))
    if not rows:
        raise DataMissing("no fold gave a row to judge; check that quotas or bookings exist in the judged periods")
    return pd.concat(rows, ignore_index=True)


def judge_fold(
    history: History,
    forecasters: Mapping[str, Callable[[], Forecaster]],
    fold: Fold,
    settings: BacktestSettings,
    settled_on: date,
) -> list[pd.DataFrame]:
    """Return the rows of one period: refitted on its eve, judged at its leads (arguments: see `rolling_backtest`)."""
    eve = fold.trained_on
    learned = training_history(history, eve, settings.history_cutoffs(eve), deal_cutoffs=settings.deal_cutoffs(eve))
    states = {lead: state_of_period(company_state(history, as_of), fold) for lead, as_of in fold.leads}
    truths = {lead: outcomes(history, state.targets, settled_on) for lead, state in states.items()}
    rows = []
    for name, make in forecasters.items():
        fitted = make().fit(learned)
        for lead, state in states.items():
            paths = fitted.simulate(state, settings.n_paths, settings.seed)
            rows.append(judge(paths, truths[lead], name=name, lead=lead, fold=fold, seed=settings.seed))
    return rows


def state_of_period(state: CompanyState, fold: Fold) -> CompanyState:
    """Return `state` with only the targets of the fold's own period."""
    start, end = pd.Timestamp(fold.period.start), pd.Timestamp(fold.period.end)
    mine = (state.targets["period_start"] == start) & (state.targets["period_end"] == end)
    return CompanyState(**{**vars(state), "targets": state.targets[mine].reset_index(drop=True)})


def judge(paths: ForecastPaths, outcome: FloatArray, *, name: str, lead: str, fold: Fold, seed: int) -> pd.DataFrame:
    """Return backtest rows of one forecaster at one cutoff.

    Args:
        paths: Joint paths, shape (n_targets, n_paths).
        outcome: Final attained per target, shape (n_targets,), currency; NaN where it can not be known.
        name: Name of the forecaster.
        lead: Name of the lead.
        fold: The fold.
        seed: Seed of the randomised PIT.

    Returns:
        Rows of targets whose outcome is known and who had not left.
    """
    attained = paths.attained
    targets = paths.targets
    quota = targets["quota"].to_numpy(dtype=np.float64)
    frame = targets[
        [*TARGET_KEYS, "grain", "team_id", "segment", "as_of", "elapsed", "days_left", "tenure_days"]
    ].copy()
    frame["forecaster"], frame["lead"] = name, lead
    frame["trained_on"] = pd.Timestamp(fold.trained_on)
    frame["quota"], frame["attained"], frame["outcome"] = quota, paths.booked, outcome
    frame["forecast_mean"] = attained.mean(axis=1)
    levels = np.quantile(attained, QUANTILE_LEVELS, axis=1)
    for column, values in zip(QUANTILE_NAMES, levels, strict=True):
        frame[column] = values
    frame["point"] = np.asarray(paths.metadata.get("point", frame["q50"]), dtype=np.float64)
    has_quota = np.isfinite(quota) & (quota > 0)
    frame["p_attain"] = np.where(has_quota, (attained >= quota[:, None]).mean(axis=1), np.nan)
    frame["p_below_80"] = np.where(has_quota, (attained < 0.8 * quota[:, None]).mean(axis=1), np.nan)
    frame["crps"] = crps(attained, np.where(np.isfinite(outcome), outcome, 0.0))
    frame["pit"] = randomised_pit(
        attained, np.where(np.isfinite(outcome), outcome, 0.0), seed=row_seed(seed, name, lead, fold)
    )
    frame["status"] = targets["status"].to_numpy()
    known = np.isfinite(outcome) & ~targets["status"].isin(["left", "insufficient_exposure"]).to_numpy()
    return frame[known].reset_index(drop=True)


def row_seed(seed: int, name: str, lead: str, fold: Fold) -> int:
    """Return a stable seed for one forecaster at one cutoff."""
    text = f"{seed}|{name}|{lead}|{fold.period.start}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
