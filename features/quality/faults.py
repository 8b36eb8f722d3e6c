"""Faults that make a dataset undecidable: a wrong scale, bookings without an owner, a feed that stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from features.domain.time import Grain, add_months, period_containing
from features.quality.facts import Facts
from features.quality.fault_words import fault_sentence

SCALE_LOW, SCALE_HIGH = 0.1, 10.0
SCALE_PERIODS = 4
SCALE_LEAST_PAIRS = 4
OWNER_SHARE = 0.05
FEED_SHARE = 0.1
FEED_TRAILING = 12
FEED_LEAST_MONTHS = 3
FEED_LEAST_ROWS = 5.0
FEEDS = {"bookings": "occurred_on", "activities": "occurred_on", "deal_states": "created_on"}


@dataclass(frozen=True)
class DatasetFault:
    """One reason not to score a dataset.

    Attributes:
        code: Name by which it can be waived: `scale`, `owner_undecidable` or `feed_stopped`.
        sentence: What is wrong, with its figures, and how to mend it, in English.
        figures: The numbers behind the sentence.
    """

    code: str
    sentence: str
    figures: Mapping[str, float | str] = field(default_factory=dict)


def _fault(code: str, figures: Mapping[str, float | str]) -> DatasetFault:
    return DatasetFault(code, fault_sentence(code, figures, "en"), figures)


def faults_at(known: Facts) -> tuple[DatasetFault, ...]:
    """Return the faults of a dataset as they could be seen at the view's as_of, waived ones included.

    Args:
        known: Facts known at a moment.
    """
    found = (scale_fault(known), owner_fault(known), *feed_faults(known))
    return tuple(fault for fault in found if fault is not None)


def scale_fault(known: Facts) -> DatasetFault | None:
    """Return a fault if bookings and quotas cannot be in the same unit.

    The figure is the median of bookings / quota over reps and the last four closed quota periods (quarters, where
    there are any); pairs without bookings say nothing about a unit and are left out. A fault is a median outside
    0.1..10. Quotas derived from bookings are left out as well.
    """
    ratio = scale_ratio(known)
    if ratio is None or ratio.pairs < SCALE_LEAST_PAIRS or SCALE_LOW <= ratio.median <= SCALE_HIGH:
        return None
    figures = {"median_ratio": ratio.median, "pairs": float(ratio.pairs), "low": SCALE_LOW, "high": SCALE_HIGH}
    return _fault("scale", figures)


@dataclass(frozen=True)
class ScaleRatio:
    """How bookings and quotas compare in size.

    Attributes:
        median: Median of bookings / quota; 1.0 means that half of the pairs met their quota.
        pairs: Reps x closed periods with bookings and a quota.
    """

    median: float
    pairs: int


def scale_ratio(known: Facts) -> ScaleRatio | None:
    """Return how bookings and quotas compare over the last four closed quota periods, None where nothing does.

    Quarters count where there are any; quotas derived from bookings and pairs without bookings are left out.
    """
    row = known.con.execute(_RATIOS, {"day": known.as_of.day, "periods": SCALE_PERIODS}).fetchall()[0]
    return None if row[1] is None else ScaleRatio(float(row[1]), int(row[0]))


_RATIOS = """
    WITH given AS (
        SELECT rep_id, metric, period_start, period_end, amount FROM quotas
        WHERE rep_id IS NOT NULL AND amount > 0 AND period_end <= $day AND source NOT LIKE 'derived:R%'),
    wanted AS (SELECT max(period_end - period_start > 80 AND period_end - period_start < 100) AS quarters FROM given),
    fitting AS (
        SELECT * FROM given, wanted
        WHERE NOT quarters OR (period_end - period_start > 80 AND period_end - period_start < 100)),
    last_ends AS (SELECT DISTINCT period_end FROM fitting ORDER BY 1 DESC LIMIT $periods),
    ratios AS (
        SELECT f.rep_id, f.metric, f.period_start, CAST(sum(b.amount * b.split) AS DOUBLE)
            / CAST(any_value(f.amount) AS DOUBLE) AS ratio
        FROM fitting f SEMI JOIN last_ends USING (period_end)
        JOIN bookings b ON b.rep_id = f.rep_id AND b.metric = f.metric AND b.status = 'counted'
            AND b.occurred_on BETWEEN f.period_start AND f.period_end
        GROUP BY 1, 2, 3, f.period_end)
    SELECT count(*), median(ratio) FROM ratios WHERE ratio <> 0"""


def owner_fault(known: Facts) -> DatasetFault | None:
    """Return a fault if more than 5 % of the booked amount belongs to nobody that the reps table knows.

    Looked at are counted bookings of the last twelve months; without a reps table nothing can be said.
    """
    since = known.as_of.day - timedelta(days=365)
    row = known.con.execute(
        "SELECT CAST(sum(abs(amount)) AS DOUBLE), CAST(sum(abs(amount)) FILTER (rep_id NOT IN "
        "(SELECT rep_id FROM reps)) AS DOUBLE), (SELECT count(*) FROM reps) FROM bookings "
        "WHERE status = 'counted' AND occurred_on > ?",
        [since],
    ).fetchall()[0]
    if not row[2] or not row[0] or not row[1]:
        return None
    share = float(row[1]) / float(row[0])
    if share <= OWNER_SHARE:
        return None
    return _fault("owner_undecidable", {"share": share, "since": since.isoformat(), "limit": OWNER_SHARE})


def feed_faults(known: Facts) -> list[DatasetFault]:
    """Return a fault for each feed whose last two closed months hold hardly a row.

    Hardly means: each below a tenth of the median of the up to twelve months before them. Feeds that bring less
    than five rows a month, or are younger than five months, are not judged.
    """
    return [fault for table, column in FEEDS.items() if (fault := _feed_fault(known, table, column)) is not None]


def _feed_fault(known: Facts, table: str, column: str) -> DatasetFault | None:
    current = period_containing(known.as_of.day + timedelta(days=1), Grain.MONTH).start
    months = [add_months(current, -back) for back in range(FEED_TRAILING + 2, 0, -1)]
    counts = _monthly_rows(known, table, column)
    first = min(counts, default=current)
    trailing = sorted(counts.get(month, 0) for month in months[:-2] if month >= first)
    if len(trailing) < FEED_LEAST_MONTHS:
        return None
    middle = len(trailing) // 2
    usual = trailing[middle] if len(trailing) % 2 else (trailing[middle - 1] + trailing[middle]) / 2
    last = [counts.get(month, 0) for month in months[-2:]]
    if usual < FEED_LEAST_ROWS or max(last) >= FEED_SHARE * usual:
        return None
    counts_told = {"usual": float(usual), "last": float(last[1]), "before_last": float(last[0])}
    told = {"feed": table, "before_last_month": f"{months[-2]:%Y-%m}", "last_month": f"{months[-1]:%Y-%m}"}
    return _fault("feed_stopped", {**told, **counts_told})


def _monthly_rows(known: Facts, table: str, column: str) -> dict[date, int]:
    rows = f"SELECT DISTINCT opportunity_id, {column} FROM {table}" if table == "deal_states" else f"FROM {table}"
    found = known.con.execute(
        f"SELECT CAST(date_trunc('month', {column}) AS DATE), count(*) FROM ({rows}) GROUP BY 1"
    ).fetchall()
    return {month: int(count) for month, count in found}
