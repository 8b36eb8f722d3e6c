"""Tiny quotas are judged beside the same segment, grain and measure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.risk.quotas import usable_quota


def test_a_small_quota_in_a_small_segment_is_fine() -> None:
    rows = pd.DataFrame(
        {
            "segment": ["smb"] * 3 + ["ent"] * 3,
            "grain": "quarter",
            "metric": "revenue",
            "quota": [10.0, 12.0, 11.0, 1_000.0, 1_100.0, 10.0],
        }
    )
    assert np.isnan(usable_quota(rows, 0.05)).tolist() == [False] * 5 + [True]


def test_a_month_is_not_compared_with_a_quarter() -> None:
    rows = pd.DataFrame(
        {"segment": None, "grain": ["month", "year", "year"], "metric": "revenue", "quota": [1.0, 100.0, 120.0]}
    )
    assert usable_quota(rows, 0.05).tolist() == [1.0, 100.0, 120.0]
