"""Forecasts of every series from itself alone: damped trend and theta, averaged, on what is left without the season.

Vectorised over series and over a grid of smoothing weights: a thousand series take about a second. On series of the
M3 competition outside of the benchmark's sample the average of the two beat either of them, an average over the grid
in place of its best point, and the addition of undamped trends and of simple smoothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.domain.errors import DataMissing
from models.contracts import FloatArray

IntArray = npt.NDArray[np.int64]

ALPHAS = np.array([0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
"""Weights of the newest observation in the level."""

TREND_WEIGHTS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Weights of the newest slope, as parts of the level's."""

DAMPING = (0.8, 0.9, 0.95, 0.98)
THETAS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""How much the distance to the straight line is stretched; 2 is the classic theta method."""

START = 10
"""First observations that the first level and slope are read from."""

AT_ONCE = 500
"""Series that are smoothed together: their grid stays small enough for memory."""

MIN_LENGTH = 4
"""A shorter series is forecast by its mean."""


@dataclass(frozen=True)
class LocalSeries:
    """Series of one frequency, aligned at their ends.

    Attributes:
        values: Shape (n_series, n_times); what stands before `first` is not read.
        first: Position of each series' first observation, shape (n_series,).
        period: Observations a year.
    """

    values: FloatArray
    first: IntArray
    period: int

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        """Which values are observations, shape of `values`."""
        return np.asarray(np.arange(self.values.shape[1]) >= self.first[:, None])

    @property
    def length(self) -> IntArray:
        """Observations per series, shape (n_series,)."""
        return np.asarray(self.values.shape[1] - self.first, dtype=np.int64)

    def step(self) -> FloatArray:
        """Return the mean absolute change from one observation to the next, > 0, shape (n_series,)."""
        change = np.abs(np.diff(self.values, axis=1))
        both = self.there[:, :-1]
        mean = np.where(both, change, 0.0).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
        return np.asarray(np.maximum(mean, 1e-9 * np.maximum(np.abs(self.values[:, -1]), 1.0)))


def local_forecast(series: LocalSeries, horizon: int) -> FloatArray:
    """Return the coming observations of each series, shape (n_series, horizon).

    Examples:
        A straight line goes on, a little damped; a constant stays.

        >>> line = LocalSeries(np.array([np.arange(1.0, 25.0), np.full(24, 7.0)]), np.array([0, 0]), 4)
        >>> local_forecast(line, 2).round(1).tolist()
        [[24.9, 25.8], [7.0, 7.0]]
    """
    parts = [
        _ahead(LocalSeries(series.values[at : at + AT_ONCE], series.first[at : at + AT_ONCE], series.period), horizon)
        for at in range(0, len(series.values), AT_ONCE)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, horizon))


def _ahead(series: LocalSeries, horizon: int) -> FloatArray:
    size = _size(series)
    # Rounded, so that a change of currency cannot move the choice between two weights that fit alike.
    unit = np.where(series.there, np.round(series.values / size[:, None], 10), 0.0)
    scaled = LocalSeries(unit, series.first, series.period)
    ratios = season_ratios(scaled)
    column = np.arange(unit.shape[1]) % series.period
    coming = (unit.shape[1] + np.arange(horizon)) % series.period
    level = LocalSeries(unit / ratios[:, column], series.first, series.period)
    ahead = (damped_trend(level, horizon) + theta(level, horizon)) / 2.0 * ratios[:, coming]
    mean = np.where(series.there, unit, 0.0).sum(axis=1) / np.maximum(series.length, 1)
    short = (series.length < MIN_LENGTH)[:, None]
    return np.asarray(np.where(short, mean[:, None], ahead) * size[:, None], dtype=np.float64)


def local_band(series: LocalSeries, horizon: int, level: float) -> FloatArray:
    """Return half the width of the interval around `local_forecast`, shape (n_series, horizon).

    The misses of the last `horizon` observations, forecast from those before, in each series' usual step: the
    distance that held the share `level` of them over all series, per step ahead.

    Args:
        series: At least one of them must be long enough to be forecast from what lay `horizon` observations back.
        horizon: Observations ahead.
        level: Share of outcomes that the interval should hold, in (0, 1).

    Raises:
        DataMissing: No series is that long.
    """
    stop = series.values.shape[1] - horizon
    judged = series.length - horizon >= max(2 * series.period, MIN_LENGTH)
    if not judged.any():
        longest = int(series.length.max(initial=0))
        raise DataMissing(
            f"the longest of {len(series.values)} series has {longest} observations; an interval for {horizon} ahead "
            f"needs {horizon + max(2 * series.period, MIN_LENGTH)}"
        )
    then = LocalSeries(series.values[judged, :stop], series.first[judged], series.period)
    missed = np.abs(series.values[judged, stop:] - local_forecast(then, horizon)) / then.step()[:, None]
    return np.asarray(series.step()[:, None] * np.quantile(missed, level, axis=0), dtype=np.float64)


def season_ratios(series: LocalSeries) -> FloatArray:
    """Return each series' own season by position modulo `period`, mean 1.0, shape (n_series, period).

    Ratios to the centred yearly mean, averaged per position and shrunk to 1 by their own sampling error (James and
    Stein), so that a season which is not there comes out flat. It is flat too below two and a half years, and for
    series that touch zero.

    Reference: Miller, Williams (2003), Shrinkage estimators of time series seasonal factors,
    https://doi.org/10.1016/S0169-2070(02)00077-8
    """
    period, out = series.period, np.ones((len(series.values), series.period))
    if period < 4:
        return out
    weights = np.array([0.5, *[1.0] * (period - 1), 0.5]) / period
    for row, (values, first) in enumerate(zip(series.values, series.first, strict=True)):
        own = values[first:]
        if len(own) >= 2 * period + period // 2 and own.min() > 0.0:
            trend = np.convolve(own, weights, mode="valid")
            place = (first + period // 2 + np.arange(len(trend))) % period
            out[row] = _shrunk(own[period // 2 : period // 2 + len(trend)] / trend, place, period)
    return out


def _shrunk(ratio: FloatArray, place: IntArray, period: int) -> FloatArray:
    count = np.bincount(place, minlength=period)
    mean = np.bincount(place, weights=ratio, minlength=period) / count
    noise = float(((ratio - mean[place]) ** 2).sum()) / max(len(ratio) - period, 1) / float(count.mean())
    seen = float(mean.var(ddof=1))
    kept = max(0.0, 1.0 - (period - 3) / (period - 1) * noise / seen) if seen > 0.0 else 0.0
    index = np.maximum(1.0 + kept * (mean / mean.mean() - 1.0), 0.01)
    return np.asarray(index / index.mean(), dtype=np.float64)


def damped_trend(series: LocalSeries, horizon: int) -> FloatArray:
    """Return additive damped trend smoothing, weights by least squared one-step errors, shape (n_series, horizon).

    Reference: Gardner, McKenzie (1985), https://doi.org/10.1287/mnsc.31.10.1237
    """
    alpha, part, damping = (np.ravel(axis) for axis in np.meshgrid(ALPHAS, TREND_WEIGHTS, DAMPING, indexing="ij"))
    intercept, slope = _line(series, START)
    level = np.repeat(intercept[:, None], len(alpha), axis=1)
    trend = np.repeat(slope[:, None], len(alpha), axis=1)
    squares = np.zeros_like(level)
    for value, on in _times(series):
        before = level + damping * trend
        error = np.where(on, value - before, 0.0)
        level = np.where(on, before + alpha * error, level)
        trend = np.where(on, damping * trend + alpha * part * error, trend)
        squares += error**2
    best, row = squares.argmin(axis=1), np.arange(len(squares))
    reach = np.cumsum(damping[best][:, None] ** np.arange(1, horizon + 1), axis=1)
    return np.asarray(level[row, best][:, None] + reach * trend[row, best][:, None], dtype=np.float64)


def theta(series: LocalSeries, horizon: int) -> FloatArray:
    """Return the theta method, stretch and smoothing by least squared one-step errors, shape (n_series, horizon).

    Reference: Fiorucci et al. (2016), https://doi.org/10.1016/j.ijforecast.2016.02.005
    """
    stretch, alpha = (np.ravel(axis) for axis in np.meshgrid(THETAS, ALPHAS, indexing="ij"))
    intercept, slope = _line(series, series.values.shape[1])
    time = np.arange(series.values.shape[1] + horizon) - series.first[:, None] + 1
    line = intercept[:, None] + slope[:, None] * time
    level, squares = np.zeros((len(line), len(stretch))), np.zeros((len(line), len(stretch)))
    for position, (value, on) in enumerate(_times(series)):
        straight = line[:, position][:, None]
        curve = stretch * value + (1.0 - stretch) * straight
        begins = (series.first == position)[:, None]
        error = value - (level / stretch + (1.0 - 1.0 / stretch) * straight)
        squares += np.where(on & ~begins, error**2, 0.0)
        level = np.where(begins, curve, level + alpha * (curve - level))
    best, row = squares.argmin(axis=1), np.arange(len(line))
    share = (1.0 / stretch[best])[:, None]
    return np.asarray(share * level[row, best][:, None] + (1.0 - share) * line[:, -horizon:], dtype=np.float64)


def _times(series: LocalSeries) -> Iterator[tuple[FloatArray, npt.NDArray[np.bool_]]]:
    """Yield per time the values and which series have begun, each of shape (n_series, 1)."""
    there = series.there
    for position in range(series.values.shape[1]):
        yield series.values[:, position][:, None], there[:, position][:, None]


def _line(series: LocalSeries, most: int) -> tuple[FloatArray, FloatArray]:
    """Return intercept and slope of the straight line through the first `most` observations, numbered from 1."""
    time = np.arange(series.values.shape[1]) - series.first[:, None] + 1.0
    used = series.there & (time <= most)
    count = np.maximum(used.sum(axis=1), 1)
    mean_t = np.where(used, time, 0.0).sum(axis=1) / count
    mean_y = np.where(used, series.values, 0.0).sum(axis=1) / count
    away = np.where(used, time - mean_t[:, None], 0.0)
    spread = (away**2).sum(axis=1)
    slope = np.divide((away * series.values).sum(axis=1), spread, out=np.zeros_like(mean_y), where=spread > 0.0)
    return mean_y - slope * mean_t, slope


def _size(series: LocalSeries) -> FloatArray:
    """Return the mean absolute observation, > 0, shape (n_series,)."""
    size = np.where(series.there, np.abs(series.values), 0.0).sum(axis=1) / np.maximum(series.length, 1)
    return np.asarray(np.where(size > 0.0, size, 1.0), dtype=np.float64)
