"""Brier score of a probability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.metrics.arrays import probabilities


def brier(probability: npt.ArrayLike, happened: npt.ArrayLike) -> float:
    """Return the mean squared distance of probability and outcome, 0..1; lower is better, 0 is perfect.

    Args:
        probability: Shape (n,), in 0..1.
        happened: Shape (n,), 0 or 1.

    Raises:
        UsageError: Shapes differ or values lie outside their range.

    References:
        Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples:
        >>> round(brier([0.9, 0.2], [1, 0]), 9)
        0.025
    """
    chance, fact = probabilities(probability, happened)
    return float(np.mean((chance - fact) ** 2))
