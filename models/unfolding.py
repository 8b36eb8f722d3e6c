"""How the rest of a period may unfold: cumulative amounts on the days to come that end at the served forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from models.contracts import CompanyState, FloatArray, Forecaster, ForecastPaths

STEPS = 8
"""Number of points between the as_of and the end of the period."""


@dataclass(frozen=True)
class Unfolding:
    """Days to come and the cumulative amount on each of them, per target.

    Attributes:
        days: Days per target, the as_of first and the period's last day last.
        amounts: Per target, shape (n_days, n_paths), currency; the last row is the served distribution.
    """

    days: list[list[date]]
    amounts: list[FloatArray]


def way_points(as_of: date, end: date, steps: int = STEPS) -> list[date]:
    """Return up to `steps` days after `as_of`, evenly spread, the last of which is `end`.

    Examples:
        >>> [day.day for day in way_points(date(2020, 6, 10), date(2020, 6, 30), 4)]
        [15, 20, 25, 30]
    """
    left = (end - as_of).days
    count = min(steps, left)
    return [as_of + timedelta(days=round(left * (step + 1) / count)) for step in range(count)]


def unfold(
    forecaster: Forecaster, state: CompanyState, paths: ForecastPaths, rows: Sequence[int], seed: int
) -> Unfolding:
    """Return how the served totals of target rows `rows` may unfold over the days to come.

    The forecaster is asked for the same periods ending earlier; each path keeps the share of its remaining amount
    that falls before each day, applied to the served total, so that the last day is the served distribution exactly.

    Args:
        forecaster: The one that made `paths`.
        state: State that was forecast.
        paths: Served paths.
        rows: Positions in `paths.targets` of periods that have begun.
        seed: Seed of the simulation.
    """
    if not rows:
        return Unfolding(days=[], amounts=[])
    as_of = state.as_of
    points = [way_points(as_of, pd.Timestamp(paths.targets["period_end"].iloc[row]).date()) for row in rows]
    wanted = pd.concat(
        [_ending_on(paths.targets.iloc[[row]], days, as_of) for row, days in zip(rows, points, strict=True)],
        ignore_index=True,
    )
    served = paths.attained
    shaped = forecaster.simulate(replace(state, targets=wanted), served.shape[1], seed).attained
    amounts, start = [], 0
    for row, days in zip(rows, points, strict=True):
        block = shaped[start : start + len(days)]
        start += len(days)
        amounts.append(_rescaled(block, served[row], float(paths.booked[row]), len(days)))
    return Unfolding(days=[[as_of, *days] for days in points], amounts=amounts)


def _ending_on(target: pd.DataFrame, days: Sequence[date], as_of: date) -> pd.DataFrame:
    copies = pd.concat([target] * len(days), ignore_index=True)
    copies["period_end"] = pd.to_datetime(pd.Series(days)).astype(copies["period_end"].dtype)
    copies["days_left"] = [(day - as_of).days for day in days]
    return copies


def _rescaled(block: FloatArray, total: FloatArray, booked: float, count: int) -> FloatArray:
    """Return cumulative amounts that keep the shape of `block` and end at `total`, as_of first."""
    rest = block[-1] - booked
    even = np.linspace(0.0, 1.0, count + 1)[1:, None]
    moves = np.abs(rest) > 1e-9
    shares = np.where(moves[None, :], (block - booked) / np.where(moves, rest, 1.0)[None, :], even)
    shares = np.clip(shares, 0.0, 1.0)
    shares[-1] = 1.0
    path = booked + shares * (total - booked)[None, :]
    return np.vstack([np.full((1, len(total)), booked), path])
