"""How honest past ranges were: where outcomes fell in them, and the map that spreads them evenly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from models.contracts import FloatArray

REPS_PER_PERIOD = 30.0
"""Ranks of one period's reps are worth at most so many independent ones: they share its luck."""
PRIOR_RANKS = 90.0
"""Evenly spread ranks that stand for the belief that the model is right."""
GRID = 1025


@dataclass(frozen=True)
class Spread:
    """A Beta distribution of ranks; (1, 1) says that past ranges were right.

    Attributes:
        low: First parameter; below 1 outcomes fell below the range too often.
        high: Second parameter; below 1 outcomes fell above the range too often.
    """

    low: float = 1.0
    high: float = 1.0

    def scaled(self, width: float) -> Spread:
        """Return the same ranks wider (below 1.0) or narrower (above) about the same mean.

        Examples:
            >>> Spread(1.0, 0.8).scaled(0.5)
            Spread(low=0.5, high=0.4)
        """
        return Spread(self.low * width, self.high * width)

    def levels(self, levels: FloatArray) -> FloatArray:
        """Return the model's level that has held each served level in the past.

        Examples:
            >>> Spread().levels(np.array([0.1, 0.5])).round(9).tolist()
            [0.1, 0.5]
            >>> bool(Spread(0.8, 0.8).levels(np.array([0.1]))[0] < 0.1)
            True
        """
        grid = np.linspace(0.0, 1.0, GRID)
        return np.asarray(np.interp(levels, grid, betaincinv(self.low, self.high, grid)), dtype=np.float64)


def learn_spread(ranks: FloatArray, period: npt.NDArray[np.int64]) -> Spread:
    """Return the distribution of past ranks, shrunk to even.

    Args:
        ranks: Rank of each outcome within its forecast, 0..1, shape (n,).
        period: Number of the period of each rank, shape (n,).

    Examples:
        >>> Spread() == learn_spread(np.array([]), np.array([], dtype=np.int64))
        True
    """
    if not len(ranks):
        return Spread()
    size = np.bincount(period)[period]
    weight = np.minimum(1.0, REPS_PER_PERIOD / size)
    total = weight.sum() + PRIOR_RANKS
    mean = float((weight @ ranks + PRIOR_RANKS * 0.5) / total)
    square = float((weight @ ranks**2 + PRIOR_RANKS / 3.0) / total)
    variance = square - mean**2
    # Method of moments: a Beta distribution with this mean and variance.
    size_of = mean * (1.0 - mean) / variance - 1.0
    return Spread(float(np.clip(mean * size_of, 0.3, 3.0)), float(np.clip((1.0 - mean) * size_of, 0.3, 3.0)))


def stretch(totals: FloatArray, spread: Spread) -> FloatArray:
    """Return the factor for each path that brings the ranges to their past coverage; ranks are kept.

    Paths without anything to come stay as they are, so that the chance of nothing more is not touched.

    Args:
        totals: What is still to come, shape (n_reps, n_paths), currency, >= 0.
        spread: Distribution of past ranks among paths with something to come.

    Returns:
        Shape (n_reps, n_paths), >= 0; 1.0 where nothing is to come.
    """
    factors = np.ones_like(totals)
    if spread == Spread():
        return factors
    for row, values in enumerate(totals):
        coming = np.flatnonzero(values > 0)
        if len(coming) < 2:
            continue
        order = coming[np.argsort(values[coming], kind="stable")]
        ordered = values[order]
        level = (np.arange(len(ordered)) + 0.5) / len(ordered)
        factors[row, order] = np.interp(spread.levels(level), level, ordered) / ordered
    return factors
