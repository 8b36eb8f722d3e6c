"""What a rep booked in earlier periods of the same length: the naive rules and the scale of every residual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.time import Grain, add_months
from models.contracts import CompanyState, FloatArray
from models.forecasters.ledger import DayArray, Ledger, day_number, day_numbers

RowArray = npt.NDArray[np.intp]

PRIOR_PERIODS = 1.0
"""Weight of similar reps, in past periods, in the scale of a residual."""


class Group(NamedTuple):
    """Positions of the targets of one grain and measure."""

    grain: Grain
    metric: str
    rows: RowArray


@dataclass(frozen=True)
class PastPeriods:
    """Bookings of each target's rep in the complete periods of the same length before it.

    Attributes:
        sums: Shape (n_targets, n_back), currency, nearest period first.
        in_seat: Same shape, whether the rep was there, and the data reaches back, for the whole of that period.
    """

    sums: FloatArray
    in_seat: npt.NDArray[np.bool_]

    def mean(self) -> FloatArray:
        """Return each target's mean over its periods in seat, and the mean over all targets where it has none."""
        total, count = np.where(self.in_seat, self.sums, 0.0).sum(axis=1), self.in_seat.sum(axis=1)
        pooled = total.sum() / max(count.sum(), 1)
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1), pooled), dtype=np.float64)


def groups(targets: pd.DataFrame) -> Iterator[Group]:
    """Yield the groups of targets that may be compared with each other."""
    grain, metric = targets["grain"].to_numpy(dtype=object), targets["metric"].to_numpy(dtype=object)
    for key in sorted(set(zip(grain, metric, strict=True))):
        yield Group(Grain(key[0]), key[1], np.flatnonzero((grain == key[0]) & (metric == key[1])))


def past_periods(state: CompanyState, group: Group, n_back: int) -> PastPeriods:
    """Return bookings in the `n_back` complete periods before each target of a group, as known at the as_of.

    Periods count back from the one of the target's grain that holds the day after the as_of, so that a target that
    has not begun looks back past the running period.
    """
    targets = state.targets.iloc[group.rows]
    reps = targets["rep_id"].to_numpy(dtype=object)
    ledger = Ledger(state.bookings, group.metric)
    edges = _edges(targets, day_number(state.as_of) + 1, group.grain, n_back)
    first_day = day_number(state.as_of) - targets["tenure_days"].to_numpy(dtype=np.int64)
    sums = np.stack([ledger.sums(reps, edges[:, b + 1], edges[:, b]) for b in range(n_back)], axis=1)
    # Days before the data begins are unknown, not zero.
    in_seat = (first_day[:, None] <= edges[:, 1:]) & (edges[:, 1:] >= ledger.first_month)
    return PastPeriods(sums, in_seat)


def booked_by_then(state: CompanyState, group: Group, n_back: int) -> FloatArray:
    """Return what those periods had brought when as many days of them were left as of the target now, currency.

    Counting days from the end keeps a rush in the last weeks in its place, however long the period.

    Returns:
        Shape (n_targets, n_back), nearest period first, as `past_periods` has them.
    """
    targets = state.targets.iloc[group.rows]
    reps = targets["rep_id"].to_numpy(dtype=object)
    ledger = Ledger(state.bookings, group.metric)
    edges = _edges(targets, day_number(state.as_of) + 1, group.grain, n_back)
    left = targets["days_left"].to_numpy(dtype=np.int64)
    parts = []
    for back in range(n_back):
        start = edges[:, back + 1]
        parts.append(ledger.sums(reps, start, np.maximum(edges[:, back] - left, start)))
    return np.stack(parts, axis=1)


def trailing_year(state: CompanyState) -> FloatArray:
    """Return the mean of the periods of the last year (12 months, 4 quarters or 1 year) before each target."""
    out = np.zeros(len(state.targets))
    for group in groups(state.targets):
        out[group.rows] = past_periods(state, group, 12 // group.grain.months).mean()
    return out


def at_least_attained(state: CompanyState, point: FloatArray) -> FloatArray:
    """Return the larger of `point` and what is attained; `point` itself where returns may take bookings back."""
    if state.returns_allowed:
        return point
    return np.asarray(np.maximum(point, state.targets["attained"].to_numpy(dtype=np.float64)), dtype=np.float64)


def residual_scale(state: CompanyState) -> FloatArray:
    """Return a size per target, currency, >= 0, that makes residuals of large and small reps comparable.

    The mean size of the last year's periods, shrunk to that of similar targets by `PRIOR_PERIODS`, times the root of
    the share of the period that is left. It is 0.0 only where nobody has booked anything.
    """
    scale = np.zeros(len(state.targets))
    for group in groups(state.targets):
        past = past_periods(state, group, 12 // group.grain.months)
        total, count = np.where(past.in_seat, np.abs(past.sums), 0.0).sum(axis=1), past.in_seat.sum(axis=1)
        pooled = total.sum() / max(count.sum(), 1)
        scale[group.rows] = (total + PRIOR_PERIODS * pooled) / (count + PRIOR_PERIODS)
    left = np.clip(1.0 - state.targets["elapsed"].to_numpy(dtype=np.float64), 0.02, 1.0)
    return np.asarray(scale * np.sqrt(left), dtype=np.float64)


def _edges(targets: pd.DataFrame, tomorrow: int, grain: Grain, n_back: int) -> DayArray:
    """Return the first days of the running period and of those before it, newest first, shape (n, n_back + 1)."""
    starts, ends = day_numbers(targets["period_start"]), day_numbers(targets["period_end"])
    out = np.empty((len(targets), n_back + 1), dtype=np.int64)
    for start in np.unique(starts):
        rows = starts == start
        out[rows] = _period_starts(int(start), int(ends[rows][0]), tomorrow, grain, n_back)
    return out


def _period_starts(start: int, end: int, tomorrow: int, grain: Grain, n_back: int) -> list[int]:
    first = np.datetime64(start, "D").astype(object)
    if first.day != 1:
        # A company's own calendar (13 weeks, say) steps by the length of the period itself.
        length = end - start + 1
        newest = start - length * max(-((tomorrow - start) // length), 0)
        return [newest - length * back for back in range(n_back + 1)]
    ahead = 0
    while day_number(add_months(first, -ahead * grain.months)) > tomorrow:
        ahead += 1
    return [day_number(add_months(first, -(ahead + back) * grain.months)) for back in range(n_back + 1)]
