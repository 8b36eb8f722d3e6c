"""Past cutoffs as company states: what was known then, cut out of a training history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from models.contracts import CompanyState, FloatArray, TrainingHistory

DEAL_LABELS = ("won_on", "lost_on", "final_amount", "observed_until")


def past_states(history: TrainingHistory) -> Iterator[tuple[CompanyState, FloatArray]]:
    """Yield, oldest first, the state at every past cutoff with the final attained amounts of its targets.

    A state holds only what was known at its cutoff: bookings by `known_on`, deals without their labels, lifecycles
    without later outcomes (the amount of a deal that was open then is left out, since it is the last known one).
    """
    now = history.now
    deals = dict(iter(history.deals.groupby("as_of", sort=False))) if len(history.deals) else {}
    none_open = history.deals.iloc[:0]
    for key, rows in history.targets.groupby("as_of", sort=True):
        cutoff = pd.Timestamp(str(key)).as_unit("us")
        open_deals = deals.get(cutoff, none_open).drop(columns=list(DEAL_LABELS), errors="ignore")
        state = replace(
            now,
            as_of=cutoff.date(),
            targets=rows.drop(columns="final_attained").reset_index(drop=True),
            deals=open_deals.reset_index(drop=True),
            bookings=now.bookings[now.bookings["known_on"] <= cutoff],
            lifecycles=lifecycles_at(now.lifecycles, cutoff),
        )
        yield state, rows["final_attained"].to_numpy(dtype=np.float64)


def lifecycles_at(lifecycles: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Return the lifecycles as they stood at `cutoff`: later deals gone, later outcomes open."""
    known = lifecycles[lifecycles["created_on"] <= cutoff]
    later = known["closed_on"].isna() | (known["closed_on"] > cutoff)
    return known.assign(
        outcome=known["outcome"].where(~later, "open"),
        closed_on=known["closed_on"].where(~later),
        amount=known["amount"].where(~later),
    )
