"""The first day that the known facts speak of."""

from __future__ import annotations

from datetime import date

from features.domain.errors import DataMissing
from features.history.known import KnownFacts


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
