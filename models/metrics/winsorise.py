"""Winsorised attainment: one giant deal may not decide a mean error."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.contracts import FloatArray
from models.metrics.arrays import clean

ATTAINMENT_LIMIT = 4.0
"""Attainment above this (400 % of quota) counts as this in error metrics; training data is never cut."""


def winsorise(attainment: npt.ArrayLike, limit: float = ATTAINMENT_LIMIT) -> FloatArray:
    """Return attainment clipped to -limit..limit, for error metrics in points of quota.

    Args:
        attainment: Ratios, shape (n,).
        limit: Largest ratio that counts, > 0.

    Raises:
        UsageError: `limit` is not positive or anything is not finite.

    References:
        Dixon (1960), doi:10.1214/aoms/1177705900.

    Examples:
        >>> winsorise([0.8, 9.0, -0.1]).tolist()
        [0.8, 4.0, -0.1]
    """
    if limit <= 0.0:
        raise UsageError(f"limit is {limit}; it must be positive")
    return np.clip(clean("attainment", attainment), -limit, limit)
