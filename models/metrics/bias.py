"""Bias: whether forecasts are too high or too low in total."""

from __future__ import annotations

import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import pair


def bias(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Return total forecast over total outcome, less one; nearest to 0 is best, above 0 is too optimistic.

    Args:
        forecast: Shape (n,), currency.
        outcome: Shape (n,), currency.

    Raises:
        UsageError: Shapes differ, anything is not finite, or the outcomes sum to 0 or less.

    References:
        Hyndman & Koehler (2006), doi:10.1016/j.ijforecast.2006.03.001.

    Examples:
        >>> bias([60.0, 60.0], [100.0, 20.0])
        0.0
        >>> bias([150.0], [120.0])
        0.25
    """
    guess, truth = pair(forecast, outcome)
    total = float(truth.sum())
    if total <= 0.0:
        raise UsageError(f"outcomes sum to {total}; a relative bias needs a positive total, compare the sums instead")
    return float(guess.sum()) / total - 1.0
