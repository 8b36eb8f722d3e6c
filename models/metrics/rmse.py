"""Root mean squared error."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.metrics.arrays import pair


def rmse(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Return the root of the mean squared error; lower is better, 0 is perfect; the mean forecast minimises it.

    Args:
        forecast: Shape (n,).
        outcome: Shape (n,), same unit.

    Raises:
        UsageError: Shapes differ or anything is not finite.

    References:
        Chai & Draxler (2014), doi:10.5194/gmd-7-1247-2014.

    Examples:
        >>> rmse([3.0, 0.0, 0.0, 0.0], [0.0, 4.0, 0.0, 0.0])
        2.5
    """
    guess, truth = pair(forecast, outcome)
    return float(np.sqrt(np.mean((guess - truth) ** 2)))
