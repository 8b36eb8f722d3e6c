"""Interval of a metric by resampling whole periods: rows of one period share a shock and are not independent."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError

IndexArray = npt.NDArray[np.intp]


class MetricInterval(NamedTuple):
    """A metric with its interval, in the metric's unit; `blocks` is the number of periods behind it."""

    value: float
    low: float
    high: float
    blocks: int


def block_bootstrap(
    metric: Callable[[IndexArray], float],
    blocks: npt.ArrayLike,
    *,
    seed: int,
    nominal_coverage: float = 0.9,
    n_resamples: int = 500,
) -> MetricInterval:
    """Return a metric over all rows and its percentile interval over resampled blocks.

    Args:
        metric: Computes the metric of the rows whose positions it is given; positions repeat.
        blocks: Label of each row's block, usually its period, shape (n,); at least two different ones.
        seed: Decides the resamples.
        nominal_coverage: Promise of the interval, in (0, 1).
        n_resamples: Number of resamples, at least 20.

    Raises:
        UsageError: Fewer than two blocks, or a setting outside its range.

    References:
        Kuensch (1989), doi:10.1214/aos/1176347265.

    Examples:
        >>> errors = np.array([1.0, 1.0, 3.0, 3.0])
        >>> block_bootstrap(lambda rows: float(errors[rows].mean()), ["q1", "q1", "q2", "q2"], seed=1)
        MetricInterval(value=2.0, low=1.0, high=3.0, blocks=2)
    """
    labels, code = np.unique(np.asarray(blocks), return_inverse=True)
    if len(labels) < 2:
        raise UsageError(f"there is {len(labels)} block; an interval needs at least two periods, state the value alone")
    if not 0.0 < nominal_coverage < 1.0 or n_resamples < 20:
        raise UsageError(f"nominal_coverage {nominal_coverage} must lie in (0, 1), n_resamples {n_resamples} be >= 20")
    rows = [np.flatnonzero(code == label) for label in range(len(labels))]
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(labels), (n_resamples, len(labels)))
    values = np.array([metric(np.concatenate([rows[label] for label in draw])) for draw in draws])
    tail = (1.0 - nominal_coverage) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return MetricInterval(metric(np.arange(len(code))), float(low), float(high), len(labels))
