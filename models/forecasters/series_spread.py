"""How far off the combined series forecast was: whole past quarters of misses, replayed for all reps together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from models.contracts import FloatArray
from models.forecasters.draws import stream
from models.forecasters.series_combination import Origin, combined, learn_weights
from models.forecasters.series_trees import BLOCK

PERSISTENCE_PRIOR = 0.5
PERSISTENCE_WEIGHT = 4.0
"""Origins' worth of belief that half of a quarter's miss lasts into the next."""


@dataclass(frozen=True)
class Spread:
    """Scaled misses of past origins.

    Attributes:
        blocks: One array per origin, oldest first, shape (n_reps_then, BLOCK): (booked - forecast) / usual month.
        persistence: Chance, 0..1, that the next three months of a path replay the same origin and rep.
    """

    blocks: tuple[FloatArray, ...]
    persistence: float

    @classmethod
    def learn(cls, origins: list[Origin]) -> Self:
        """Collect misses; the weights at each origin come from the other origins, so that none flatters itself."""
        blocks = []
        for position, origin in enumerate(origins):
            weights = learn_weights(origins[:position] + origins[position + 1 :])
            scale = origin.panel.scale()
            miss = (origin.outcome - combined(origin.forecasts, weights)) / np.where(scale > 0.0, scale, 1.0)[:, None]
            order = np.lexsort(np.round(miss, 9).T)
            blocks.append(miss[order])
        return cls(_centred(blocks), _persistence(origins))

    def worlds(self, seed: int, name: str, n_blocks: int, n_paths: int) -> FloatArray:
        """Return which origin each path replays in each three months, as ranks in 0..1, shape (n_blocks, n_paths)."""
        rng = stream(seed, "series world", name)
        rank = (rng.permutation(n_paths) + rng.random(n_paths)) / n_paths
        return self._lasting(rank, rng, n_blocks)

    def draw(self, seed: int, name: str, worlds: FloatArray) -> FloatArray:
        """Return misses of one rep, in usual months, shape (n_blocks * BLOCK, n_paths).

        Args:
            seed: Decides the draws.
            name: What is drawn for: rep, measure and as_of.
            worlds: As `worlds` returned them, the same for all reps.
        """
        rng = stream(seed, "series rep", name)
        n_blocks, n_paths = int(worlds.shape[0]), int(worlds.shape[1])
        ranks = self._lasting(rng.random(n_paths), rng, n_blocks)
        lengths = np.array([len(block) for block in self.blocks])
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        world = np.minimum((worlds * len(self.blocks)).astype(np.int64), len(self.blocks) - 1)
        row = np.minimum((ranks * lengths[world]).astype(np.int64), lengths[world] - 1)
        misses = np.concatenate(self.blocks)[offsets[world] + row]
        return np.asarray(misses.transpose(0, 2, 1).reshape(n_blocks * BLOCK, n_paths), dtype=np.float64)

    def _lasting(self, first: FloatArray, rng: np.random.Generator, n_blocks: int) -> FloatArray:
        out = np.empty((n_blocks, len(first)))
        for block in range(n_blocks):
            fresh, last = rng.random(len(first)), rng.random(len(first)) < self.persistence
            out[block] = first if block == 0 else np.where(last, out[block - 1], fresh)
        return out


def _centred(blocks: list[FloatArray]) -> tuple[FloatArray, ...]:
    """Return the misses with the median of their sums at zero.

    The methods were chosen by absolute errors, so their combination is the middle already; the few overlapping
    quarters behind the misses cannot prove a bias, and to follow them moved the middle by up to 10 % on short data.
    """
    middle = float(np.median(np.concatenate([block.sum(axis=1) for block in blocks]))) / BLOCK
    return tuple(block - middle for block in blocks)


def _persistence(origins: list[Origin]) -> float:
    """Return the correlation of a rep's misses in successive quarters, shrunk to `PERSISTENCE_PRIOR`, in 0..1."""
    first, second = [], []
    by_end = {origin.panel.end: origin for origin in origins}
    for end in sorted(by_end):
        later = by_end.get(end + BLOCK)
        if later is None:
            continue
        ahead = _relative_miss(later)
        for rep, miss in _relative_miss(by_end[end]).items():
            if rep in ahead:
                first.append(miss)
                second.append(ahead[rep])
    pairs = len(first)
    if pairs < 3 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return PERSISTENCE_PRIOR
    seen = float(np.corrcoef(first, second)[0, 1])
    weight = sum(end + BLOCK in by_end for end in by_end)
    mixed = (weight * seen + PERSISTENCE_WEIGHT * PERSISTENCE_PRIOR) / (weight + PERSISTENCE_WEIGHT)
    return min(max(round(mixed, 9), 0.0), 1.0)


def _relative_miss(origin: Origin) -> dict[str, float]:
    scale = origin.panel.scale()
    level = origin.panel.mean(12)
    miss = (origin.outcome.sum(axis=1) - BLOCK * level) / np.where(scale > 0.0, scale, 1.0)
    return dict(zip(origin.panel.reps, miss.tolist(), strict=True))
