"""Whether a play fits a rep: conditions as data, answered from the feature frame alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.coaching.history import MetricHistory
from models.coaching.playbook import Condition, GapPlay, HistoryCondition, PeerCondition, StrengthPlay
from models.contracts import FloatArray
from models.explain.peers import PeerGroups, group_quantile, group_share_at_or_below, group_spread

Flags = npt.NDArray[np.bool_]


@dataclass
class Standing:
    """The features of all targets and where each stands among similar reps, computed once per feature.

    Attributes:
        targets: Targets with their feature columns.
        peers: Groups of the same targets.
        history: Past of the metrics.
        missing: How often a feature that a play asks for was not in the frame, by name.
    """

    targets: pd.DataFrame
    peers: PeerGroups
    history: MetricHistory = field(default_factory=MetricHistory)
    missing: Counter[str] = field(default_factory=Counter)
    _kept: dict[tuple[str, str], FloatArray] = field(default_factory=dict)

    def values(self, feature: str) -> FloatArray:
        """Return a feature, shape (n,); all NaN, and counted, where the frame does not have it."""
        if feature not in self.targets.columns:
            self.missing[feature] += 1
            return np.full(len(self.targets), np.nan)
        return self._keep(
            "values",
            feature,
            lambda: np.asarray(self.targets[feature].to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64),
        )

    def share_at_or_below(self, feature: str) -> FloatArray:
        """Return the share of the group whose value is at most the own one."""
        return self._keep("below", feature, lambda: group_share_at_or_below(self.values(feature), self.peers))

    def share_at_or_above(self, feature: str) -> FloatArray:
        """Return the share of the group whose value is at least the own one."""
        return self._keep("above", feature, lambda: group_share_at_or_below(-self.values(feature), self.peers))

    def quantile(self, feature: str, level: float) -> FloatArray:
        """Return a quantile of the group, shape (n,)."""
        return self._keep(f"q{level}", feature, lambda: group_quantile(self.values(feature), self.peers, level))

    def spread(self, feature: str) -> FloatArray:
        """Return the standard deviation inside the group, shape (n,)."""
        return self._keep("sd", feature, lambda: group_spread(self.values(feature), self.peers))

    def _keep(self, kind: str, feature: str, compute: Callable[[], FloatArray]) -> FloatArray:
        if (kind, feature) not in self._kept:
            self._kept[kind, feature] = compute()
        return self._kept[kind, feature]


def fires(play: GapPlay | StrengthPlay, standing: Standing) -> Flags:
    """Return for which targets all conditions of a play hold and no contraindication does.

    A condition on an unknown value does not hold; a contraindication on an unknown value does not hold either.

    Args:
        play: The play.
        standing: Features and groups.

    Returns:
        Shape (n,).
    """
    fitting = np.ones(len(standing.targets), dtype=bool)
    for condition in play.trigger:
        fitting &= holds(condition, standing)
    for condition in play.contraindications:
        fitting &= ~holds(condition, standing)
    return fitting


def holds(condition: Condition, standing: Standing) -> Flags:
    """Return for which targets one condition holds, shape (n,)."""
    if isinstance(condition, PeerCondition):
        if condition.op == "below":
            return np.asarray(standing.share_at_or_below(condition.feature) <= condition.level)
        return np.asarray(standing.share_at_or_above(condition.feature) <= 1.0 - condition.level)
    values = standing.values(condition.feature)
    if isinstance(condition, HistoryCondition):
        mean, sd = _own_past(condition.feature, standing)
        edge = mean + (sd if condition.op == "above" else -sd) * condition.sds
    else:
        edge = np.full(len(values), condition.value)
    return np.asarray(values > edge if condition.op == "above" else values < edge)


def _own_past(feature: str, standing: Standing) -> tuple[FloatArray, FloatArray]:
    known = standing.history.own.get(feature, {})
    unknown = (np.nan, np.nan)
    moments = np.array([known.get(str(rep), unknown) for rep in standing.targets["rep_id"]], dtype=np.float64)
    moments = moments.reshape(len(standing.targets), 2)
    return moments[:, 0], moments[:, 1]
