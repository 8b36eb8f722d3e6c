"""Columns of the frames that leave this package; forecasters and the service rely on them."""

from __future__ import annotations

TARGET_KEYS = ("rep_id", "period_start", "period_end", "metric")
"""Columns that identify one forecast target at one as_of."""

TARGET_COLUMNS = (
    *TARGET_KEYS,
    "as_of",  # datetime64, the day whose end is the moment of knowledge
    "grain",  # month | quarter | year
    "rep_name",
    "team_id",  # NaN when the rep has no team
    "segment",  # "" when unknown
    "currency",
    "quota",  # float currency; NaN when there is none
    "quota_source",  # given | carried | derived:RULE | ""
    "attained",  # float currency booked in the period and known at the as_of, signed
    "elapsed",  # share of the period's working days gone, 0..1
    "days_left",  # calendar days from as_of (exclusive) to period_end (inclusive), >= 1
    "starts_in",  # calendar days from as_of to the period's first day; 0 when it has begun
    "tenure_days",  # days since hire or since the first fact of the rep; >= 0
    "exposure",  # share of the period the rep is known to be in seat, 0..1
    "status",  # "" or a Status decided by facts alone: no_quota, left, insufficient_exposure, stale, undecidable
    "reason",  # "" or why, one English sentence
)
"""Columns of every targets frame; feature columns of the registry follow them."""

DEAL_COLUMNS = (
    "opportunity_id",
    "rep_id",  # owner as known at the as_of
    "as_of",
    "segment",
    "source",
    "amount",  # float currency as known; NaN when unknown
    "stage",  # NaN at grade C
    "created_on",
    "expected_close",  # NaT when unknown
)
"""Columns of every open-deals frame; deal feature columns follow them."""

BOOKING_COLUMNS = ("rep_id", "metric", "day", "known_on", "amount", "n")
"""Counted bookings summed per rep, metric, day and the day they were known (currency of the quota, signed)."""

LIFECYCLE_COLUMNS = (
    "opportunity_id",
    "rep_id",  # owner at the last known state
    "segment",
    "source",
    "created_on",
    "outcome",  # open | won | lost as known
    "closed_on",  # NaT while open
    "amount",  # last known amount; NaN when unknown
)
"""One row per deal ever known: its life so far."""

REP_COLUMNS = ("rep_id", "rep_name", "team_id", "segment", "region", "role", "hire_date", "end_date")
"""One row per rep known at the as_of."""

TEAM_QUOTA_COLUMNS = (
    "team_id",
    "period_start",
    "period_end",
    "metric",
    "as_of",
    "grain",
    "quota",  # float currency
    "quota_source",
    "currency",
)
"""Goals of teams for open periods; never added to the goals of their members."""
