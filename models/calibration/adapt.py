"""Whether ranges have held of late: a width that follows coverage from period to period where it moves for a reason.

An adaptive level (Gibbs & Candes 2021, arXiv:2106.00170) that moves with every period chases luck: on companies where
nothing changes it makes coverage vary more and gains nothing. So a period counts only as far as its coverage lies
outside what periods vary by. The whole distribution is widened or narrowed, about its middle, never single quantiles.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from models.contracts import FloatArray

OUTSIDE = 0.2
"""Share of outcomes that ought to lie outside the range that is watched, 0.1 to 0.9."""
PERIOD_SD = 0.025
"""Sd of that share from period to period in a company of any size: on simulated companies of 200 reps 0.0225."""
BAND = 2.0
"""Sds of the share that are taken for luck."""
STEP = 4.0
"""Move of the log-width per share outside, beyond luck."""
KEPT = 0.9
"""Part of the log-width that lasts into the next period."""
LIMIT = 0.7
"""Largest log-width: both parameters of the ranks' distribution at most halved or doubled."""


def adapted_width(ranks: FloatArray, period: npt.NDArray[np.int64], reps: FloatArray) -> float:
    """Return the factor on both parameters of a rank distribution; below 1.0 ranges get wider.

    Args:
        ranks: Where outcomes fell in their forecasts as they would be served, 0..1, shape (n,).
        period: Number of the period of each rank, ascending with time, shape (n,).
        reps: People behind the ranks of each period, shape (n_periods,); one person's ranks at several leads say the
            same thing again.

    Returns:
        A factor within `exp(-LIMIT)` to `exp(LIMIT)`; exactly 1.0 where no period lay outside what periods vary by.

    Examples:
        Ranks that lie evenly ask for nothing; ranks at the ends, by many people, ask for width at once.

        >>> even, ends = (np.arange(100) + 0.5) / 100, np.repeat([0.02, 0.98], 50)
        >>> adapted_width(even, np.zeros(100, dtype=np.int64), np.array([100.0]))
        1.0
        >>> round(adapted_width(ends, np.zeros(100, dtype=np.int64), np.array([100.0])), 3)
        0.497
    """
    log_width = 0.0
    for number, people in enumerate(reps):
        mine = ranks[period == number]
        if len(mine):
            outside = _outside(mine, np.exp(log_width)) - OUTSIDE
            luck = BAND * float(np.hypot(PERIOD_SD, np.sqrt(OUTSIDE * (1.0 - OUTSIDE) / max(people, 1.0))))
            beyond = np.sign(outside) * max(abs(outside) - luck, 0.0)
            log_width = float(np.clip(KEPT * log_width - STEP * beyond, -LIMIT, LIMIT))
    return float(np.exp(log_width))


def _outside(ranks: FloatArray, width: float) -> float:
    """Return the share of outcomes outside the middle 80 % once ranges have a width."""
    served = betainc(width, width, ranks)
    return float(((served < OUTSIDE / 2.0) | (served > 1.0 - OUTSIDE / 2.0)).mean())
