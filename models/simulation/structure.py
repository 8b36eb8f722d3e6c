"""The forecast as an equation: how many deals, how large, how often won, how much of it in time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.contracts import STRUCTURE_COLUMNS, FloatArray, ForecastPaths
from models.simulation.outlook import Outlook

NEGLIGIBLE = 1e-6
"""Expected amounts below this share of the mean explain nothing of it."""


def structure_of(ahead: Outlook, paths: ForecastPaths) -> pd.DataFrame:
    """Return `STRUCTURE_COLUMNS`, one row per target, whose equation gives the paths' mean.

    Deals, sizes and chances of ever winning come from what is expected before any draw. Size and chance are the rep's
    usual ones, for open deals as for unborn ones; how the open deals stand against them (stage, amount, dates) is
    their quality. So a factor tells about the rep, and not about the accident of this quarter's deals. Timing is what
    is left, so that it also carries shocks and recalibration; where that would exceed 1, the excess goes to the
    quality of open deals, or to the size of new ones.

    Args:
        ahead: Outlook of the state that was simulated.
        paths: The served paths of its targets.
    """
    rep, window = ahead.rep_row, ahead.windows
    last = window.stop - 1
    count = np.bincount(ahead.opened.rep_row, minlength=len(ahead.reps)).astype(np.float64)
    winnable = _per_rep(ahead, ahead.mean_open * ahead.ever_open)
    opened = _side(
        mean=paths.open_deals.mean(axis=1), volume=count[rep], size=_ratio(winnable, count)[rep], win=np.ones(len(rep))
    )
    usual = ahead.mean_new * ahead.ever_new
    told = (count[rep] > 0) & (usual[rep] > 0) & (opened[1] > 0)
    new = _side(
        mean=paths.new_deals.mean(axis=1),
        volume=ahead.born[rep, np.maximum(last, 0)],
        size=ahead.mean_new[rep],
        win=ahead.ever_new[rep],
    )
    columns = {
        "volume_open": opened[0],
        "volume_new": new[0],
        "size": np.where(told, ahead.mean_new[rep], opened[1]),
        "size_new": new[1],
        "win": np.where(told, ahead.ever_new[rep], opened[2]),
        "win_new": new[2],
        "quality": np.where(told, opened[1] / np.where(told, usual[rep], 1.0), 1.0),
        "timing": opened[3],
        "timing_new": new[3],
        "booked": paths.booked,
        "quota": paths.targets["quota"].to_numpy(dtype=np.float64),
    }
    return pd.DataFrame(columns)[list(STRUCTURE_COLUMNS)]


def _side(
    *, mean: FloatArray, volume: FloatArray, size: FloatArray, win: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return volume, size, win and timing whose product is `mean`."""
    product = volume * size * win
    # A mean without any expected deal (returns, rounding) is told as one deal of that size, won and in time.
    plain = (mean < 0) | ((mean != 0) & (product <= NEGLIGIBLE * np.abs(mean)))
    usable = (product > 0) & ~plain
    timing = np.where(usable, mean / np.where(usable, product, 1.0), 0.0)
    over = np.where(timing > 1.0, timing, 1.0)
    return (
        np.where(plain, 1.0, volume),
        np.where(plain, mean, size * over),
        np.where(plain, 1.0, win),
        np.where(plain, 1.0, timing / over),
    )


def _per_rep(ahead: Outlook, values: FloatArray) -> FloatArray:
    return np.asarray(np.bincount(ahead.opened.rep_row, weights=values, minlength=len(ahead.reps)), dtype=np.float64)


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0), dtype=np.float64)
