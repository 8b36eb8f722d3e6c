"""Simple forecasts of all series at once; each returns currency per rep and month, shape (n_reps, horizon)."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from models.contracts import FloatArray
from models.forecasters.series_local import LocalSeries, local_forecast
from models.forecasters.series_panel import Panel
from models.forecasters.series_season import season_index

Candidate = Callable[[Panel, int], FloatArray | None]
"""Monthly forecasts of a panel for a horizon, or None when its history is too short for the method."""

ETS_MONTHS = 12
ETS_BOUND = 3.0
"""The company's total may not be forecast above this multiple of its largest month so far, nor below 0."""


def flat(level: FloatArray, horizon: int) -> FloatArray:
    """Return the same amount for every month ahead."""
    return np.repeat(level[:, None], horizon, axis=1)


def trailing(months: int) -> Candidate:
    """Return the candidate that repeats the mean of each rep's last `months` months in seat."""
    return lambda panel, horizon: flat(panel.mean(months), horizon)


def seasonal_naive(panel: Panel, horizon: int) -> FloatArray | None:
    """Repeat the same month of last year; the mean of the last year for a rep younger than that."""
    if panel.n_months < 12:
        return None
    last_year = panel.values[:, -12:][:, np.arange(horizon) % 12]
    return np.where((panel.age >= 12)[:, None], last_year, flat(panel.mean(12), horizon))


def smoothed(alpha: float, *, season: bool) -> Candidate:
    """Return simple exponential smoothing of every rep, with the company's season or without.

    Args:
        alpha: Weight of the newest month, in (0, 1); weights of a short history are normalised to sum to 1.
        season: Whether to divide by the pooled season first and multiply by it after.
    """

    def forecast(panel: Panel, horizon: int) -> FloatArray:
        index = season_index(panel) if season else np.ones(12)
        past = panel.values / index[(panel.start + np.arange(panel.n_months)) % 12]
        ago = np.arange(panel.n_months)[::-1]
        weight = np.where(np.arange(panel.n_months) >= panel.first[:, None], (1.0 - alpha) ** ago, 0.0)
        level = (weight * past).sum(axis=1) / weight.sum(axis=1)
        return flat(level, horizon) * index[(panel.end + np.arange(horizon)) % 12]

    return forecast


def ets_share(panel: Panel, horizon: int) -> FloatArray | None:
    """Forecast the company's total with an additive damped trend, and give each rep its share of the last half-year.

    The model is additive and damped, and its forecasts are bounded, because unbounded ones explode on short series.
    """
    if panel.n_months < ETS_MONTHS:
        return None
    index = season_index(panel)
    total = panel.values.sum(axis=0) / index[(panel.start + np.arange(panel.n_months)) % 12]
    size = float(np.abs(total).mean())
    level = panel.mean(6)
    if size == 0.0 or level.sum() <= 0.0:
        return None
    # Rounded, so that a change of currency cannot send the optimiser another way.
    series = pd.Series(np.round(total / size, 10), dtype="float64")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        result = ETSModel(series, error="add", trend="add", damped_trend=True).fit(disp=False)
    ahead = np.asarray(result.forecast(horizon), dtype=np.float64)
    if not np.isfinite(ahead).all():
        return None
    bounded = np.clip(ahead, 0.0, ETS_BOUND * float(series.max())) * size
    share = level / level.sum()
    return np.asarray(share[:, None] * bounded * index[(panel.end + np.arange(horizon)) % 12], dtype=np.float64)


def own_course(panel: Panel, horizon: int) -> FloatArray:
    """Forecast each rep from the own series alone (damped trend and theta), not below 0 where nothing ever was."""
    ahead = local_forecast(LocalSeries(panel.values, panel.first, 12), horizon)
    floor = np.where(np.min(panel.values, axis=1, initial=0.0) < 0.0, -np.inf, 0.0)
    return np.asarray(np.maximum(ahead, floor[:, None]), dtype=np.float64)


SIMPLE: dict[str, Candidate] = {
    "mean_3": trailing(3),
    "mean_6": trailing(6),
    "mean_12": trailing(12),
    "mean_all": trailing(10_000),
    "seasonal_naive": seasonal_naive,
    "smooth_20": smoothed(0.2, season=False),
    "smooth_30": smoothed(0.3, season=False),
    "season_smooth_10": smoothed(0.1, season=True),
    "season_smooth_20": smoothed(0.2, season=True),
    "season_smooth_30": smoothed(0.3, season=True),
    "ets_share": ets_share,
    "own_course": own_course,
}
"""Candidates that learn nothing beforehand, by name."""
