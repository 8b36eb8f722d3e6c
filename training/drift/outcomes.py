"""From backtest rows and deals to the sums of closed periods that drift of outcomes is told from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from features.domain.time import Period
from features.domain.vocabulary import REVENUE
from models.accuracy.drift import Inflow, PeriodSum
from training.backtest.folds import LEADS

SHARES = dict(LEADS)
LEAST_CLOSED = 0.5
"""Share of the usual number of closings from which on a source is taken to hold a period whole."""


def period_sums(rows: pd.DataFrame) -> list[PeriodSum]:
    """Return the company's sum of forecasts and outcomes per period and lead.

    Args:
        rows: Rows of one forecaster as `rolling_backtest` returns them, revenue alone is summed.
    """
    mine = rows[rows["metric"] == REVENUE]
    sums = []
    for (start, lead), group in mine.groupby(["period_start", "lead"], sort=True, observed=True):
        rank = group["pit"].to_numpy(dtype=np.float64)
        sums.append(
            PeriodSum(
                period_start=pd.Timestamp(str(start)).date().isoformat(),
                left=1.0 - SHARES[str(lead)],
                reps=len(group),
                expected=float(group["forecast_mean"].sum()),
                came=float(group["outcome"].sum()),
                spread=float(np.sqrt(12.0 * np.mean((rank - 0.5) ** 2)) - 1.0),
            )
        )
    return sums


def inflow_of(lifecycles: pd.DataFrame, reps: pd.DataFrame, periods: Sequence[Period]) -> list[Inflow]:
    """Return the deals opened in each period that the source holds whole; empty where the company keeps no pipeline.

    Args:
        lifecycles: `LIFECYCLE_COLUMNS` known at the end of the last period or later.
        reps: `REP_COLUMNS`.
        periods: Closed periods.
    """
    if lifecycles.empty:
        return []
    created = lifecycles["created_on"].dropna()
    known = _held_whole(lifecycles["closed_on"].dropna(), periods)
    hired, left = pd.to_datetime(reps["hire_date"]), pd.to_datetime(reps["end_date"])
    found = []
    for period in known:
        start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
        first, last = hired.fillna(start).clip(lower=start), left.fillna(end).clip(upper=end)
        present = ((last - first).dt.days + 1).clip(lower=0) / period.days
        opened = int(((created >= start) & (created <= end)).sum())
        season = (period.start.month - 1) // max(1, round(period.days / 30.4))
        found.append(Inflow(period.start.isoformat(), season, opened, float(present.sum())))
    return found


def _held_whole(closed: pd.Series, periods: Sequence[Period]) -> list[Period]:
    """Return the periods from the one on at whose time the source was in use.

    Of deals opened before that, a source holds only those that were still open then: counting them would show an inflow
    that grows. When it began is told by closings, and not by the first one, whose date may be wrong.
    """
    counts = [int(closed.between(pd.Timestamp(p.start), pd.Timestamp(p.end)).sum()) for p in periods]
    usual = float(np.median([count for count in counts if count])) if any(counts) else np.inf
    began = next((place for place, count in enumerate(counts) if count >= LEAST_CLOSED * usual), len(counts))
    return list(periods[began:])
