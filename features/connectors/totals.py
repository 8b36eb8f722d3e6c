"""Rows that are sums of others: what reports print below their tables, and what would count everything twice."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

TOTALS = (
    "total",
    "totals",
    "grand total",
    "sub total",
    "subtotal",
    "sum",
    "overall",
    "合计",
    "总计",
    "小计",
    "总和",
    "合計",
    "總計",
    "小計",
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
    "total général",
    "sous-total",
    "total general",
    "totale",
    "totaal",
)
"""Words that stand where a row's name or number would be, compared without case, colons and blanks around them."""

NAMED_BY = {
    "reps": ("rep_id", "name"),
    "quotas": ("rep_id", "team_id"),
    "bookings": ("booking_id", "rep_id"),
    "opportunities": ("opportunity_id", "rep_id"),
    "activities": ("activity_id", "rep_id"),
    "kpi_values": ("rep_id",),
}
"""Columns of each table in which such a word means a sum."""


def total_rows(table: str, rows: pa.Table) -> dict[int, tuple[str, str]]:
    """Return the rows of a table that are sums of others.

    Args:
        table: Canonical table.
        rows: Its rows as the mapping makes them.

    Returns:
        Position of the row: the canonical column and the word in it.
    """
    found: dict[int, tuple[str, str]] = {}
    for name in NAMED_BY.get(table, ()):
        texts = pc.utf8_trim(pc.utf8_lower(rows.column(name)), characters=" :：\u3000*")
        hit = pc.is_in(texts, pa.array(TOTALS, pa.string()))
        if pc.any(hit).as_py():
            for row in pc.indices_nonzero(hit).to_pylist():
                found.setdefault(row, (name, str(rows.column(name)[row].as_py())))
    return found
