"""Mean absolute scaled error: errors beside those of the naive forecast on the training history."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.contracts import FloatArray
from models.metrics.arrays import clean, pair


def naive_scale(history: npt.ArrayLike, season: int = 1) -> float:
    """Return the mean absolute change over `season` steps of one history, the denominator of MASE.

    Args:
        history: One series up to the cutoff, shape (n_steps,), n_steps > season.
        season: Steps in a season; 4 for quarters, 12 for months.

    Raises:
        UsageError: The history is not longer than a season, or never changes.

    Examples:
        >>> naive_scale([1.0, 3.0, 2.0, 6.0], season=2)
        2.0
    """
    series = clean("history", history)
    if season < 1 or len(series) <= season:
        raise UsageError(f"history has {len(series)} steps and a season {season}; pass more than one season")
    scale = float(np.abs(series[season:] - series[:-season]).mean())
    if scale == 0.0:
        raise UsageError(f"the history of {len(series)} steps repeats exactly, so its scale is 0; leave the series out")
    return scale


def mase(forecast: npt.ArrayLike, outcome: npt.ArrayLike, scale: npt.ArrayLike) -> float:
    """Return the mean of absolute errors over `naive_scale`; lower is better, 1.0 is as good as naive in training.

    Args:
        forecast: Shape (n,).
        outcome: Shape (n,), same unit.
        scale: One scale per row, shape (n,), same unit, > 0.

    Raises:
        UsageError: Shapes differ, anything is not finite, or a scale is not positive.

    References:
        Hyndman & Koehler (2006), doi:10.1016/j.ijforecast.2006.03.001.

    Examples:
        >>> mase([10.0, 10.0], [12.0, 16.0], [4.0, 4.0])
        1.0
    """
    guess, truth = pair(forecast, outcome)
    scales: FloatArray = clean("scale", scale)
    if scales.shape != truth.shape or scales.min() <= 0.0:
        raise UsageError(f"scale has shape {scales.shape}, least {scales.min()}; one positive scale per row is needed")
    return float((np.abs(guess - truth) / scales).mean())
