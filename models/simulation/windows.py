"""Forecast windows: which stretch of the future each target asks about, cut into segments that all targets share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.simulation.days import day_numbers


@dataclass(frozen=True)
class Windows:
    """The future after an as_of, cut at every edge that some target has.

    Attributes:
        horizons: Ends of the segments, days ahead, ascending; segment k runs from the previous end (or 0) to its own.
        first: First segment of each target, shape (n_targets,).
        stop: Segment after the last of each target, shape (n_targets,).
    """

    horizons: FloatArray
    first: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]

    def sums(self, segments: FloatArray, rep_row: npt.NDArray[np.int64]) -> FloatArray:
        """Return each target's total.

        Args:
            segments: Shape (n_reps, n_segments, n_paths).
            rep_row: Row of each target's rep, shape (n_targets,).

        Returns:
            Shape (n_targets, n_paths).
        """
        out = np.zeros((len(rep_row), segments.shape[2]))
        for low, high in sorted(set(zip(self.first.tolist(), self.stop.tolist(), strict=True))):
            rows = np.flatnonzero((self.first == low) & (self.stop == high))
            for segment in range(low, high):
                out[rows] += segments[rep_row[rows], segment]
        return out


def windows(targets: pd.DataFrame, edges: Sequence[float] = ()) -> Windows:
    """Return the windows of `TARGET_COLUMNS` rows of one as_of.

    Args:
        targets: Rows.
        edges: Further places to cut at, days ahead.

    Examples:
        >>> targets = pd.DataFrame({"as_of": ["2020-05-31"] * 2, "period_start": ["2020-06-01", "2020-04-01"],
        ...                         "period_end": ["2020-06-30", "2020-06-30"]}).astype("datetime64[us]")
        >>> windows(targets).horizons.tolist()
        [30.0]
    """
    as_of = day_numbers(targets["as_of"])
    low = np.maximum(day_numbers(targets["period_start"]) - as_of - 1.0, 0.0)
    high = np.maximum(day_numbers(targets["period_end"]) - as_of, 0.0)
    cuts = np.unique(np.concatenate([[0.0], low, high, np.asarray(edges, dtype=np.float64)]))
    return Windows(
        horizons=cuts[1:],
        first=np.searchsorted(cuts, low).astype(np.int64),
        stop=np.searchsorted(cuts, high).astype(np.int64),
    )
