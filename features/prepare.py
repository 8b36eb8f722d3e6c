"""The ground on which the definitions run: views of the facts, the small tables, and what an earlier build carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from features.contracts.tables import STORED
from features.definitions.render import input_views
from features.domain.time import Period, WorkCalendar
from features.engines import Engine
from features.grids import EPOCH, build_grids, day_number

ROWS = {"booking_rows": "bookings_log", "activity_rows": "activities_log", "deal_rows": "deal_states_log"}
"""View through which each of the long logs is read, and the log behind it in a rebuild."""

DAY, MONEY, TEXT, COUNT = pa.int32(), pa.decimal128(18, 4), pa.string(), pa.int64()

PAST: dict[str, pa.Schema] = {
    "deal_past": pa.schema(
        {
            "opportunity_id": TEXT,
            "nth": COUNT,
            "rep_id": TEXT,
            "amount": MONEY,
            "standing": DAY,
            **dict.fromkeys(("created_day", "expected_day", "known_day", "changed_day", "next_day"), DAY),
            **dict.fromkeys(("moved", "pushed", "turned", "inherited"), DAY),
        }
    ),
    "account_past": pa.schema({"account_id": TEXT, "booking_id": TEXT, "known_at": pa.timestamp("us"), "seq": COUNT}),
    "booking_past": pa.schema({"rep_id": TEXT, "metric": TEXT, "gain_day": DAY, "first_day": DAY}),
    "rep_past": pa.schema(
        {"rep_id": TEXT, "first_deal_day": DAY, "first_activity_day": DAY, "last_activity_day": DAY},
    ),
    "company_past": pa.schema(
        {"last_day": DAY, **dict.fromkeys(("has_deals", "has_amounts", "has_dates", "has_activities"), DAY)}
    ),
}
"""Tables of what lies before the first cutoff and is not read again; empty in a rebuild, which reads everything."""


def prepare(
    engine: Engine,
    cutoffs: Sequence[date],
    *,
    horizon: date,
    calendar: WorkCalendar,
    past: Mapping[str, pa.Table] | None = None,
) -> None:
    """Create the small tables that the definitions join to; `define_inputs` comes first.

    Args:
        engine: Session to run in.
        cutoffs: Ascending days without duplicates, none after `horizon`.
        horizon: Day at whose end the facts are known.
        calendar: Fiscal year, holidays and time zone.
        past: Tables of `PAST` as an earlier build carried them; those that are not given are empty.
    """
    rows = engine.fetch("SELECT DISTINCT start_day, end_day FROM quota_versions").to_pylist()
    metrics = engine.fetch("SELECT metric FROM booking_versions UNION SELECT metric FROM quota_versions")
    grids = build_grids(
        cutoffs,
        quota_periods=[Period(_day(row["start_day"]), _day(row["end_day"])) for row in rows],
        metrics=metrics.column("metric").to_pylist(),
        calendar=calendar,
    )
    empty = {name: schema.empty_table() for name, schema in PAST.items()}
    tables = {**grids.tables, "horizon": pa.table({"as_of_day": pa.array([day_number(horizon)], pa.int32())})}
    for name, table in {**tables, **empty, **(past or {})}.items():
        engine.load(name, table)


def define_inputs(
    engine: Engine,
    calendar: WorkCalendar,
    *,
    rows: Mapping[str, str] | None = None,
    activities_revised: bool | None = None,
) -> None:
    """Create the views that the definitions read.

    Args:
        engine: Session to run in.
        calendar: Time zone of the company.
        rows: Query by view of `ROWS`, where not the whole log is read.
        activities_revised: Whether activities may have more than one version; None looks into the log.
    """
    for view, log in ROWS.items():
        engine.define(view, (rows or {}).get(view, f"SELECT * FROM {log}"))
    if activities_revised is None:
        activities_revised = _many_imports(engine)
    for step in input_views(calendar.zone, activities_revised=activities_revised):
        engine.define(step.name, step.select)


def _many_imports(engine: Engine) -> bool:
    found = engine.fetch("SELECT MIN(import_id) AS low, MAX(import_id) AS high FROM activities_log").to_pylist()[0]
    return bool(found["low"] != found["high"])


def stored_schema(table: str, columns: Sequence[str]) -> pa.Schema:
    """Return the types of some columns of a log."""
    schema = STORED[table].arrow_schema()
    return pa.schema([schema.field(name) for name in columns])


def _day(number: int) -> date:
    return date.fromordinal(EPOCH.toordinal() + number)
