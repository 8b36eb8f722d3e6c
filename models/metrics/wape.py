"""Weighted absolute percentage error: what share of all the money was misplaced."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import pair


def wape(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Return sum of absolute errors over sum of absolute outcomes; lower is better, 0 is perfect.

    Args:
        forecast: Shape (n,), currency.
        outcome: Shape (n,), currency, signed.

    Returns:
        A ratio; 0.2 means that errors add up to a fifth of what was booked.

    Raises:
        UsageError: Shapes differ, anything is not finite, or all outcomes are 0.

    References:
        Kolassa & Schuetz (2007), Foresight 6; Hyndman & Koehler (2006), doi:10.1016/j.ijforecast.2006.03.001.

    Examples:
        >>> wape([90.0, 30.0], [100.0, 0.0])
        0.4
    """
    guess, truth = pair(forecast, outcome)
    size = float(np.abs(truth).sum())
    if size == 0.0:
        raise UsageError(f"all {len(truth)} outcomes are 0, so there is nothing to divide by; use mae instead")
    return float(np.abs(guess - truth).sum()) / size
