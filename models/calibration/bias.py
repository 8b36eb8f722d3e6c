"""How far past forecasts were off on the whole: one factor per lead time, shrunk to none.

Periods are the sample. All reps of a period share its luck, so two hundred of them in one quarter are one observation.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.calibration.knots import KNOTS, knot_of
from models.contracts import FloatArray

LUCK = 0.10
"""Sd of what a period's shared luck does to the ratio of what came to what was expected."""
PRIOR_LEVEL, PRIOR_LEAD = 0.10, 0.05
"""Sd, before anything is seen, of the bias common to all lead times and of each lead time's own."""
LIMITS = (0.5, 2.0)


def learn_bias(rows: pd.DataFrame, expected: str, variance: str, came: str) -> tuple[float, ...]:
    """Return the factor per knot by which expected amounts are multiplied.

    Args:
        rows: `period_start, elapsed` and the three columns named, one row per rep, cutoff and period.
        expected: Column of expected currency.
        variance: Column of its variance by chance alone.
        came: Column of what came.

    Returns:
        Factors at `KNOTS`; 1.0 where nothing was seen.

    Examples:
        Two periods came out 20 % above what was expected, without noise: level and lead are both believed in part.

        >>> rows = pd.DataFrame({"period_start": [1, 2], "elapsed": 0.0, "e": 100.0, "v": 0.0, "c": 120.0})
        >>> [round(f, 3) for f in learn_bias(rows, "e", "v", "c")]
        [1.156, 1.133, 1.133, 1.133]
    """
    sums = _sums(rows, expected, variance, came)
    sums = sums[sums["expected"] > 0]
    if sums.empty:
        return (1.0,) * len(KNOTS)
    off = (sums["came"] / sums["expected"] - 1.0).to_numpy(dtype=np.float64)
    noise = (sums["variance"] / sums["expected"] ** 2).to_numpy(dtype=np.float64)
    weight = 1.0 / (noise + LUCK**2)
    leads = sums.groupby("period_start")["knot"].transform("size").to_numpy(dtype=np.float64)
    level = float((weight / leads * off).sum() / ((weight / leads).sum() + PRIOR_LEVEL**-2))
    knot = sums["knot"].to_numpy(dtype=np.int64)
    factors = []
    for k in range(len(KNOTS)):
        mine = knot == k
        own = float((weight[mine] * (off[mine] - level)).sum() / (weight[mine].sum() + PRIOR_LEAD**-2))
        factors.append(float(np.clip(1.0 + level + own, *LIMITS)))
    return tuple(factors)


def luck_of_periods(rows: pd.DataFrame, factors: dict[str, tuple[float, ...]]) -> tuple[FloatArray, FloatArray]:
    """Return how far each past period was off after the bias was taken out, and how much of it is chance.

    Args:
        rows: Replayed rows of running periods with `open, new`, their `_var` and `_came`.
        factors: Bias per knot of `open` and `new`.

    Returns:
        Two arrays with one value per period, averaged over its leads: relative error, and variance by chance alone.
    """
    corrected = rows.copy()
    knot = knot_of(rows["elapsed"].to_numpy(dtype=np.float64))
    for part in ("open", "new"):
        factor = np.asarray(factors[part])[knot]
        corrected[part] = rows[part] * factor
        corrected[f"{part}_var"] = rows[f"{part}_var"] * factor**2
    both = corrected.assign(
        expected=corrected["open"] + corrected["new"],
        variance=corrected["open_var"] + corrected["new_var"],
        came=corrected["open_came"] + corrected["new_came"],
    )
    sums = _sums(both, "expected", "variance", "came")
    sums = sums[sums["expected"] > 0]
    off = sums["came"] / sums["expected"] - 1.0
    noise = sums["variance"] / sums["expected"] ** 2
    # The square root of the mean square keeps the size of the leads' errors; their mean would hide opposite signs.
    squares = (off**2).groupby(sums["period_start"]).mean()
    chance = noise.groupby(sums["period_start"]).mean()
    return np.sqrt(squares.to_numpy(dtype=np.float64)), chance.to_numpy(dtype=np.float64)


def _sums(rows: pd.DataFrame, expected: str, variance: str, came: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "period_start": rows["period_start"].to_numpy(),
            "knot": knot_of(rows["elapsed"].to_numpy(dtype=np.float64)),
            "expected": rows[expected].to_numpy(dtype=np.float64),
            "variance": rows[variance].to_numpy(dtype=np.float64),
            "came": rows[came].to_numpy(dtype=np.float64),
        }
    )
    return frame.groupby(["period_start", "knot"], sort=True).sum().reset_index()
