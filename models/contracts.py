"""The frames that pass between features, forecasters, explanations and the service, and who must provide what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.columns import (
    BOOKING_COLUMNS,
    DEAL_COLUMNS,
    LIFECYCLE_COLUMNS,
    REP_COLUMNS,
    TARGET_COLUMNS,
    TARGET_KEYS,
)
from features.domain.time import WorkCalendar
from features.domain.vocabulary import Grade

FloatArray = npt.NDArray[np.float64]

__all__ = [
    "BOOKING_COLUMNS",
    "DEAL_COLUMNS",
    "LIFECYCLE_COLUMNS",
    "REP_COLUMNS",
    "STRUCTURE_COLUMNS",
    "TARGET_COLUMNS",
    "TARGET_KEYS",
    "CompanyState",
    "Explains",
    "FloatArray",
    "ForecastPaths",
    "Forecaster",
    "TrainingHistory",
]


@dataclass(frozen=True)
class CompanyState:
    """Everything a forecaster may know about a company at one as_of.

    Attributes:
        as_of: Moment of knowledge (end of that day).
        targets: One row per rep, open period and metric: `TARGET_COLUMNS` then registry features.
        deals: One row per open deal: `DEAL_COLUMNS` then deal features; empty at grade D.
        bookings: `BOOKING_COLUMNS`, all known by the as_of.
        lifecycles: `LIFECYCLE_COLUMNS`, all known by the as_of; empty at grade D.
        reps: `REP_COLUMNS`.
        calendar: Working days and fiscal year.
        grade: Point-in-time grade of the deals.
        returns_allowed: Whether negative bookings are declared normal.
    """

    as_of: date
    targets: pd.DataFrame
    deals: pd.DataFrame
    bookings: pd.DataFrame
    lifecycles: pd.DataFrame
    reps: pd.DataFrame
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    grade: Grade = Grade.D
    returns_allowed: bool = False


@dataclass(frozen=True)
class TrainingHistory:
    """What a forecaster may learn from: the company now, and labelled states of its past.

    Attributes:
        now: State at the training as_of; its bookings and lifecycles hold the labels that were known by then.
        targets: Targets at past cutoffs, stacked (see `as_of`), with `final_attained`; only periods whose label was
            known at the training as_of, that is that ended and settled.
        deals: Open deals at past cutoffs, stacked, with `won_on`, `lost_on` (NaT), `final_amount` (NaN unless won)
            and `observed_until` (last day on which the outcome could have been seen; censoring).
    """

    now: CompanyState
    targets: pd.DataFrame
    deals: pd.DataFrame


@dataclass(frozen=True)
class ForecastPaths:
    """Joint simulated outcomes: column j of every row is the same simulated world.

    Attributes:
        targets: The state's targets, one row per path row, same order, RangeIndex.
        booked: Shape (n_targets,), currency already attained.
        open_deals: Shape (n_targets, n_paths), currency still to come from deals open at the as_of.
        new_deals: Shape (n_targets, n_paths), currency from everything not yet open at the as_of (deals not born
            yet; all future bookings where there is no pipeline), less returns.
        metadata: What the forecaster wants told: fallback counts, pooled shares.
    """

    targets: pd.DataFrame
    booked: FloatArray
    open_deals: FloatArray
    new_deals: FloatArray
    metadata: Mapping[str, object] = field(default_factory=dict)

    @property
    def attained(self) -> FloatArray:
        """Final attained amount, shape (n_targets, n_paths), currency."""
        return np.asarray(self.booked[:, None] + self.open_deals + self.new_deals, dtype=np.float64)


class Forecaster(Protocol):
    """Anything that turns a company's state into joint paths; `models/checks.py` is its contract suite."""

    name: str

    def fit(self, history: TrainingHistory) -> Self:
        """Learn from the past; marked fitted only after it succeeded."""
        ...

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths for `state.targets`; same arguments, same bytes; inputs are not changed."""
        ...


STRUCTURE_COLUMNS = (
    "volume_open",  # open deals that the rep's usual pace of new ones keeps, count
    "volume_new",  # deals expected to be born before the period ends, count
    "size",  # usual amount of the rep's wins, currency: open deals
    "size_new",  # usual amount of the rep's wins, currency: deals not born yet
    "win",  # usual chance that a deal of the rep is ever won, 0..1: open deals
    "win_new",  # usual chance that a deal of the rep is ever won, 0..1: deals not born yet
    "quality",  # number, amount and chance of the open deals, against the rep's usual ones; 1.0 = as usual
    "timing",  # share of open value that is won in time, given that it is won, 0..1
    "timing_new",  # share of new value that is born and won in time, given that it is won, 0..1
    "booked",  # currency already attained
    "quota",  # currency
)
"""Inputs of the structural equation
`mean attained = booked + volume_open * size * win * quality * timing
+ volume_new * size_new * win_new * timing_new`."""


class Explains(Protocol):
    """A forecaster that can state its mean as the structural equation."""

    def structure(self, state: CompanyState, paths: ForecastPaths) -> pd.DataFrame:
        """Return `STRUCTURE_COLUMNS`, one row per target, whose equation gives the paths' mean to 1e-9 relative."""
        ...
