"""How far a dataset reaches: the day of its first fact, and the last day by whose end everything in it was known."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from features.domain.errors import DataMissing, NoDataset
from features.history.known import KnownFacts

EVENT_TABLES = ("bookings", "activities", "opportunity_changes", "deal_states")
"""Tables whose rows tell how far a dataset reaches."""


def newest_day(known: KnownFacts) -> date:
    """Return the company's day on which the newest fact became known, at most the view's own as_of.

    Corrections are known from the import that brought them, which may be long after the newest event; they do not
    count, nor do attributes and quotas.

    Raises:
        NoDataset: No booking, deal or activity is known.
    """
    declared = known.info.metadata.get("newest_fact_at")
    if declared is not None:
        moment = datetime.fromisoformat(str(declared)).replace(tzinfo=ZoneInfo("UTC"))
        day = moment.astimezone(ZoneInfo(known.info.calendar.zone)).date()
        if day <= known.as_of.day:
            return day
    parts = " UNION ALL ".join(f"SELECT max(known_on) AS day FROM {name}_log" for name in EVENT_TABLES)
    row = known.con.execute(f"SELECT max(day) FROM ({parts})").fetchall()[0]
    if not isinstance(row[0], date):
        raise NoDataset(
            f"no booking, deal or activity is known at {known.as_of.day}; import facts, or ask for a later day"
        )
    return row[0]


def first_day(known: KnownFacts) -> date:
    """Return the day of the first booking or deal.

    Raises:
        DataMissing: There is neither.
    """
    found = known.con.execute(
        "SELECT MIN(day) FROM (SELECT MIN(occurred_on) AS day FROM bookings"
        " UNION ALL SELECT MIN(created_on) AS day FROM deal_states) AS days"
    ).fetchone()
    if found is None or found[0] is None:
        raise DataMissing(f"no bookings and no deals were known on {known.as_of.day}; choose a later --as-of")
    return date.fromisoformat(str(found[0]))
