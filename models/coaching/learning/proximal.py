"""What a metric would have been without coaching, so that a play is judged against a forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from features.domain.errors import DataMissing
from models.contracts import FloatArray

RIDGE = 1e-3
"""Shrinkage of the weights, as a share of the rows: keeps them finite where a metric hardly moves."""


@dataclass(frozen=True)
class HabitForecast:
    """Forecast of a metric from its own last values, pooled over reps: pulled to the mean as far as the past shows.

    Attributes:
        weights: Intercept, then one weight per lag, the latest first, shape (n_metrics, 1 + lags).
        spread: Standard deviation of the misses, shape (n_metrics,).
    """

    weights: FloatArray
    spread: FloatArray

    @classmethod
    def fit(cls, past: FloatArray, lags: int = 4) -> Self:
        """Learn from periods in which nobody was coached on purpose.

        Args:
            past: Shape (n_reps, n_periods, n_metrics), oldest first; rows with NaN are left out.
            lags: Values that a forecast looks back on.

        Raises:
            DataMissing: There are fewer usable rows than ten per weight.
        """
        reps, periods, metrics = past.shape
        weights, spread = np.empty((metrics, 1 + lags)), np.empty(metrics)
        for metric in range(metrics):
            rows = [
                np.column_stack([_lagged(past[:, :period, metric], lags), past[:, period, metric]])
                for period in range(lags, periods)
            ]
            stacked = np.concatenate(rows) if rows else np.empty((0, lags + 2))
            stacked = stacked[np.isfinite(stacked).all(axis=1)]
            if len(stacked) < 10 * (1 + lags):
                raise DataMissing(
                    f"{len(stacked)} usable rows of metric {metric} ({reps} reps, {periods} periods);"
                    f" {10 * (1 + lags)} are needed, so wait for more periods or look back on fewer than {lags}"
                )
            design, result = stacked[:, :-1], stacked[:, -1]
            penalty = RIDGE * len(stacked) * np.diag([0.0] + [1.0] * lags)
            weights[metric] = np.linalg.solve(design.T @ design + penalty, design.T @ result)
            spread[metric] = np.std(result - design @ weights[metric], ddof=1 + lags)
        return cls(weights, spread)

    def predict(self, past: FloatArray) -> FloatArray:
        """Return the forecast of the next period, shape (n_reps, n_metrics), from `past` as in `fit`."""
        lags = self.weights.shape[1] - 1
        found = [_lagged(past[:, :, metric], lags) @ weights for metric, weights in enumerate(self.weights)]
        return np.asarray(np.stack(found, axis=1), dtype=np.float64)


def _lagged(series: FloatArray, lags: int) -> FloatArray:
    """Return an intercept and the last values, the latest first, shape (n_reps, 1 + lags)."""
    return np.column_stack([np.ones(len(series)), series[:, : -lags - 1 : -1]])
