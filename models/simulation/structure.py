"""The forecast as an equation: how many deals, how large, how often won, how much of it in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import STRUCTURE_COLUMNS, FloatArray, ForecastPaths
from models.simulation.outlook import Outlook

NEGLIGIBLE = 1e-6
"""Expected amounts below this share of the mean explain nothing of it."""


def structure_of(ahead: Outlook, paths: ForecastPaths) -> pd.DataFrame:
    """Return `STRUCTURE_COLUMNS`, one row per target, whose equation gives the paths' mean.

    Deals, sizes and chances of ever winning come from what is expected before any draw. Number, size and chance are the
    rep's usual ones, for open deals as for unborn ones; how the open deals stand against them (how many, stage, amount,
    dates) is their quality. So a factor tells about the rep and not about the accident of this quarter's deals; whoever
    wins fast has few deals open at any moment, and brings no fewer new ones for that. Timing is what is left, so that
    it also carries shocks and recalibration; where that would exceed 1, the excess goes to the quality of open deals,
    or to the size of new ones.

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
    pace = ahead.born[:, -1] if ahead.born.shape[1] else np.zeros(len(count))
    kept = usual_count(count, pace, _groups(paths.targets["segment"], rep, len(count)))[rep]
    told = (usual[rep] > 0) & (kept > 0) & (((count[rep] > 0) & (opened[1] > 0)) | (opened[0] == 0))
    new = _side(
        mean=paths.new_deals.mean(axis=1),
        volume=ahead.born[rep, np.maximum(last, 0)],
        size=ahead.mean_new[rep],
        win=ahead.ever_new[rep],
    )
    columns = {
        "volume_open": np.where(told, kept, opened[0]),
        "volume_new": new[0],
        "size": np.where(told, ahead.mean_new[rep], opened[1]),
        "size_new": new[1],
        "win": np.where(told, ahead.ever_new[rep], opened[2]),
        "win_new": new[2],
        "quality": np.where(told, opened[0] * opened[1] / np.where(told, kept * usual[rep], 1.0), 1.0),
        "timing": opened[3],
        "timing_new": new[3],
        "booked": paths.booked,
        "quota": paths.targets["quota"].to_numpy(dtype=np.float64),
    }
    return pd.DataFrame(columns)[list(STRUCTURE_COLUMNS)]


def usual_count(count: FloatArray, pace: FloatArray, group: npt.NDArray[np.int64]) -> FloatArray:
    """Return how many deals each rep usually has open: the own pace of new ones, open as long as in the group.

    Args:
        count: Open deals of each rep, shape (n_reps,).
        pace: New deals that each rep is expected to bring, in whatever stretch of time, same shape.
        group: Number of each rep's group, same shape.

    Returns:
        Same shape; 0 where nobody of the group is expected to bring a new deal.

    Examples:
        Two reps have 12 open deals and bring 4 in a month: 3 open ones for each new one.

        >>> usual_count(np.array([9.0, 3.0]), np.array([1.0, 3.0]), np.array([0, 0])).tolist()
        [3.0, 9.0]
    """
    open_now, to_come = (np.asarray(np.bincount(group, weights=part), dtype=np.float64) for part in (count, pace))
    return np.asarray(pace * _ratio(open_now, to_come)[group], dtype=np.float64)


def _groups(segments: pd.Series, rep_row: npt.NDArray[np.int64], reps: int) -> npt.NDArray[np.int64]:
    """Return the number of each rep's segment; unknown ones are one group."""
    owner, first = np.unique(rep_row, return_index=True)
    number = np.zeros(reps, dtype=np.int64)
    number[owner] = pd.factorize(segments.astype(object).where(segments.notna(), "").to_numpy()[first])[0]
    return number


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
