"""Mean absolute error."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.metrics.arrays import pair


def mae(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Return the mean absolute error; lower is better, 0 is perfect; the median forecast minimises it.

    Args:
        forecast: Shape (n,).
        outcome: Shape (n,), same unit.

    Raises:
        UsageError: Shapes differ or anything is not finite.

    References:
        Willmott & Matsuura (2005), doi:10.3354/cr030079.

    Examples:
        >>> mae([1.0, 2.0], [1.5, 4.0])
        1.25
    """
    guess, truth = pair(forecast, outcome)
    return float(np.abs(guess - truth).mean())
