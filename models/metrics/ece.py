"""Expected calibration error of a probability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import probabilities


def ece(probability: npt.ArrayLike, happened: npt.ArrayLike, bins: int = 10) -> float:
    """Return the mean gap of stated and observed frequency over equal-mass bins, 0..1; lower is better.

    It is biased upwards in small samples (a perfect forecaster of 1,200 rows has about 0.02 to 0.035): compare it
    with what outcomes drawn from the probabilities themselves give.

    Args:
        probability: Shape (n,), in 0..1.
        happened: Shape (n,), 0 or 1.
        bins: Number of bins of (nearly) equal size; fewer rows than bins make one bin per row.

    Raises:
        UsageError: Shapes differ, values lie outside their range, or `bins` < 1.

    References:
        Naeini, Cooper & Hauskrecht (2015), doi:10.1609/aaai.v29i1.9602.

    Examples:
        Two bins: stated 0.2 happened 0.5, stated 0.8 happened 1.0; the mean gap is (0.3 + 0.2) / 2.

        >>> round(ece([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1], bins=2), 9)
        0.25
    """
    if bins < 1:
        raise UsageError(f"bins is {bins}; at least one is needed")
    chance, fact = probabilities(probability, happened)
    # Rows of one probability share their mean outcome, so that ties cannot be sorted to advantage.
    _, code, count = np.unique(chance, return_inverse=True, return_counts=True)
    shared = (np.bincount(code, weights=fact) / count)[code]
    order = np.argsort(chance, kind="stable")
    gap = 0.0
    for rows in np.array_split(order, min(bins, len(order))):
        gap += abs(float((chance[rows] - shared[rows]).sum()))
    return gap / len(chance)
