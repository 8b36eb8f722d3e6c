"""Closed vocabularies: data grades, outcomes, statuses, risk bands and forecast grains."""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    """How much of the past a source can show; A is best.

    A: full change history. B: own daily snapshots. C: current state only. D: bookings only, no deals.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Outcome(StrEnum):
    """How a deal stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class BookingStatus(StrEnum):
    """Whether a booking counts towards quota."""

    COUNTED = "counted"
    NOT_COUNTED = "not counted"


class Status(StrEnum):
    """What kind of answer a forecast row is; a status stands where other products stay silent.

    ok: use it. wide: the range is too wide for the middle number to mean much. cold_start: mostly from similar
    reps. no_quota: bookings are forecast, attainment is not. insufficient_exposure: too little of the period in
    seat. left: the rep has left. stale: the data is too old. undecidable: the data contradicts itself.
    """

    OK = "ok"
    WIDE = "wide"
    COLD_START = "cold_start"
    NO_QUOTA = "no_quota"
    INSUFFICIENT_EXPOSURE = "insufficient_exposure"
    LEFT = "left"
    STALE = "stale"
    UNDECIDABLE = "undecidable"


class RiskBand(StrEnum):
    """What a manager may do with a forecast this week."""

    ON_TRACK = "on_track"
    WATCH = "watch"
    ACT = "act"


class Role(StrEnum):
    """What a signed-in person may see: self, the subtree, pseudonyms, or the machine room."""

    REP = "rep"
    MANAGER = "manager"
    DATA_SCIENTIST = "data_scientist"
    ADMIN = "admin"


REVENUE = "revenue"
"""Name of the default measure of bookings and quotas."""

QUANTILE_LEVELS: tuple[float, ...] = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
"""Levels that every served forecast carries, ascending."""
