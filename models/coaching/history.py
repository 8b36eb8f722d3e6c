"""What is usual for a rep: the past of every metric, for own-history triggers and feasible targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

Moments = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class MetricHistory:
    """The past of the metrics that plays look at.

    Attributes:
        within_rep_sd: Typical standard deviation of a metric within one rep over time, by feature name.
        own: Mean and standard deviation of a metric of one rep, by feature name and rep_id; only reps with at
            least `MIN_VALUES` values.
    """

    within_rep_sd: Mapping[str, float] = field(default_factory=dict)
    own: Mapping[str, Moments] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the history as JSON values, for a bundle."""
        own = {name: {rep: list(moments) for rep, moments in by_rep.items()} for name, by_rep in self.own.items()}
        return {"within_rep_sd": dict(self.within_rep_sd), "own": own}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Return the history that `to_json` described."""
        own = {
            name: {rep: (float(mean), float(sd)) for rep, (mean, sd) in by_rep.items()}
            for name, by_rep in document["own"].items()
        }
        return cls({name: float(sd) for name, sd in document["within_rep_sd"].items()}, own)


MIN_VALUES = 4
"""Fewest past values of one rep from which a usual level is read."""


def metric_history(targets: pd.DataFrame, features: Sequence[str]) -> MetricHistory:
    """Read the usual level and spread of each metric from past states.

    Args:
        targets: Targets at past cutoffs, stacked, as in `TrainingHistory.targets`.
        features: Feature columns to read; names that are not there are left out.

    Returns:
        The pooled within-rep standard deviation (n - 1 inside each rep), and mean and standard deviation per rep.

    Examples:
        >>> days = pd.date_range("2026-01-31", periods=4, freq="31D")
        >>> frame = pd.DataFrame({"rep_id": "a", "as_of": days, "win_rate": [0.1, 0.3, 0.1, 0.3]})
        >>> round(metric_history(frame, ["win_rate"]).within_rep_sd["win_rate"], 4)
        0.1155
    """
    spread: dict[str, float] = {}
    own: dict[str, dict[str, tuple[float, float]]] = {}
    for name in features:
        if name not in targets.columns:
            continue
        values = targets[["rep_id", "as_of", name]].dropna().drop_duplicates(["rep_id", "as_of"])
        grouped = values.groupby("rep_id")[name]
        moments = pd.DataFrame({"n": grouped.count(), "mean": grouped.mean(), "variance": grouped.var(ddof=1)})
        moments = moments[moments["n"] >= 2]
        freedom = float((moments["n"] - 1).sum())
        if freedom > 0:
            spread[name] = float(np.sqrt(((moments["n"] - 1) * moments["variance"]).sum() / freedom))
        usual = moments[moments["n"] >= MIN_VALUES]
        own[name] = {
            str(rep): (float(mean), float(np.sqrt(variance)))
            for rep, mean, variance in zip(usual.index, usual["mean"], usual["variance"], strict=True)
        }
    return MetricHistory(spread, own)
