"""The state after a cutoff: what was carried and is quiet stays as it is, and what there is news about joins it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from features.engines import Engine
from features.grids import day_number
from features.increment.carried import TABLES, Parts, joined
from features.prepare import PAST

WINDOWS_OVER = {"activities": ("occurred_day", 91), "deal_changes": ("day", 91), "deal_ends": ("day", 364)}
"""Column of the day of a row, and days until the longest window over it has passed."""


def first_tables(engine: Engine, carry: Mapping[str, str], cutoff: date) -> dict[str, Parts]:
    """Return the carried tables after a build of everything.

    Args:
        engine: Session in which the steps of the build have run.
        carry: Query by the name of each step of `carry_steps`.
        cutoff: The last cutoff.
    """
    return {name: joined((), rows) for name, rows in _fresh(engine, carry, cutoff).items()}


def following_tables(
    engine: Engine, carry: Mapping[str, str], stay: Mapping[str, Parts], cutoff: date
) -> dict[str, Parts]:
    """Return the carried tables after an append.

    Args:
        engine: Session in which the steps of the append have run.
        carry: Query by the name of each step of `carry_steps`.
        stay: What was carried before and there was no news about; other tables are made anew.
        cutoff: The appended cutoff.
    """
    fresh = _fresh(engine, carry, cutoff)
    return {name: joined(_still_counting(stay.get(name, ()), name, cutoff), rows) for name, rows in fresh.items()}


def _fresh(engine: Engine, carry: Mapping[str, str], cutoff: date) -> dict[str, pa.Table]:
    """Return what the steps have left behind: everything in a build, what there was news about in an append."""
    found = {name: engine.fetch(select) for name, select in carry.items()}
    bookings = _apart(found["carry_bookings"].cast(PAST["booking_heads"]), cutoff)
    activities = _apart(found["carry_activities"].cast(PAST["activity_heads"]), cutoff)
    tables = {
        "bookings": bookings[0],
        "coming_bookings": bookings[1],
        "activities": activities[0],
        "coming_activities": activities[1],
        "open_deals": found["carry_deals"],
        "open_deal_rows": found["carry_open_deals"],
        "closed_deals": found["carry_closed_deals"],
        "deal_changes": found["carry_deal_changes"],
        "deal_ends": found["carry_deal_ends"],
        "accounts": engine.fetch("SELECT account_id FROM account_firsts"),
        "booking_past": found["carry_booking_past"],
        "rep_past": found["carry_rep_past"],
        "company_past": found["carry_company_past"],
        "quota_past": found["carry_quota_past"],
    }
    return {name: tables[name].select(schema.names).cast(schema) for name, schema in TABLES.items()}


def _apart(heads: pa.Table, cutoff: date) -> tuple[pa.Table, pa.Table]:
    """Return the rows of days up to the cutoff, and those of days to come."""
    coming = pc.greater(heads.column("occurred_day"), day_number(cutoff))
    return heads.filter(pc.invert(coming)), heads.filter(coming)


def _still_counting(parts: Parts, name: str, cutoff: date) -> Parts:
    """Return the parts over which a window is still open: rows that no window holds do no harm and go with the rest."""
    if name not in WINDOWS_OVER:
        return parts
    column, days = WINDOWS_OVER[name]
    return tuple(part for part in parts if pc.max(part.rows.column(column)).as_py() > day_number(cutoff) - days)
