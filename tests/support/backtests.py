"""Builders of backtests: drawn rows with the columns of a real one, and their documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from features.domain.time import Grain, WorkCalendar
from models.accuracy.log import BacktestKey, BacktestRecord
from models.accuracy.settings import AccuracySettings
from training.backtest.folds import LEADS, Fold, closed_periods, rolling_folds
from training.backtest.record import backtest_record

LEAD_NAMES = tuple(name for name, _ in LEADS)
PERIODS = closed_periods(date(2024, 10, 1), date(2026, 9, 30), Grain.QUARTER, 1)
FOLDS = rolling_folds(PERIODS, calendar=WorkCalendar(), count=4, warm_up=4, leads=LEADS)
"""The four quarters from October 2025 to September 2026."""

KEY = BacktestKey("run-1", "ab" * 32, "1", "d1", "2026-10-12")
TEAMS: Mapping[str, str | None] = {
    "r-chen": "north",
    "r-silva": "north",
    "r-wu": "north",
    "r-nair-e": "east",
    "r-kowalska-e": "east",
    "r-zhao-e": "east",
}
"""The people of `tests.service.world`, by team."""


def backtest_rows(
    teams: Mapping[str, str | None] = TEAMS,
    *,
    folds: Sequence[Fold] = tuple(FOLDS),
    names: Sequence[str] = ("paceline", "pace", "trailing_mean"),
    no_quota: Sequence[str] = (),
    seed: int = 1,
) -> pd.DataFrame:
    """Return backtest rows: errors of the served forecaster shrink towards the end, those of the rules less so.

    Args:
        teams: Team per rep.
        folds: Judged periods.
        names: Forecasters.
        no_quota: Reps without a quota.
        seed: Decides outcomes and errors.
    """
    draw = np.random.default_rng(seed)
    lines = []
    for place, (rep, team) in enumerate(teams.items()):
        quota = np.nan if rep in no_quota else 1_000_000.0 + 50_000.0 * place
        scale = 1_000_000.0 + 50_000.0 * place
        for fold in folds:
            outcome = scale * draw.uniform(0.4, 1.3)
            for step, (lead, day) in enumerate(fold.leads):
                for name in names:
                    spread = scale * (0.30 if name == "paceline" else 0.55) * (1.0 - 0.2 * step)
                    middle = max(outcome + spread * draw.normal(), 0.0)
                    lines.append(
                        {
                            "rep_id": rep,
                            "team_id": team,
                            "period_start": pd.Timestamp(fold.period.start),
                            "period_end": pd.Timestamp(fold.period.end),
                            "metric": "revenue",
                            "forecaster": name,
                            "lead": lead,
                            "as_of": pd.Timestamp(day),
                            "quota": quota,
                            "outcome": outcome,
                            "status": "ok",
                            "p_attain": np.nan if np.isnan(quota) else draw.random(),
                            "forecast_mean": middle * 1.02,
                            "q10": max(middle - 1.28 * spread, 0.0),
                            "q50": middle,
                            "q90": middle + 1.28 * spread,
                            "crps": 0.6 * abs(middle - outcome) + 0.1 * spread,
                            "pit": draw.random(),
                        }
                    )
    return pd.DataFrame(lines)


def record_of(rows: pd.DataFrame, *, folds: Sequence[Fold] = tuple(FOLDS), note: str = "") -> BacktestRecord:
    """Return the documents of some rows."""
    settings = AccuracySettings()
    return backtest_record(rows, folds, served="paceline", zone="UTC", note=note, settings=settings)


def record() -> BacktestRecord:
    """Return the documents of the company of `tests.service.world`."""
    return record_of(backtest_rows())
