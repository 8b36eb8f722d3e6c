"""What a play's own metric is expected to be at the next look if nobody does anything about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from features.domain.errors import DataMissing
from models.coaching.learning.proximal import HabitForecast
from models.contracts import FloatArray


@dataclass(frozen=True)
class Habits:
    """A forecast of each metric from its present value, pooled over reps.

    Attributes:
        by_feature: Intercept, weight of the present value, and standard deviation of the misses, by feature name;
            metrics with too short a past are absent.
    """

    by_feature: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)

    def expected(self, feature: str, value: float) -> tuple[float, float] | None:
        """Return the expected next value and its standard deviation; None where the metric or its past is unknown.

        Examples:
            >>> Habits({"win_rate": (0.25, 0.5, 0.05)}).expected("win_rate", 0.5)
            (0.5, 0.05)
        """
        if feature not in self.by_feature or not np.isfinite(value):
            return None
        base, weight, spread = self.by_feature[feature]
        return base + weight * value, spread


def metric_habits(past: pd.DataFrame, features: Sequence[str]) -> Habits:
    """Learn from past states how far each metric stays where it is.

    Args:
        past: Targets at past cutoffs, stacked, with `rep_id`, `as_of` and feature columns.
        features: Metrics to learn about; names that are not there are left out.

    Returns:
        One line per metric with enough pairs of values that follow each other.
    """
    found = {}
    for name in features:
        if name not in past.columns:
            continue
        values = past[["rep_id", "as_of", name]].drop_duplicates(["rep_id", "as_of"])
        wide = values.pivot(index="rep_id", columns="as_of", values=name).sort_index(axis=1)
        series: FloatArray = wide.to_numpy(dtype=np.float64, na_value=np.nan)[:, :, None]
        try:
            fitted = HabitForecast.fit(series, lags=1)
        except DataMissing:
            continue
        base, weight = fitted.weights[0]
        found[name] = (float(base), float(weight), float(fitted.spread[0]))
    return Habits(found)
