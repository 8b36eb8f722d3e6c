"""Turns a point rule into honest joint paths: its own past misses, replayed by whole past cutoffs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.errors import DataMissing, UsageError
from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.draws import target_ranks, world_ranks
from models.forecasters.levels import residual_scale
from models.forecasters.past_states import past_states

PointRule = Callable[[CompanyState], FloatArray]
"""Final attained amount per target, currency, from what is known at the as_of."""

BUCKET_EDGES = (0.125, 0.375, 0.625, 0.875)
"""Misses are learned apart per share of the period gone, with these edges; periods not begun are bucket -1."""

MIN_CUTOFFS = 3
"""A bucket with fewer past cutoffs borrows those of the nearest one; the number of such targets is reported."""

Bucket = tuple[str, int]


def buckets(targets: pd.DataFrame, as_of: pd.Timestamp) -> list[Bucket]:
    """Return grain and elapsed bucket of each target; -1 for a period that starts after tomorrow."""
    return list(zip(targets["grain"].astype(str), bucket_index(targets, as_of).tolist(), strict=True))


def bucket_index(targets: pd.DataFrame, as_of: pd.Timestamp | pd.Series) -> npt.NDArray[np.int64]:
    """Return the elapsed bucket of each target at one moment or at a moment of its own; -1 as for `buckets`."""
    ahead = (targets["period_start"] > as_of + pd.Timedelta(days=1)).to_numpy()
    index = np.digitize(targets["elapsed"].to_numpy(dtype=np.float64), BUCKET_EDGES)
    return np.asarray(np.where(ahead, -1, index), dtype=np.int64)


@dataclass(frozen=True)
class ResidualBank:
    """Scaled misses (final - rule) / scale of past cutoffs, oldest cutoff first, per grain and elapsed bucket.

    The paths replay one whole past cutoff each: every rep gets a miss of that cutoff, so that a quarter in which all
    fell short together is one world, and different reps' misses are never taken from different worlds. Within the
    cutoff a rep may get any rep's miss, in units of the own level.
    """

    misses: Mapping[Bucket, tuple[FloatArray, ...]]

    @classmethod
    def learn(cls, history: TrainingHistory, rule: PointRule) -> Self:
        """Collect the rule's misses on every past cutoff of a training history.

        Raises:
            DataMissing: No past period has ended, so there is nothing to learn from.
        """
        misses: dict[Bucket, list[FloatArray]] = {}
        for state, final in past_states(history):
            scale = residual_scale(state)
            miss = np.divide(final - rule(state), scale, out=np.zeros(len(scale)), where=scale > 0.0)
            keys = buckets(state.targets, pd.Timestamp(state.as_of))
            stayed = (state.targets["status"] != "left").to_numpy()
            for key in sorted(set(keys)):
                chosen = miss[np.array([k == key for k in keys]) & stayed]
                if len(chosen):
                    # Sorted, so that the order of rows in the history cannot matter.
                    misses.setdefault(key, []).append(np.sort(chosen))
        if not misses:
            raise DataMissing("no past period has ended with a label, so no range can be learned; wait or import more")
        return cls({key: tuple(parts) for key, parts in misses.items()})

    def paths(
        self, state: CompanyState, point: FloatArray, n_paths: int, seed: int, *, from_open_deals: bool = False
    ) -> ForecastPaths:
        """Return joint paths of `state.targets` around `point`.

        Args:
            state: What is known now.
            point: The rule's amounts, shape (n_targets,); told in the metadata as `point`.
            n_paths: Number of joint paths, >= 1.
            seed: Decides the draws.
            from_open_deals: Whether what is still to come counts as open deals or as everything else.

        Raises:
            UsageError: `n_paths` < 1.
        """
        if n_paths < 1:
            raise UsageError(f"n_paths is {n_paths}; at least one path is needed")
        targets = state.targets.reset_index(drop=True)
        drawn, borrowed = self._draw(targets, pd.Timestamp(state.as_of), n_paths, seed)
        booked = targets["attained"].to_numpy(dtype=np.float64)
        rest = point[:, None] + residual_scale(state)[:, None] * drawn - booked[:, None]
        if not state.returns_allowed:
            rest = np.maximum(rest, 0.0)
        rest[(targets["status"] == "left").to_numpy()] = 0.0
        nothing = np.zeros_like(rest)
        return ForecastPaths(
            targets=targets,
            booked=booked,
            open_deals=rest if from_open_deals else nothing,
            new_deals=nothing if from_open_deals else rest,
            metadata={"point": point, "targets_with_borrowed_range": borrowed},
        )

    def _draw(self, targets: pd.DataFrame, as_of: pd.Timestamp, n_paths: int, seed: int) -> tuple[FloatArray, int]:
        worlds = world_ranks(seed, as_of.date(), n_paths)
        ranks = target_ranks(seed, targets, as_of.date(), n_paths)
        keys = buckets(targets, as_of)
        out, borrowed = np.empty_like(ranks), 0
        for key in sorted(set(keys)):
            rows = np.array([k == key for k in keys])
            source = self._source(key)
            borrowed += int(rows.sum()) if source != key else 0
            out[rows] = replay(self.misses[source], worlds, ranks[rows])
        return out, borrowed

    def _source(self, key: Bucket) -> Bucket:
        """Return the bucket whose misses stand for `key`: itself if it has enough, else the nearest of its grain."""

        def distance(other: Bucket) -> tuple[bool, bool, int, str]:
            thin = len(self.misses[other]) < MIN_CUTOFFS
            return thin, other[0] != key[0], abs(other[1] - key[1]), other[0]

        return min(self.misses, key=distance)


def replay(misses: tuple[FloatArray, ...], worlds: FloatArray, ranks: FloatArray) -> FloatArray:
    """Return misses, shape of `ranks`, where path j takes all of them from the past cutoff of rank `worlds[j]`.

    Examples:
        Two past cutoffs; the first path replays the first, the second the second.

        >>> replay((np.array([-1.0, 1.0]), np.array([5.0])), np.array([0.2, 0.9]), np.array([[0.7, 0.1]])).tolist()
        [[1.0, 5.0]]
    """
    lengths = np.array([len(part) for part in misses])
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    world = np.minimum((worlds * len(misses)).astype(np.int64), len(misses) - 1)
    place: npt.NDArray[np.int64] = np.minimum((ranks * lengths[world]).astype(np.int64), lengths[world] - 1)
    return np.asarray(np.concatenate(misses)[offsets[world] + place], dtype=np.float64)


def fitted(bank: ResidualBank | None, name: str) -> ResidualBank:
    """Return the bank of a fitted forecaster.

    Raises:
        UsageError: It was not fitted.
    """
    if bank is None:
        raise UsageError(f"the forecaster {name!r} is not fitted; call fit(history) before simulate")
    return bank
