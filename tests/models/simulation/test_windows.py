"""Windows: the future cut at every edge, targets as sums of segments."""

from __future__ import annotations

import numpy as np

from models.simulation.windows import windows
from tests.models.simulation.builders import targets

ROWS = targets(
    [("r", "2024-07-01", "2024-09-30"), ("r", "2024-08-01", "2024-08-31"), ("r", "2024-10-01", "2024-12-31")],
    as_of="2024-08-11",
)


def test_segments_end_at_every_edge() -> None:
    # From 11 August: 20 days to its end, 50 to the quarter's end, 142 to the year's end.
    assert windows(ROWS).horizons.tolist() == [20.0, 50.0, 142.0]


def test_a_quarter_is_the_sum_of_its_months_and_the_next_one_starts_after_it() -> None:
    segments = np.array([[[1.0], [10.0], [100.0]]])
    found = windows(ROWS).sums(segments, np.zeros(3, dtype=np.int64))
    assert found[:, 0].tolist() == [11.0, 1.0, 100.0]


def test_further_edges_cut_finer_and_change_no_sum() -> None:
    fine = windows(ROWS, edges=(7.0,))
    assert fine.horizons.tolist() == [7.0, 20.0, 50.0, 142.0]
    segments = np.array([[[0.4], [0.6], [10.0], [100.0]]])
    assert fine.sums(segments, np.zeros(3, dtype=np.int64))[:, 0].tolist() == [11.0, 1.0, 100.0]
