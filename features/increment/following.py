"""The state after a cutoff: what was carried and is quiet stays as it is, and what there is news about joins it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from features.engines import Engine
from features.grids import day_number
from features.increment.carried import TABLES, Carried
from features.increment.news import News, quiet
from features.prepare import PAST

WINDOWS_OVER = {"activities": ("occurred_day", 91), "deal_changes": ("day", 91), "deal_ends": ("day", 364)}
"""Column and days by which the longest window over a row has passed: then it is carried no more."""


def first_tables(engine: Engine, carry: Mapping[str, str], cutoff: date) -> dict[str, pa.Table]:
    """Return the carried tables after a build of everything.

    Args:
        engine: Session in which the steps of the build have run.
        carry: Query by the name of each step of `carry_steps`.
        cutoff: The last cutoff.
    """
    fresh = {name: engine.fetch(select) for name, select in carry.items()}
    begun, coming = _apart(fresh["carry_bookings"].cast(PAST["booking_heads"]), cutoff)
    going, planned = _apart(fresh["carry_activities"].cast(PAST["activity_heads"]), cutoff)
    found = {
        "bookings": begun,
        "coming_bookings": coming,
        "activities": going,
        "coming_activities": planned,
        "open_deals": fresh["carry_deals"],
        "open_deal_rows": fresh["carry_open_deals"],
        "closed_deals": fresh["carry_closed_deals"],
        "deal_changes": fresh["carry_deal_changes"],
        "deal_ends": fresh["carry_deal_ends"],
        "accounts": engine.fetch("SELECT account_id FROM account_firsts"),
        "booking_past": fresh["carry_booking_past"],
        "rep_past": fresh["carry_rep_past"],
        "company_past": fresh["carry_company_past"],
        "quota_past": fresh["carry_quota_past"],
    }
    return {name: found[name].select(schema.names).cast(schema) for name, schema in TABLES.items()}


def following_tables(
    engine: Engine, carry: Mapping[str, str], carried: Carried, news: News, cutoff: date
) -> dict[str, pa.Table]:
    """Return the carried tables after an append.

    Args:
        engine: Session in which the steps of the append have run.
        carry: Query by the name of each step of `carry_steps`.
        carried: The state that was appended to.
        news: What there was news about.
        cutoff: The appended cutoff.
    """
    fresh = first_tables(engine, carry, cutoff)
    keys = {
        "bookings": ("booking_id", news.bookings),
        "activities": ("activity_id", news.activities),
        "open_deals": ("opportunity_id", news.deals),
        "open_deal_rows": ("opportunity_id", news.deals),
        "closed_deals": ("opportunity_id", news.deals),
    }
    stay = {name: quiet(carried.tables[name], *key) for name, key in keys.items()}
    stay |= {name: carried.tables[name] for name in ("deal_changes", "deal_ends", "accounts")}
    joined = {name: pa.concat_tables([table, fresh[name]]) for name, table in stay.items()}
    return {**fresh, **{name: _still_counting(table, name, cutoff) for name, table in joined.items()}}


def _apart(heads: pa.Table, cutoff: date) -> tuple[pa.Table, pa.Table]:
    """Return the rows of days up to the cutoff, and those of days to come."""
    coming = pc.greater(heads.column("occurred_day"), day_number(cutoff))
    return heads.filter(pc.invert(coming)), heads.filter(coming)


def _still_counting(table: pa.Table, name: str, cutoff: date) -> pa.Table:
    if name not in WINDOWS_OVER:
        return table
    column, days = WINDOWS_OVER[name]
    return table.filter(pc.greater(table.column(column), day_number(cutoff) - days))
