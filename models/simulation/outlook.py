"""Everything about the future of one state that is not random: what is expected of open and of unborn deals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.simulation.joint_paths import NewBook, OpenBook
from models.simulation.returns import ReturnsBook
from models.simulation.windows import Windows


@dataclass(frozen=True)
class PeriodClock:
    """Where an as_of stands in the period that sets the rhythm of the company.

    Attributes:
        elapsed: Share of the running period that is gone, 0..1, by calendar days.
        ends: Days ahead to the end of the running period and to the end of the next one.
    """

    elapsed: float
    ends: tuple[float, float]


@dataclass(frozen=True)
class Outlook:
    """What is expected of one state, before any draw.

    Attributes:
        reps: `rep_id, team_id, left`, one row per rep with a target.
        rep_row: Row of each target's rep, shape (n_targets,).
        windows: Segments of the future.
        period: Where the as_of stands in its period.
        deals: Open deals of those reps, sorted by rep and opportunity.
        opened: Their hazards and amounts.
        new: Unborn deals.
        ever_open: Chance that each open deal is ever won, shape (n_deals,).
        mean_open: Expected amount of each open deal at a win, currency, shape (n_deals,).
        born: Expected births per rep by each horizon, shape (n_reps, n_horizons).
        ever_new: Chance per rep that a new deal is ever won, shape (n_reps,).
        mean_new: Expected amount of a new win per rep, currency, shape (n_reps,).
        pending: Won but not booked yet, per target, currency, shape (n_targets,).
        returns: What each rep is expected to lose again.
        own_share: Share of each rep's creation rate that rests on own deals, shape (n_reps,).
    """

    reps: pd.DataFrame
    rep_row: npt.NDArray[np.int64]
    windows: Windows
    period: PeriodClock
    deals: pd.DataFrame
    opened: OpenBook
    new: NewBook
    ever_open: FloatArray
    mean_open: FloatArray
    born: FloatArray
    ever_new: FloatArray
    mean_new: FloatArray
    pending: FloatArray
    returns: ReturnsBook
    own_share: FloatArray
