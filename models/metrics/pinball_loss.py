"""Pinball loss: how good one quantile is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import pair


def pinball_loss(forecast: npt.ArrayLike, outcome: npt.ArrayLike, level: float) -> float:
    """Return the mean pinball loss of a quantile forecast; lower is better, 0 is perfect.

    Args:
        forecast: The quantile of each row, shape (n,).
        outcome: Shape (n,), same unit.
        level: Quantile level, in (0, 1).

    Returns:
        Mean of `level * miss` above and `(1 - level) * miss` below the forecast, in the unit of the outcome.

    Raises:
        UsageError: `level` is outside (0, 1), shapes differ or anything is not finite.

    References:
        Koenker & Bassett (1978), doi:10.2307/1913643.

    Examples:
        An outcome 10 above a 0.9 quantile costs 9, one 10 below it costs 1: the mean is 5.

        >>> round(pinball_loss([100.0, 100.0], [110.0, 90.0], 0.9), 9)
        5.0
    """
    if not 0.0 < level < 1.0:
        raise UsageError(f"level is {level}; a quantile level lies strictly between 0 and 1")
    guess, truth = pair(forecast, outcome)
    miss = truth - guess
    return float(np.maximum(level * miss, (level - 1.0) * miss).mean())
