"""Empirical coverage: how often outcomes fell into the interval that promised to hold them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import clean


def empirical_coverage(pit: npt.ArrayLike, nominal_coverage: float = 0.8) -> float:
    """Return the share of outcomes inside the central interval, 0..1; nearest to `nominal_coverage` is best.

    Args:
        pit: Randomised PIT values, shape (n,), in 0..1 (see `randomised_pit`). Counting outcomes between two
            quantiles instead over-states coverage late in a period, where the outcome has an atom at what is booked.
        nominal_coverage: The promise, in (0, 1).

    Raises:
        UsageError: `nominal_coverage` or a PIT value is outside its range.

    References:
        Gneiting, Balabdaoui & Raftery (2007), doi:10.1111/j.1467-9868.2007.00587.x.

    Examples:
        The central 80 % is 0.1..0.9; three of four lie inside.

        >>> empirical_coverage([0.05, 0.2, 0.5, 0.85])
        0.75
    """
    if not 0.0 < nominal_coverage < 1.0:
        raise UsageError(f"nominal_coverage is {nominal_coverage}; it lies strictly between 0 and 1")
    ranks = clean("pit", pit)
    if ranks.min() < 0.0 or ranks.max() > 1.0:
        raise UsageError(f"PIT values run from {ranks.min()} to {ranks.max()}; pass ranks in 0..1, not amounts")
    tail = (1.0 - nominal_coverage) / 2.0
    return float(np.mean((ranks >= tail) & (ranks <= 1.0 - tail)))
