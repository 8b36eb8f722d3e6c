"""From the history to what forecasters see: states at an as_of, and past cutoffs with the labels known by then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from features.assemble import assemble, booked_days
from features.domain.errors import LookAheadError
from features.domain.time import AsOf, Grain, Period, WorkCalendar
from features.history.known import History
from models.contracts import FloatArray, TrainingHistory
from models.forecasters.ledger import Ledger, day_numbers
from models.state import company_state, state_at
from training.backtest.folds import LEADS, closed_periods, lead_day

__all__ = ["SETTLE_DAYS", "company_state", "cutoffs_for", "cutoffs_in", "outcomes", "training_history"]

SETTLE_DAYS = 10
"""Days after a period's end when its outcome counts as final."""


def cutoffs_for(
    first: date,
    as_of: date,
    *,
    grain: Grain,
    calendar: WorkCalendar,
    every: int | None = None,
    look_back: int | None = None,
    settle_days: int = SETTLE_DAYS,
) -> list[date]:
    """Return the past cutoffs that a fit at `as_of` may learn from, ascending.

    Args:
        first: First day that the facts speak of.
        as_of: Moment of knowledge of the fit.
        grain: Length of the periods.
        calendar: Working days and fiscal year.
        every: Also the eve of each period and every so many days after it.
        look_back: Only the last so many settled periods; None: all.
        settle_days: Days after a period's end when its outcome is final.

    Returns:
        Per closed and settled period the eve of its first day and the days by which 1/4, 1/2 and 3/4 of its working
        days are gone.

    Examples:
        >>> days = cutoffs_for(date(2020, 1, 1), date(2020, 4, 10), grain=Grain.QUARTER, calendar=WorkCalendar())
        >>> [day.isoformat() for day in days]
        ['2019-12-31', '2020-01-23', '2020-02-14', '2020-03-09']
    """
    periods = closed_periods(first, as_of - timedelta(days=settle_days), grain, calendar.fiscal_start_month)
    return cutoffs_in(periods if look_back is None else periods[-look_back:], calendar, every=every)


def cutoffs_in(periods: Sequence[Period], calendar: WorkCalendar, *, every: int | None = None) -> list[date]:
    """Return the leads of each period, ascending.

    Args:
        periods: Closed periods.
        calendar: Working days of the company.
        every: Also the eve of each period and every so many days after it.
    """
    days = {lead_day(period, share, calendar) for period in periods for _, share in LEADS}
    if every is not None:
        days |= {p.start + timedelta(days=offset) for p in periods for offset in range(-1, p.days - 1, every)}
    return sorted(days)


def training_history(
    history: History,
    as_of: date,
    cutoffs: Sequence[date],
    *,
    deal_cutoffs: Sequence[date] = (),
    settle_days: int = SETTLE_DAYS,
) -> TrainingHistory:
    """Return the state at `as_of` and the past cutoffs with the labels that were known by then.

    Args:
        history: The dataset.
        as_of: Moment of knowledge; nothing that became known later is read.
        cutoffs: Past days to learn from.
        deal_cutoffs: Further past days at which open deals are looked at, but nothing is judged.
        settle_days: A period's label counts from so many days after its end.

    Returns:
        Targets of periods that ended and settled by `as_of`; open deals at the cutoffs with what became of them by
        `as_of`, which is also the last day on which their outcome could have been seen.

    Raises:
        LookAheadError: A cutoff lies after `as_of`.
    """
    looked_at = [*cutoffs, *deal_cutoffs]
    late = [day for day in looked_at if day > as_of]
    if late:
        raise LookAheadError(f"cutoff {min(late)} lies after the training as_of {as_of}; train at a later as_of")
    with history.known_by(AsOf(as_of, history.info.calendar.zone)) as known:
        frames = assemble(known, [*looked_at, as_of])
    now = state_at(frames, history.info, as_of)
    past = sorted({day for day in cutoffs if day < as_of})
    targets = frames.targets[frames.targets["as_of"].isin(pd.to_datetime(past))].reset_index(drop=True)
    labels = _attained(frames.bookings, targets, settled_by=as_of - timedelta(days=settle_days))
    labelled = targets.assign(final_attained=labels)[np.isfinite(labels)].reset_index(drop=True)
    deals = frames.deals[frames.deals["as_of"] < pd.Timestamp(as_of)].reset_index(drop=True)
    return TrainingHistory(now=now, targets=labelled, deals=_with_fate(deals, frames.lifecycles, as_of))


def outcomes(
    history: History, targets: pd.DataFrame, known_as_of: date, *, settle_days: int = SETTLE_DAYS
) -> FloatArray:
    """Return the final attained amount of each target.

    Args:
        history: The dataset.
        targets: `TARGET_COLUMNS`.
        known_as_of: Moment of knowledge of the outcomes.
        settle_days: Days after a period's end when its outcome is final.

    Returns:
        Shape (n_targets,), currency; NaN where the period had not settled by `known_as_of`.
    """
    with history.known_by(AsOf(known_as_of, history.info.calendar.zone)) as known:
        bookings = booked_days(known)
    return _attained(bookings, targets, settled_by=known_as_of - timedelta(days=settle_days))


def _attained(bookings: pd.DataFrame, targets: pd.DataFrame, *, settled_by: date) -> FloatArray:
    out = np.full(len(targets), np.nan)
    settled = (targets["period_end"] <= pd.Timestamp(settled_by)).to_numpy(dtype=np.bool_)
    for metric in sorted(targets["metric"].unique()):
        rows = np.flatnonzero(settled & (targets["metric"] == metric).to_numpy(dtype=np.bool_))
        mine = targets.iloc[rows]
        start, last = day_numbers(mine["period_start"]), day_numbers(mine["period_end"])
        out[rows] = Ledger(bookings, metric).sums(mine["rep_id"].to_numpy(dtype=object), start, last + 1)
    return out


def _with_fate(deals: pd.DataFrame, lives: pd.DataFrame, as_of: date) -> pd.DataFrame:
    fate = lives.set_index("opportunity_id")[["outcome", "closed_on", "amount"]]
    found = fate.reindex(deals["opportunity_id"]).reset_index(drop=True)
    won, lost = found["outcome"] == "won", found["outcome"] == "lost"
    return deals.assign(
        won_on=found["closed_on"].where(won),
        lost_on=found["closed_on"].where(lost),
        final_amount=found["amount"].where(won),
        observed_until=pd.Timestamp(as_of).as_unit("us"),
    )
