"""A training history as it stood earlier: what a model could have learned then, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from models.contracts import TrainingHistory
from models.forecasters.past_states import lifecycles_at

SETTLE_DAYS = 10


def history_before(history: TrainingHistory, day: pd.Timestamp) -> TrainingHistory:
    """Return the history that a fit at the end of `day` could have seen.

    Args:
        history: A history whose `now` lies at or after `day`.
        day: Moment of knowledge.

    Returns:
        Labels only of periods that had settled, outcomes of deals only up to `day`.
    """
    now = history.now
    targets = history.targets
    settled = targets["period_end"] + pd.Timedelta(days=SETTLE_DAYS) <= day
    return TrainingHistory(
        now=replace(
            now,
            as_of=day.date(),
            targets=targets[targets["as_of"] == day].drop(columns="final_attained").reset_index(drop=True),
            deals=now.deals.iloc[:0],
            bookings=now.bookings[now.bookings["known_on"] <= day],
            lifecycles=lifecycles_at(now.lifecycles, day),
        ),
        targets=targets[settled & (targets["as_of"] < day)].reset_index(drop=True),
        deals=_deals_before(history.deals, day),
    )


def _deals_before(deals: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    known = deals[deals["as_of"] < day]
    won = known["won_on"] <= day
    return known.assign(
        won_on=known["won_on"].where(won),
        lost_on=known["lost_on"].where(known["lost_on"] <= day),
        final_amount=known["final_amount"].where(won),
        observed_until=known["observed_until"].clip(upper=day),
    ).reset_index(drop=True)
