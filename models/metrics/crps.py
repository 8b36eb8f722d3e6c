"""Continuous ranked probability score of simulated paths, the main score of a forecast distribution."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.contracts import FloatArray
from models.metrics.arrays import paths_pair


def crps(paths: npt.ArrayLike, outcome: npt.ArrayLike) -> FloatArray:
    """Return the CRPS of the empirical distribution of each row of paths; lower is better, 0 is perfect.

    `mean |X - y| - mean |X - X'| / 2`, exact and in O(n log n) by sorting. In the unit of the outcome; with one path
    it is the absolute error.

    Args:
        paths: Shape (n, n_paths), any unit.
        outcome: Shape (n,), same unit.

    Returns:
        Shape (n,), one score per row.

    Raises:
        UsageError: Shapes differ or anything is not finite.

    References:
        Gneiting & Raftery (2007), doi:10.1198/016214506000001437, eq. 20.

    Examples:
        Mean distance to 3 is (3 + 1) / 2 = 2, mean distance inside is (0 + 4 + 4 + 0) / 4 = 2.

        >>> crps([[0.0, 4.0]], [3.0]).tolist()
        [1.0]
    """
    draws, truth = paths_pair(paths, outcome)
    n_paths = draws.shape[1]
    ordered = np.sort(draws, axis=1)
    distance = np.abs(ordered - truth[:, None]).mean(axis=1)
    # Centring before the weighted sum keeps digits when all paths are large and close together.
    weights = 2.0 * np.arange(1, n_paths + 1) - n_paths - 1.0
    spread = (ordered - ordered[:, [n_paths // 2]]) @ weights / n_paths**2
    return np.asarray(np.maximum(distance - spread, 0.0), dtype=np.float64)
