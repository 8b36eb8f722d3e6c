"""What an import has to say about its facts: quota coverage, orphans, scale, and how far they are complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from features.domain.time import Grain, period_containing
from features.quality.facts import Facts


@dataclass(frozen=True)
class QuotaCoverage:
    """How many of the rep-periods that have bookings also have a quota.

    Attributes:
        rep_quarters: Reps x fiscal quarters with counted bookings.
        with_quota: Of these, how many have a quota that covers the quarter, whole or by its months.
        derived: Of these, how many are covered by a derived quota alone.
    """

    rep_quarters: int
    with_quota: int
    derived: int

    @property
    def share(self) -> float | None:
        """Share with a quota, 0..1; None where there is nothing to cover."""
        return self.with_quota / self.rep_quarters if self.rep_quarters else None


def quota_coverage(known: Facts) -> QuotaCoverage:
    """Return how many rep-quarters with bookings have a quota."""
    shift = (known.info.calendar.fiscal_start_month - 1) % 3
    row = known.con.execute(
        f"""
        WITH busy AS (
            SELECT DISTINCT rep_id, CAST(date_trunc('quarter', occurred_on - INTERVAL {shift} MONTH)
                + INTERVAL {shift} MONTH AS DATE) AS first_day
            FROM bookings WHERE status = 'counted'),
        covered AS (
            SELECT b.rep_id, b.first_day, bool_or(q.source LIKE 'derived:R%') AND
                NOT bool_or(q.source NOT LIKE 'derived:R%') AS derived
            FROM busy b JOIN quotas q ON q.rep_id = b.rep_id AND q.period_start <= b.first_day + INTERVAL 2 MONTH
                AND q.period_end >= b.first_day GROUP BY 1, 2)
        SELECT (SELECT count(*) FROM busy), count(*), count(*) FILTER (derived) FROM covered"""
    ).fetchall()[0]
    return QuotaCoverage(*(int(value) for value in row))


def orphans(known: Facts) -> dict[str, int]:
    """Return named counts of references without a partner."""
    return {name: int(known.con.execute(query).fetchall()[0][0]) for name, query in _ORPHANS.items()}


_ORPHANS = {
    "reps without bookings": "SELECT count(*) FROM reps ANTI JOIN bookings USING (rep_id)",
    "bookings without reps": "SELECT count(*) FROM bookings ANTI JOIN reps USING (rep_id)",
    "quotas without reps": "SELECT count(*) FROM quotas q ANTI JOIN reps USING (rep_id) WHERE q.rep_id IS NOT NULL",
    "deals without reps": "SELECT count(*) FROM opportunities ANTI JOIN reps USING (rep_id)",
    "deals without a creation date": "SELECT count(*) FROM opportunities WHERE created_at IS NULL",
}


def last_complete_period(known: Facts, newest: date, grain: Grain = Grain.MONTH) -> date | None:
    """Return the last day of the newest period whose bookings are all there, None if there is none.

    A period is complete once a fact of its last day, or of a later day, was known, unless the source has declared
    that its newest period is partial.

    Args:
        known: Facts known at a moment.
        newest: Day by whose end the newest fact was known.
        grain: Length of the period.
    """
    start_month = known.info.calendar.fiscal_start_month
    row = known.con.execute("SELECT max(occurred_on) FROM bookings WHERE occurred_on <= ?", [newest]).fetchall()[0]
    if row[0] is None:
        return None
    last: date = row[0]
    period = period_containing(last, grain, start_month)
    partial = bool(known.info.metadata.get("last_period_partial", False))
    if not partial and newest >= period.end:
        return period.end
    return period_containing(period.start - timedelta(days=1), grain, start_month).end
