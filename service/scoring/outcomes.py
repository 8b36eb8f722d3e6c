"""What periods came to, read from the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from features.assemble import booked_days
from features.domain.time import AsOf
from features.history.known import History


def attained_in(history: History, targets: Sequence[Mapping[str, str]], as_of: date) -> list[float]:
    """Return the booked amount of each target as known at the end of `as_of`, currency.

    Args:
        history: The dataset.
        targets: `rep_id, period_start, period_end, metric`, days as ISO text.
        as_of: Moment of knowledge.
    """
    if not targets:
        return []
    with history.known_by(AsOf(as_of, history.info.calendar.zone)) as known:
        booked = booked_days(known)
    found = []
    for target in targets:
        start, end = pd.Timestamp(target["period_start"]), pd.Timestamp(target["period_end"])
        mine = (booked["rep_id"] == target["rep_id"]) & (booked["metric"] == target["metric"])
        found.append(float(booked.loc[mine & booked["day"].between(start, end), "amount"].sum()))
    return found
