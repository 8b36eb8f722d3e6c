"""Quotas of a year or half a year become quotas of its quarters or months: by declared weights, or by past seasons.

Nothing is split unless the mapping says how. Each part has `source = derived:split`, and the parts sum to the whole to
the last digit. Seasons are read off whole past parts that were over when the quota was known, so that no booking of
the year itself, or of the days after the quota was published, has a say in how it is split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from features.connectors.currency import Money
from features.connectors.keys import quoted, scan
from features.connectors.language import SplitSpec
from features.contracts.faults import Fault
from features.contracts.tables import CANONICAL
from features.domain.time import Grain, Period, add_months, period_containing

SOURCE = "derived:split"
YEARS_LOOKED_BACK = 3
"""Past years whose bookings say what is usual in a part of the year; older ones do not count."""

_LONGEST = {"month": 45, "quarter": 135}
"""Days of the longest period that is a part already and stays as it is."""

_EXACT = Decimal("0.0001")


@dataclass(frozen=True)
class Split:
    """What came of splitting.

    Attributes:
        files: Staged files in which long quotas are replaced by their parts.
        refused: One fault per long quota that cannot be split.
        whole: Long quotas that were split.
        parts: What they became.
    """

    files: tuple[Path, ...]
    refused: tuple[Fault, ...] = ()
    whole: int = 0
    parts: int = 0


@dataclass(frozen=True)
class SplitRule:
    """How a company splits.

    Attributes:
        spec: What the mapping declares.
        fiscal_start_month: First month of the fiscal year.
        published_days_before: Days before its period at which a quota without a day of publication is known.
    """

    spec: SplitSpec
    fiscal_start_month: int
    published_days_before: int

    @property
    def grain(self) -> Grain:
        """Length of the parts."""
        return Grain(self.spec.into)

    def parts(self, whole: Period) -> list[Period]:
        """Return the parts of a period in order, or none where it does not begin and end with a part."""
        found = [period_containing(whole.start, self.grain, self.fiscal_start_month)]
        while found[-1].end < whole.end:
            found.append(period_containing(found[-1].end + timedelta(days=1), self.grain, self.fiscal_start_month))
        return found if found[0].start == whole.start and found[-1].end == whole.end else []

    def number(self, part: Period) -> int:
        """Return which part of the fiscal year a part is, from 0."""
        return (part.start.month - self.fiscal_start_month) % 12 // self.grain.months


def split_amount(amount: Decimal, weights: Sequence[float]) -> list[Decimal]:
    """Return the parts of an amount by weight, exact to 4 decimals and in sum; the last part takes what is left over.

    Args:
        amount: Signed.
        weights: Not negative, not all zero.

    Examples:
        >>> [str(part) for part in split_amount(Decimal(100), [1, 1, 1])]
        ['33.3333', '33.3333', '33.3334']
    """
    total = sum(weights)
    parts = [(amount * Decimal(repr(weight / total))).quantize(_EXACT) for weight in weights[:-1]]
    return [*parts, amount - sum(parts, Decimal(0))]


def seasons(booked: Mapping[date, float], known_on: date, rule: SplitRule) -> list[float]:
    """Return what is usually booked in each part of the fiscal year; empty where a part has no past.

    Args:
        booked: Amount by the first day of each part of the past; a part without bookings may be missing.
        known_on: Day on which the quota was known; parts that end on it or later do not count.
        rule: Length of the parts, fiscal year.
    """
    if not booked:
        return []
    per_year, months = 12 // rule.grain.months, rule.grain.months
    part = period_containing(known_on, rule.grain, rule.fiscal_start_month)
    first = period_containing(min(booked), rule.grain, rule.fiscal_start_month).start
    past: list[list[float]] = [[] for _ in range(per_year)]
    for _ in range(YEARS_LOOKED_BACK * per_year):
        part = period_containing(add_months(part.start, -months), rule.grain, rule.fiscal_start_month)
        if part.start < first:
            break
        past[rule.number(part)].append(booked.get(part.start, 0.0))
    if not all(past):
        return []
    usual = [max(sum(amounts) / len(amounts), 0.0) for amounts in past]
    return usual if any(usual) else []


def split_quotas(
    con: duckdb.DuckDBPyConnection,
    files: tuple[Path, ...],
    bookings: tuple[Path, ...],
    *,
    rule: SplitRule,
    money: Money,
    target: Path,
) -> Split:
    """Return the staged quotas with every quota that is longer than a part replaced by its parts.

    Args:
        con: DuckDB connection.
        files: Staged files of `quotas`.
        bookings: Staged files of `bookings`, in the company's currency; only read where seasons decide.
        rule: How to split.
        money: For the company's time zone.
        target: File to write if anything is split or refused.
    """
    long = f"period_end - period_start >= {_LONGEST[rule.spec.into]}"
    rows = con.sql(f"SELECT * FROM {scan(files)} WHERE {long} ORDER BY _file, _line").to_arrow_table().to_pylist()
    if not rows:
        return Split(files)
    booked = _booked(con, bookings, rule, money) if rule.spec.weights is None else {}
    parts: list[dict[str, object]] = []
    refused: list[Fault] = []
    for row in rows:
        whole = Period(row["period_start"], row["period_end"])
        found = _parts(row, whole, booked, rule)
        if isinstance(found, str):
            shown = f"{whole.start}..{whole.end}"
            refused.append(Fault(row["_file"], row["_line"], "quotas", "period_end", "not splittable", shown, found))
        else:
            parts += found
    names = [*(column.name for column in CANONICAL["quotas"].mapped), "_line", "_file"]
    kinds = con.sql(f"SELECT * FROM {scan(files)} LIMIT 0").to_arrow_table().schema
    con.register("quota_parts", pa.Table.from_pylist(parts, schema=kinds))
    listed = ", ".join(f'"{name}"' for name in names)
    con.execute(
        f"""COPY (SELECT {listed} FROM {scan(files)} WHERE NOT ({long})
            UNION ALL SELECT {listed} FROM quota_parts) TO {quoted(str(target))} (FORMAT parquet)"""
    )
    return Split((target,), tuple(refused), len(rows) - len(refused), len(parts))


def _parts(
    row: dict[str, object], whole: Period, booked: Mapping[str, Mapping[date, float]], rule: SplitRule
) -> list[dict[str, object]] | str:
    """Return the parts of one quota, or the way to mend it."""
    periods = rule.parts(whole)
    if not periods:
        return f"it does not begin and end with a {rule.grain.value} of the fiscal year; check fiscal_start_month"
    published = row["published_at"]
    early = timedelta(days=rule.published_days_before)
    known_on = published.date() if hasattr(published, "date") else whole.start - early
    weights = rule.spec.weights or seasons(booked.get(str(row["metric"]), {}), known_on, rule)
    if not weights:
        return "the bookings do not go back a whole year before it was known; declare `weights` in split_quotas"
    own = [weights[rule.number(period)] for period in periods]
    if not sum(own):
        return "the weights of its parts are all zero; declare others"
    amounts = split_amount(Decimal(str(row["amount"])), own)
    return [
        {**row, "period_start": part.start, "period_end": part.end, "amount": amount, "source": SOURCE}
        for part, amount in zip(periods, amounts, strict=True)
    ]


def _booked(
    con: duckdb.DuckDBPyConnection, bookings: tuple[Path, ...], rule: SplitRule, money: Money
) -> dict[str, dict[date, float]]:
    """Return what the company booked in each part, by measure and first day of the part."""
    if not bookings:
        return {}
    months = con.execute(
        f"""SELECT metric, CAST(date_trunc('month', {money.day("occurred_at")}) AS DATE), sum(amount * split)
        FROM {scan(bookings)} WHERE status = 'counted' GROUP BY 1, 2 ORDER BY 1, 2"""
    ).fetchall()
    found: dict[str, dict[date, float]] = {}
    for metric, month, amount in months:
        part = period_containing(month, rule.grain, rule.fiscal_start_month).start
        mine = found.setdefault(metric, {})
        mine[part] = mine.get(part, 0.0) + float(amount)
    return found
