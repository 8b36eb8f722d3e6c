"""Width of the central prediction interval."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.contracts import FloatArray
from models.metrics.arrays import clean


def interval_width(paths: npt.ArrayLike, nominal_coverage: float = 0.8) -> FloatArray:
    """Return the distance between the ends of the central interval; narrower is better at equal coverage.

    Args:
        paths: Shape (n, n_paths), any unit.
        nominal_coverage: Share of paths inside, in (0, 1).

    Returns:
        Shape (n,), in the unit of the paths.

    Raises:
        UsageError: `nominal_coverage` is outside (0, 1) or anything is not finite.

    References:
        Gneiting, Balabdaoui & Raftery (2007), doi:10.1111/j.1467-9868.2007.00587.x.

    Examples:
        >>> interval_width([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]).tolist()
        [8.0]
    """
    if not 0.0 < nominal_coverage < 1.0:
        raise UsageError(f"nominal_coverage is {nominal_coverage}; it lies strictly between 0 and 1")
    tail = (1.0 - nominal_coverage) / 2.0
    low, high = np.quantile(clean("paths", paths, ndim=2), [tail, 1.0 - tail], axis=1)
    return np.asarray(high - low, dtype=np.float64)
