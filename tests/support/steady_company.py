"""A company whose past is as regular as a clock, so that what is usual in it can be worked out by hand.

Every rep gets one deal every four days for three years; every fourth of them is won, thirty days later, for 8,000.
That is 22.75 deals and 45,500 booked in a quarter of 91 days. Seen on day 46 of the fourth quarter of 2026.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from models.contracts import BOOKING_COLUMNS, LIFECYCLE_COLUMNS, CompanyState, ForecastPaths
from tests.support.toy_company import AS_OF, toy_paths, toy_state, toy_targets

EVERY, CYCLE, SIZE, WON_ONE_IN = 4, 30, 8_000.0, 4
DAYS_BACK = 3 * 364
Deal = dict[str, object]
Change = Callable[[Deal, int, int], Deal | None]
"""What becomes of a deal, given its rep's number and how many days ago it was born; None: it never was."""


def steady_structure(n: int, quota: float = 45_500.0) -> pd.DataFrame:
    """Return reps who are all alike: 20,000 booked, 10 open deals and 12 to come, as their past says."""
    return pd.DataFrame(
        {
            "volume_open": 10.0,
            "volume_new": 12.0,
            "size": SIZE,
            "size_new": SIZE,
            "win": 0.25,
            "win_new": 0.25,
            "quality": 1.0,
            "timing": 0.75,
            "timing_new": 0.4375,
            "booked": 20_000.0,
            "quota": quota,
        },
        index=range(n),
    )


def steady_company(
    structure: pd.DataFrame, change: Change | None = None
) -> tuple[CompanyState, ForecastPaths, pd.DataFrame]:
    """Return state, paths and structure of a regular company, all reps in one group.

    Args:
        structure: What is expected of each rep now.
        change: What was different in the past, or in the last months.
    """
    targets = toy_targets(structure).assign(segment="SMB", tenure_days=2_000)
    deals = [
        deal
        for rep in range(len(structure))
        for ago in range(1, DAYS_BACK, EVERY)
        if (deal := _deal(rep, ago, change)) is not None
    ]
    lives = pd.DataFrame(deals)[list(LIFECYCLE_COLUMNS)]
    won = lives[lives["outcome"] == "won"]
    bookings = pd.DataFrame({"rep_id": won["rep_id"], "day": won["closed_on"], "amount": won["amount"]})
    bookings = bookings.assign(metric="revenue", known_on=bookings["day"], n=1)[list(BOOKING_COLUMNS)]
    state = replace(toy_state(targets), lifecycles=lives, bookings=bookings.reset_index(drop=True))
    return state, toy_paths(targets, structure), structure


def _deal(rep: int, ago: int, change: Change | None) -> Deal | None:
    created = pd.Timestamp(AS_OF) - timedelta(days=ago)
    decided = ago >= CYCLE
    won = (ago // EVERY) % WON_ONE_IN == 0
    deal: Deal = {
        "opportunity_id": f"d{rep:03d}-{ago:04d}",
        "rep_id": f"r{rep:03d}",
        "segment": "SMB",
        "source": "inbound",
        "created_on": created,
        "outcome": ("won" if won else "lost") if decided else "open",
        "closed_on": created + timedelta(days=CYCLE) if decided else pd.NaT,
        "amount": SIZE,
    }
    return deal if change is None else change(deal, rep, ago)
