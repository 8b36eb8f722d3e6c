"""Risk bands: what a manager may do with a forecast this week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.domain.vocabulary import RiskBand, Status
from models.risk.settings import RiskSettings

BANDED = (Status.OK, Status.WIDE, Status.COLD_START)
"""Statuses whose chances may carry a band."""


def risk_bands(assessed: pd.DataFrame, settings: RiskSettings) -> pd.Series:
    """Return the band of each row: `act`, `on_track`, `watch`, or None where nothing may be banded.

    Args:
        assessed: `status, p_attain, p_below_80`, one row per target.
        settings: Thresholds.

    Examples:
        >>> rows = pd.DataFrame({"status": ["ok", "ok", "wide", "left"], "p_attain": [0.1, 0.4, 0.7, 0.0],
        ...                      "p_below_80": [0.9, 0.4, 0.2, 1.0]})
        >>> risk_bands(rows, RiskSettings()).tolist()
        ['act', 'watch', 'on_track', None]
    """
    act = (assessed["p_below_80"] >= settings.act_below_80).to_numpy(dtype=np.bool_)
    good = (assessed["p_attain"] >= settings.on_track_attain).to_numpy(dtype=np.bool_)
    banded = assessed["status"].isin([str(status) for status in BANDED]) & assessed["p_attain"].notna()
    names = np.where(act, str(RiskBand.ACT), np.where(good, str(RiskBand.ON_TRACK), str(RiskBand.WATCH)))
    values = [str(name) if shown else None for name, shown in zip(names, banded, strict=True)]
    return pd.Series(values, index=assessed.index, dtype="object")
