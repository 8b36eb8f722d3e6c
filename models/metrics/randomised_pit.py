"""Randomised probability integral transform: where outcomes fall in their forecast distributions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.contracts import FloatArray
from models.metrics.arrays import paths_pair


def randomised_pit(paths: npt.ArrayLike, outcome: npt.ArrayLike, seed: int) -> FloatArray:
    """Return the rank of each outcome among its paths, 0..1; evenly spread is best.

    A forecast often has an atom (no further win: the outcome is exactly what is booked). The rank is then drawn
    evenly from the atom's share, so that a right forecast gives uniform ranks late in the period too. The outcome
    counts as one of n_paths + 1 draws, which makes the ranks of a right forecast exactly uniform.

    Args:
        paths: Shape (n, n_paths).
        outcome: Shape (n,), same unit.
        seed: Decides the draws; the same seed gives the same ranks.

    Returns:
        Shape (n,), in 0..1.

    Raises:
        UsageError: Shapes differ or anything is not finite.

    References:
        Czado, Gneiting & Held (2009), doi:10.1111/j.1541-0420.2009.01191.x.

    Examples:
        No path lies below 0 and three of four equal it: the rank lies in 0..4/5; 9 exceeds all: in 4/5..1.

        >>> randomised_pit([[0, 0, 0, 7], [1, 2, 3, 4]], [0, 9], seed=1).round(3).tolist()
        [0.409, 0.99]
    """
    draws, truth = paths_pair(paths, outcome)
    # A tie is a tie within rounding: booked + 0.0 may differ from the label in the last bit.
    slack = 1e-9 * np.maximum(np.abs(truth), np.abs(draws).max(axis=1))
    below = (draws < (truth - slack)[:, None]).sum(axis=1)
    equal = (np.abs(draws - truth[:, None]) <= slack[:, None]).sum(axis=1)
    chance = np.random.default_rng(seed).random(len(truth))
    return np.asarray((below + chance * (equal + 1.0)) / (draws.shape[1] + 1.0), dtype=np.float64)
