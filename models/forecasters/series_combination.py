"""Weights of the series methods, chosen on past origins only and held back so that they do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.forecasters.series_candidates import SIMPLE, Candidate
from models.forecasters.series_panel import Panel, build_panel, first_day
from models.forecasters.series_trees import BLOCK, OBJECTIVES, BlockTrees, training_rows

N_ORIGINS = 12
"""Past origins on which methods compete: the newest ones whose three months are over."""

MIN_MONTHS = 2
"""Months that an origin must look back on."""

SETTLED_MONTHS = 8
"""Months of history from which an origin counts in the competition."""

SHARPNESS = 40.0
"""A method whose error is 10 % above the best one's gets e^-4 of its weight, once `N_ORIGINS` origins have judged."""

ANCHOR = "mean_12"
ANCHOR_WEIGHT = 4.0
"""Weight of the trailing year before anybody has judged, others having 1: hard to beat on short histories."""

DEFAULTS = ("mean_6", "mean_12", "mean_all")
"""The methods that share the weight while no origin can judge."""


@dataclass(frozen=True)
class Origin:
    """One past moment: what each method said then for the next three months, and what came."""

    panel: Panel
    forecasts: Mapping[str, FloatArray]
    outcome: FloatArray

    def block_error(self, name: str) -> float:
        """Return the sum of absolute errors of the three-month sums, currency."""
        return float(np.abs(self.forecasts[name].sum(axis=1) - self.outcome.sum(axis=1)).sum())

    def block_size(self) -> float:
        """Return the sum of absolute three-month sums, currency."""
        return float(np.abs(self.outcome.sum(axis=1)).sum())


def candidates_of(panel: Panel) -> dict[str, Candidate]:
    """Return the methods that may speak after a panel: the simple ones and the trees that it can train."""
    found = dict(SIMPLE)
    rows = training_rows(panel)
    if rows is not None:
        found |= {name: BlockTrees.learn(rows, objective).forecast for name, objective in OBJECTIVES.items()}
    return found


def replay_origins(bookings: pd.DataFrame, metric: str, final: Panel) -> list[Origin]:
    """Return the newest past origins, oldest first, each seen with what was known then."""
    last = final.n_months - BLOCK
    origins = []
    for position in range(max(MIN_MONTHS, last - N_ORIGINS + 1), last + 1):
        end = final.start + position
        then = build_panel(bookings, metric, first_day(end) - timedelta(days=1))
        if not then.reps:
            continue
        forecasts = {}
        for name, candidate in candidates_of(then).items():
            forecast = candidate(then, BLOCK)
            if forecast is not None:
                forecasts[name] = forecast
        origins.append(Origin(then, forecasts, _outcome(final, then)))
    return origins


def learn_weights(origins: list[Origin]) -> dict[str, float]:
    """Return weights, summing to 1, by past error of three-month sums.

    A method must have spoken at every origin that judges. The fewer the origins, the more even the weights; with
    none at all the defaults share.
    """
    judges, names = _judging(origins)
    if not names:
        return {name: 1.0 / len(DEFAULTS) for name in DEFAULTS}
    size = sum(origin.block_size() for origin in judges)
    errors = np.array([sum(origin.block_error(name) for origin in judges) for name in names])
    # A perfect method on a few origins may not silence all others: an error of 1 % is as good as none.
    share = np.maximum(errors / size, 0.01)
    sharpness = SHARPNESS * min(len(judges) / N_ORIGINS, 1.0)
    prior = np.array([ANCHOR_WEIGHT if name == ANCHOR else 1.0 for name in names])
    raw = prior * np.exp(-sharpness * (share / share.min() - 1.0))
    return {name: float(weight) for name, weight in zip(names, raw / raw.sum(), strict=True)}


def _judging(origins: list[Origin]) -> tuple[list[Origin], list[str]]:
    """Return the origins whose errors count, and the methods that spoke at each of them."""
    judges = [origin for origin in origins if origin.panel.n_months >= SETTLED_MONTHS and origin.block_size() > 0.0]
    return judges, sorted(set.intersection(*(set(origin.forecasts) for origin in judges))) if judges else []


def combined(forecasts: Mapping[str, FloatArray], weights: Mapping[str, float]) -> FloatArray:
    """Return the weighted mean of the forecasts that are there, the weights of the others shared among them."""
    spoken = [name for name in weights if name in forecasts]
    if not spoken:
        return np.asarray(forecasts["mean_all"], dtype=np.float64)
    total = sum(weights[name] for name in spoken)
    shape = forecasts[spoken[0]].shape
    mixed = np.zeros(shape)
    for name in spoken:
        mixed += forecasts[name] * (weights[name] / total)
    return mixed


def _outcome(final: Panel, then: Panel) -> FloatArray:
    """Return what the reps of a past panel booked in the three months after it, as known at last."""
    column = then.end - final.start
    place = {rep: row for row, rep in enumerate(final.reps)}
    out = np.zeros((len(then.reps), BLOCK))
    for row, rep in enumerate(then.reps):
        # A rep whose bookings were all taken back later is in no final panel: 0 came.
        if rep in place:
            out[row] = final.values[place[rep], column : column + BLOCK]
    return out
