"""What a chart of one period needs: booked line, ranges on the days to come, example paths and dots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from features.domain.vocabulary import QUANTILE_LEVELS
from models.contracts import FloatArray
from service.scoring.documents import FanPoint

EXAMPLES = 7
"""Number of example paths shown beside the bands."""


def fan_points(days: Sequence[date], amounts: FloatArray) -> list[FanPoint]:
    """Return the quantiles of the cumulative amount on each day.

    Args:
        days: Days, ascending.
        amounts: Shape (n_days, n_paths), currency.
    """
    levels = np.quantile(amounts, QUANTILE_LEVELS, axis=1)
    return [
        FanPoint(
            day=day.isoformat(),
            q05=float(column[0]),
            q10=float(column[1]),
            q25=float(column[2]),
            q50=float(column[3]),
            q75=float(column[4]),
            q90=float(column[5]),
            q95=float(column[6]),
        )
        for day, column in zip(days, levels.T, strict=True)
    ]


def examples(amounts: FloatArray, count: int = EXAMPLES) -> list[list[float]]:
    """Return `count` whole paths whose finishes are spread evenly over the distribution."""
    order = np.argsort(amounts[-1], kind="stable")
    picks = order[((np.arange(count) + 0.5) / count * len(order)).astype(int)]
    return [[float(value) for value in amounts[:, pick]] for pick in picks]


def dots(total: FloatArray, count: int = 20) -> list[float]:
    """Return `count` equally likely finishes, ascending.

    Examples:
        >>> dots(np.arange(40.0), 4)
        [4.875, 14.625, 24.375, 34.125]
    """
    return [float(value) for value in np.quantile(total, (np.arange(count) + 0.5) / count)]


def booked_line(bookings: pd.DataFrame, start: date, as_of: date) -> list[tuple[str, float]]:
    """Return the cumulative amount booked as steps, from `start` to `as_of`: before and after each day with a booking.

    Args:
        bookings: `BOOKING_COLUMNS` of one rep and metric.
        start: First day of the period.
        as_of: Last day known.
    """
    inside = bookings[(bookings["day"] >= pd.Timestamp(start)) & (bookings["day"] <= pd.Timestamp(as_of))]
    daily = inside.groupby("day", sort=True)["amount"].sum().cumsum()
    line = [(start.isoformat(), 0.0)]
    for moment, amount in daily.items():
        day = pd.Timestamp(moment).date().isoformat()
        line += [(day, line[-1][1]), (day, float(amount))]
    if as_of >= start and line[-1][0] != as_of.isoformat():
        line.append((as_of.isoformat(), line[-1][1]))
    return line
