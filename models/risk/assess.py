"""One row per target read off its paths: range, chances, status and risk band."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.errors import UsageError
from features.domain.vocabulary import QUANTILE_LEVELS
from models.contracts import TARGET_KEYS, FloatArray, ForecastPaths
from models.risk.bands import risk_bands
from models.risk.quotas import usable_quota
from models.risk.settings import RiskSettings
from models.risk.statuses import decide_statuses

QUANTILE_COLUMNS = tuple(f"q{round(level * 100):02d}" for level in QUANTILE_LEVELS)
ASSESSMENT_COLUMNS = (
    *TARGET_KEYS,
    "status",
    "reason",
    "forecast_mean",
    *QUANTILE_COLUMNS,
    "p_attain",
    "p_below_80",
    "risk_band",
    "pooled_share",
)
ATOM = 1e-9
"""Relative rounding within which an outcome counts as exactly the quota."""


def assess(paths: ForecastPaths, settings: RiskSettings | None = None) -> pd.DataFrame:
    """Return what is told about each target.

    Args:
        paths: Joint paths, at least one.
        settings: Thresholds; the defaults when not given.

    Returns:
        `ASSESSMENT_COLUMNS`, one row per target in the order of `paths.targets`, RangeIndex. `p_attain` counts the
        worlds that end exactly at the quota as met; it is NaN, and `risk_band` None, where there is no usable quota
        or the status says that the numbers are not to be used.

    Raises:
        UsageError: There is no path.
    """
    chosen = settings or RiskSettings()
    if paths.open_deals.shape[1] == 0:
        raise UsageError("assess was given 0 paths; simulate at least one")
    attained, targets = paths.attained, paths.targets.reset_index(drop=True)
    quota = usable_quota(targets, chosen.tiny_quota)
    levels = np.quantile(attained, QUANTILE_LEVELS, axis=1)
    pooled = pooled_share(paths)
    frame = targets[list(TARGET_KEYS)].copy()
    frame["status"], frame["reason"] = decide_statuses(targets, quota, levels, pooled, chosen)
    frame["forecast_mean"] = attained.mean(axis=1)
    for name, values in zip(QUANTILE_COLUMNS, levels, strict=True):
        frame[name] = values
    frame["p_attain"], frame["p_below_80"] = chances(attained, quota)
    frame["risk_band"] = risk_bands(frame, chosen)
    frame["pooled_share"] = pooled
    return frame[list(ASSESSMENT_COLUMNS)]


def chances(attained: FloatArray, quota: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the shares of worlds that reach the quota and that stay below 80 % of it.

    Args:
        attained: Final amounts, shape (n_targets, n_paths), currency.
        quota: Shape (n_targets,), currency, NaN where there is none.

    Examples:
        >>> met, below = chances(np.array([[50.0, 90.0, 100.0, 130.0]]), np.array([100.0]))
        >>> met.tolist(), below.tolist()
        ([0.5], [0.25])
    """
    target = quota[:, None]
    slack = ATOM * np.abs(target)
    met = (attained >= target - slack).mean(axis=1)
    below = (attained < 0.8 * target - slack).mean(axis=1)
    known = np.isfinite(quota)
    return np.where(known, met, np.nan), np.where(known, below, np.nan)


def pooled_share(paths: ForecastPaths) -> FloatArray:
    """Return how much of each target's forecast rests on similar reps, 0..1; NaN where the forecaster does not say."""
    told = paths.metadata.get("pooled_share")
    if told is None:
        return np.full(len(paths.targets), np.nan)
    shares: npt.NDArray[np.float64] = np.asarray(told, dtype=np.float64)
    return shares
