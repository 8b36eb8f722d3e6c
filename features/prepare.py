"""The ground on which the definitions run: views of the facts, the small tables, and what an earlier build carried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from features.contracts.tables import STORED
from features.definitions.render import input_views
from features.domain.time import Period, WorkCalendar
from features.engines import Engine
from features.grids import EPOCH, build_grids, day_number

ROWS = {
    "booking_rows": "bookings_log",
    "activity_rows": "activities_log",
    "deal_rows": "deal_states_log",
    "quota_rows": "quotas_log",
}
"""Relation in which the views find the rows of a log, and the log that a rebuild reads there."""

DAY, MONEY, TEXT, COUNT = pa.int32(), pa.decimal128(18, 4), pa.string(), pa.int64()
TOTAL = pa.decimal128(38, 4)

PAST: dict[str, pa.Schema] = {
    "booking_heads": pa.schema(
        {
            **dict.fromkeys(("booking_id", "rep_id", "metric"), TEXT),
            **dict.fromkeys(("occurred_day", "known_day", "next_day"), DAY),
            **dict.fromkeys(("amount", "named_amount", "first_amount"), MONEY),
        }
    ),
    "activity_heads": pa.schema(
        {
            **dict.fromkeys(("activity_id", "rep_id"), TEXT),
            **dict.fromkeys(("occurred_day", "known_day", "next_day", "on_deal", "two_way"), DAY),
        }
    ),
    "deal_known": pa.schema({"opportunity_id": TEXT, "n": COUNT}),
    "deal_changes_past": pa.schema({"rep_id": TEXT, "day": DAY, **dict.fromkeys(("born", "moved", "pushed"), COUNT)}),
    "account_past": pa.schema({"account_id": TEXT}),
    "booking_past": pa.schema({"rep_id": TEXT, "metric": TEXT, "gain_day": DAY, "first_day": DAY}),
    "rep_past": pa.schema(
        {"rep_id": TEXT, "first_deal_day": DAY, "first_activity_day": DAY, "last_activity_day": DAY},
    ),
    "company_past": pa.schema(
        {"last_day": DAY, **dict.fromkeys(("has_deals", "has_amounts", "has_dates", "has_activities"), DAY)}
    ),
    "quota_past": pa.schema(dict.fromkeys(("rep_id", "metric", "grain", "currency"), TEXT)),
}
"""Tables of what lies before the first cutoff and is not read again; empty in a rebuild, which reads everything."""


def prepare(
    engine: Engine,
    cutoffs: Sequence[date],
    *,
    horizon: date,
    calendar: WorkCalendar,
) -> None:
    """Create the small tables that the definitions join to; `define_inputs` comes first.

    Args:
        engine: Session to run in.
        cutoffs: Ascending days without duplicates, none after `horizon`.
        horizon: Day at whose end the facts are known.
        calendar: Fiscal year, holidays and time zone.
    """
    rows = engine.fetch("SELECT DISTINCT start_day, end_day FROM quota_versions").to_pylist()
    grids = build_grids(
        cutoffs,
        quota_periods=[Period(_day(row["start_day"]), _day(row["end_day"])) for row in rows],
        metrics=engine.fetch(_METRICS).column("metric").to_pylist(),
        calendar=calendar,
    )
    tables = {**grids.tables, "horizon": pa.table({"as_of_day": pa.array([day_number(horizon)], pa.int32())})}
    for name, table in tables.items():
        engine.load(name, table)


_METRICS = """SELECT metric FROM booking_versions UNION SELECT metric FROM booking_past
UNION SELECT metric FROM quota_versions UNION SELECT metric FROM quota_past"""


def define_inputs(engine: Engine, calendar: WorkCalendar) -> None:
    """Create the views through which the definitions read the whole log, and empty tables of `PAST`."""
    for view, log in ROWS.items():
        engine.define(view, f"SELECT * FROM {log}")
    define_views(engine, calendar, activities_revised=_many_imports(engine))
    for name, schema in PAST.items():
        engine.load(name, schema.empty_table())


def define_views(engine: Engine, calendar: WorkCalendar, *, activities_revised: bool) -> None:
    """Create the views that the definitions read, over the relations of `ROWS` and the short logs.

    Args:
        engine: Session to run in.
        calendar: Time zone of the company.
        activities_revised: Whether activities may have more than one version among those rows.
    """
    for step in input_views(calendar.zone, activities_revised=activities_revised):
        engine.define(step.name, step.select)


def _many_imports(engine: Engine) -> bool:
    """Whether activities came with more than one import; files that hold one alone are passed over unread."""
    first = engine.fetch("SELECT import_id FROM activities_log LIMIT 1").column("import_id").to_pylist()
    if not first:
        return False
    named = first[0].replace("'", "''")
    others = engine.fetch(f"SELECT COUNT(*) AS n FROM activities_log WHERE import_id <> '{named}'")
    return bool(others.column("n")[0].as_py())


def stored_schema(table: str, columns: Sequence[str]) -> pa.Schema:
    """Return the types of some columns of a log."""
    schema = STORED[table].arrow_schema()
    return pa.schema([schema.field(name) for name in columns])


def _day(number: int) -> date:
    return date.fromordinal(EPOCH.toordinal() + number)
