"""What kind of answer each forecast row is: the facts decide first, then what the paths can carry."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from features.domain.vocabulary import QUANTILE_LEVELS, Status
from models.contracts import FloatArray
from models.risk.settings import RiskSettings

LOW, HIGH = QUANTILE_LEVELS.index(0.10), QUANTILE_LEVELS.index(0.90)


def decide_statuses(
    targets: pd.DataFrame, quota: FloatArray, levels: FloatArray, pooled: FloatArray, settings: RiskSettings
) -> tuple[list[str], list[str]]:
    """Return status and reason of each target.

    A status that the facts decided stands. Then comes a missing or unusable quota, then a forecast that rests on
    similar reps, then a range too wide for its middle to mean much.

    Args:
        targets: `TARGET_COLUMNS`.
        quota: Usable quotas, NaN where there is none, shape (n_targets,).
        levels: Quantiles at `QUANTILE_LEVELS`, shape (n_levels, n_targets), currency.
        pooled: Share that rests on similar reps, NaN where not told, shape (n_targets,).
        settings: Thresholds.
    """
    width = (levels[HIGH] - levels[LOW]) / quota
    rows = zip(
        targets["status"].fillna("").astype("str"),
        targets["reason"].fillna("").astype("str"),
        targets["quota"].to_numpy(dtype=np.float64),
        quota,
        targets["tenure_days"].to_numpy(dtype=np.float64),
        pooled,
        width,
        strict=True,
    )
    decided = [_decide(_Row(*row), settings) for row in rows]
    return [status for status, _ in decided], [reason for _, reason in decided]


class _Row(NamedTuple):
    told: str
    told_reason: str
    given: float
    quota: float
    tenure: float
    pooled: float
    width: float


def _decide(row: _Row, settings: RiskSettings) -> tuple[str, str]:
    if row.told:
        return row.told, row.told_reason
    if not np.isfinite(row.quota):
        return str(Status.NO_QUOTA), _why_no_quota(row.given)
    if row.tenure < settings.cold_start_days:
        return str(Status.COLD_START), f"{row.tenure:.0f} days in seat; the forecast rests mostly on similar reps."
    if row.pooled > settings.cold_start_pooled:
        return str(Status.COLD_START), f"{row.pooled:.0%} of the forecast rests on similar reps."
    if row.width > settings.wide_width:
        return str(Status.WIDE), f"The 80 % range spans {row.width:.0%} of quota."
    return str(Status.OK), ""


def _why_no_quota(given: float) -> str:
    if not np.isfinite(given):
        return "There is no quota for this period; bookings are forecast, attainment is not."
    if given <= 0:
        return f"The quota is {given:,.0f}; attainment needs a quota above zero."
    return f"The quota of {given:,.0f} is far below the segment's usual; a share of it would mislead."
