"""The company's season: how much of an average month each calendar month brings, and each part of a month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.forecasters.series_panel import Panel, first_day, month_end, running_month

SEASON_MONTHS = 24
"""Fewer months than this cannot tell a season from a trend: the index is flat then."""

SEASON_PRIOR = 1.0
"""Weight of a flat season, in years."""

MONTH_PARTS = 10
MONTH_PRIOR = 1.0
"""Weight of an even month, in months of bookings, against the observed course of a month."""


def season_index(panel: Panel) -> FloatArray:
    """Return the index of the 12 calendar months, mean 1.0, > 0; all 1.0 below `SEASON_MONTHS` months.

    Ratio of the company's months to their centred 12-month mean, averaged per calendar month and shrunk to 1.
    """
    flat = np.ones(12)
    total = panel.values.sum(axis=0)
    if panel.n_months < SEASON_MONTHS:
        return flat
    weights = np.array([0.5, *[1.0] * 11, 0.5]) / 12.0
    trend = np.convolve(total, weights, mode="valid")
    middle = total[6 : 6 + len(trend)]
    usable = trend > 0.0
    ratio = np.divide(middle, trend, out=np.ones_like(trend), where=usable)
    calendar = (panel.start + 6 + np.arange(len(trend))) % 12
    count = np.bincount(calendar[usable], minlength=12)
    excess = np.bincount(calendar[usable], weights=ratio[usable] - 1.0, minlength=12)
    index = np.maximum(flat + excess / (count + SEASON_PRIOR), 0.05)
    return np.asarray(index / index.mean(), dtype=np.float64)


def month_course(bookings: pd.DataFrame, metric: str, as_of: date) -> FloatArray:
    """Return the share of a month's bookings made by each tenth of it, shape (MONTH_PARTS + 1,), from 0.0 to 1.0.

    Pooled over the last 12 complete months, each month with the same weight, shrunk to an even course.
    """
    end = running_month(as_of)
    known = (bookings["known_on"] <= pd.Timestamp(as_of)) & (bookings["metric"] == metric)
    mine = bookings[known & (bookings["day"] < pd.Timestamp(first_day(end)))]
    day = mine["day"]
    month = day.dt.year.to_numpy(dtype=np.int64) * 12 + day.dt.month.to_numpy(dtype=np.int64) - 1
    recent = month >= end - 12
    length = day.dt.days_in_month.to_numpy(dtype=np.float64)
    part = np.minimum(((day.dt.day.to_numpy() - 0.5) / length * MONTH_PARTS).astype(np.int64), MONTH_PARTS - 1)
    mass = np.zeros((12, MONTH_PARTS))
    amount = np.maximum(mine["amount"].to_numpy(dtype=np.float64), 0.0)
    np.add.at(mass, (month[recent] - end + 12, part[recent]), amount[recent])
    size = mass.sum(axis=1, keepdims=True)
    shares = np.divide(mass, size, out=np.zeros_like(mass), where=size > 0.0).sum(axis=0)
    even = np.full(MONTH_PARTS, 1.0 / MONTH_PARTS)
    course = (shares + MONTH_PRIOR * even) / (float((size > 0.0).sum()) + MONTH_PRIOR)
    return np.concatenate([[0.0], np.cumsum(course)[:-1], [1.0]])


def share_between(course: FloatArray, month: int, start: date, stop: date) -> float:
    """Return the share of a calendar month's bookings on days `start` <= day < `stop`, 0..1.

    Examples:
        >>> share_between(np.linspace(0.0, 1.0, 11), 24245, date(2020, 6, 16), date(2020, 7, 1))
        0.5
    """
    first, length = first_day(month), month_end(month).day
    at = [min(max((day - first).days / length, 0.0), 1.0) for day in (start, stop)]
    low, high = np.interp(at, np.linspace(0.0, 1.0, len(course)), course)
    return float(high - low)
