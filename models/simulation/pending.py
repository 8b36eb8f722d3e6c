"""Deals that are won but whose booking is not known yet: money that is certain and not attained so far."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray
from models.simulation.days import day_number, day_numbers

LONGEST_LAG = 45
COVERED = 0.95
FEWEST_WINS = 20
FAITHFUL = 0.25


def pending_wins(state: CompanyState) -> pd.DataFrame:
    """Return wins of the last days that no known booking stands for.

    Where bookings follow wins with a delay, a win counts as pending until the delay of nearly all bookings is over or
    a booking of the same rep and day is known. Where bookings do not follow wins at all, nothing is pending.

    Args:
        state: What is known.

    Returns:
        `rep_id, day, amount`: currency per rep and day of the win (days since 1970-01-01).
    """
    as_of = day_number(state.as_of)
    won = state.lifecycles[(state.lifecycles["outcome"] == "won") & (state.lifecycles["amount"] > 0)]
    wins = pd.DataFrame({"rep_id": won["rep_id"], "day": day_numbers(won["closed_on"]), "amount": won["amount"]})
    booked = state.bookings[state.bookings["metric"] == REVENUE]
    known = pd.DataFrame({"rep_id": booked["rep_id"], "day": day_numbers(booked["day"]), "booked": booked["amount"]})
    lag = booking_lag(day_numbers(booked["known_on"]) - known["day"].to_numpy(dtype=np.float64))
    sums = wins.groupby(["rep_id", "day"], sort=True)["amount"].sum().reset_index()
    both = sums.merge(known.groupby(["rep_id", "day"])["booked"].sum().reset_index(), how="left")
    missing = both["amount"] - both["booked"].fillna(0.0)
    # Bookings and wins are different things in some companies: then old wins have no booking of their own either.
    old = both["day"] < as_of - LONGEST_LAG
    faithful = old.sum() >= FEWEST_WINS and float((missing[old].abs() > 0.01 * both["amount"][old]).mean()) <= FAITHFUL
    due = (both["day"] > as_of - lag) & (missing > 0.01 * both["amount"]) & faithful
    return pd.DataFrame({"rep_id": both["rep_id"], "day": both["day"], "amount": missing})[due].reset_index(drop=True)


def pending_in(state: CompanyState) -> FloatArray:
    """Return what each target's period still gets from deals that are won but not booked, currency, (n_targets,)."""
    targets = state.targets
    spans = pd.DataFrame(
        {
            "rep_id": targets["rep_id"].to_numpy(),
            "row": np.arange(len(targets)),
            "start": day_numbers(targets["period_start"]),
            "end": day_numbers(targets["period_end"]),
        }
    )
    rows = spans[(targets["metric"] == REVENUE).to_numpy()].merge(pending_wins(state), on="rep_id")
    inside = rows[(rows["day"] >= rows["start"]) & (rows["day"] <= rows["end"])]
    sums = np.bincount(inside["row"], weights=inside["amount"], minlength=len(targets))
    return np.asarray(sums, dtype=np.float64)


def booking_lag(lags: FloatArray) -> int:
    """Return days within which `COVERED` of the bookings become known, at most `LONGEST_LAG`.

    Examples:
        >>> booking_lag(np.array([1.0] * 19 + [40.0]))
        1
    """
    if not len(lags):
        return 0
    return int(np.clip(np.quantile(lags, COVERED, method="lower"), 0, LONGEST_LAG))
