"""A number that changes with the lead time: known at four points of a period, straight lines between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.contracts import FloatArray

KNOTS = (0.0, 0.25, 0.5, 0.75)
"""Shares of the period gone at which past forecasts are looked at."""


def at_lead(values: npt.ArrayLike, elapsed: float) -> float:
    """Return the value at a share of the period gone; the last one holds until the end.

    Examples:
        >>> at_lead([1.0, 2.0, 2.0, 3.0], 0.125)
        1.5
    """
    return float(np.interp(elapsed, KNOTS, np.asarray(values, dtype=np.float64)))


def knot_of(elapsed: FloatArray) -> npt.NDArray[np.int64]:
    """Return the nearest knot of each share of the period gone.

    Examples:
        >>> knot_of(np.array([0.0, 0.26, 0.9])).tolist()
        [0, 1, 3]
    """
    distance = np.abs(np.asarray(elapsed)[:, None] - np.asarray(KNOTS))
    return np.asarray(distance.argmin(axis=1), dtype=np.int64)
