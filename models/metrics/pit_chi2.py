"""Chi-squared distance of PIT values from uniform."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.metrics.arrays import clean


def pit_chi2(pit: npt.ArrayLike, bins: int = 10) -> float:
    """Return the chi-squared statistic of PIT values against uniform; lower is better, about `bins - 1` by chance.

    Rows of one period share a shock and are not independent: judge it by resampling whole periods, not by the
    chi-squared table.

    Args:
        pit: Shape (n,), in 0..1.
        bins: Number of equal bins, at least 2.

    Raises:
        UsageError: `bins` < 2, or values outside 0..1.

    References:
        Czado, Gneiting & Held (2009), doi:10.1111/j.1541-0420.2009.01191.x.

    Examples:
        Two bins, four values, 3 and 1 where 2 and 2 are expected: 1/2 + 1/2.

        >>> pit_chi2([0.1, 0.2, 0.3, 0.9], bins=2)
        1.0
    """
    if bins < 2:
        raise UsageError(f"bins is {bins}; at least two are needed")
    ranks = clean("pit", pit)
    if ranks.min() < 0.0 or ranks.max() > 1.0:
        raise UsageError(f"PIT values run from {ranks.min()} to {ranks.max()}; pass ranks in 0..1, not amounts")
    seen = np.histogram(ranks, bins=bins, range=(0.0, 1.0))[0]
    expected = len(ranks) / bins
    return float(((seen - expected) ** 2 / expected).sum())
