"""What became known since a state was made: it is read from the logs, beside the few carried rows that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from features.domain.time import AsOf
from features.engines import Engine
from features.increment.carried import DEAL_ROW, QUIET, TABLES, Carried, Part, Parts, rows_of
from features.prepare import PAST

BOOKING_ROW = (
    "booking_id",
    "rep_id",
    "metric",
    "account_id",
    "occurred_on",
    "known_on",
    "amount",
    "split",
    "status",
    "deleted",
    "known_at",
    "seq",
)
ACTIVITY_ROW = (
    "activity_id",
    "rep_id",
    "opportunity_id",
    "type",
    "occurred_on",
    "known_on",
    "status",
    "deleted",
    "known_at",
    "seq",
)
"""Columns of the logs of bookings and activities that the definitions read."""

ROWS_READ = {"bookings": BOOKING_ROW, "activities": ACTIVITY_ROW, "deal_states": DEAL_ROW}

NEWS = {"bookings": "booking_rows", "activities": "activity_rows", "deal_states": "deal_news"}
"""Table of what became known since, by long log."""

LONGEST_QUARTER = 92
"""Days of the longest quarter: where no quota is to come, the fiscal quarter that is open is forecast."""


@dataclass(frozen=True)
class News:
    """Keys of what there is news about; carried rows with one of them are not quiet.

    Attributes:
        bookings: Booking ids.
        activities: Activity ids; none where no activity can have a second version.
        deals: Opportunity ids.
        reopened: Those of them that were closed.
    """

    bookings: pa.ChunkedArray
    activities: pa.ChunkedArray
    deals: pa.ChunkedArray
    reopened: pa.ChunkedArray


def moment_of(as_of: AsOf) -> str:
    """Return the SQL of the moment at which a day has ended."""
    return f"TIMESTAMP '{as_of.instant.replace(tzinfo=None).isoformat(sep=' ')}'"


def about(table: pa.Table, key: str, keys: pa.ChunkedArray) -> pa.Table:
    """Return the rows of `table` whose `key` is among `keys`.

    Examples:
        >>> about(pa.table({"k": ["a", "b"]}), "k", pa.chunked_array([["b", "c"]])).column("k").to_pylist()
        ['b']
    """
    return table.filter(pc.is_in(table.column(key), value_set=keys))


def read_rows(engine: Engine, since: AsOf) -> None:
    """Put the rows of the long logs that became known since a cutoff into the tables of `NEWS`."""
    for log, table in NEWS.items():
        columns = ", ".join((*ROWS_READ[log], "import_id"))
        engine.materialise(table, f"SELECT {columns} FROM {log}_log WHERE known_at >= {moment_of(since)}")


def told_apart(engine: Engine, carried: Carried, *, activities_revised: bool, since: AsOf) -> News:
    """Say what the news is about, and put the earlier rows of those deals and accounts beside it.

    Args:
        engine: Session in which `read_rows` has read what became known since.
        carried: State at the earlier cutoff.
        activities_revised: Whether an activity may have a second version.
        since: The earlier cutoff.
    """
    bookings = engine.fetch("SELECT booking_id, account_id FROM booking_rows")
    engine.load("account_past", about(carried.table("accounts"), "account_id", bookings.column("account_id")))
    deals = engine.fetch("SELECT DISTINCT opportunity_id FROM deal_news").column("opportunity_id")
    reopened = about(carried.table("closed_deals"), "opportunity_id", deals)
    _load_known_deals(engine, about(carried.table("open_deal_rows"), "opportunity_id", deals), reopened, since)
    return News(
        bookings=bookings.column("booking_id"),
        activities=_activity_keys(engine, activities_revised=activities_revised),
        deals=deals,
        reopened=reopened.column("opportunity_id"),
    )


def _activity_keys(engine: Engine, *, activities_revised: bool) -> pa.ChunkedArray:
    if not activities_revised:
        return pa.chunked_array([], pa.string())
    return engine.fetch("SELECT DISTINCT activity_id FROM activity_rows").column("activity_id")


def _load_known_deals(engine: Engine, known: pa.Table, reopened: pa.Table, since: AsOf) -> None:
    """Load the earlier rows of the deals with news; those of a closed deal, which is rare, are looked up in the log."""
    if reopened.num_rows:
        engine.load("reopened_deals", reopened)
        found = engine.fetch(_REOPENED_ROWS.format(moment=moment_of(since))).cast(known.schema)
        known = pa.concat_tables([known, found])
    engine.load("known_deal_rows", known)
    engine.define("deal_rows", _DEAL_ROWS)
    counted = known.group_by("opportunity_id").aggregate([([], "count_all")])
    engine.load("deal_known", counted.select([0, 1]).rename_columns(PAST["deal_known"].names))


_REOPENED_ROWS = f"""SELECT {", ".join(DEAL_ROW)} FROM deal_states_log
WHERE known_at < {{moment}} AND opportunity_id IN (SELECT opportunity_id FROM reopened_deals)"""
_DEAL_ROWS = f"""SELECT {", ".join(DEAL_ROW)} FROM known_deal_rows
UNION ALL
SELECT {", ".join(DEAL_ROW)} FROM deal_news"""


def quiet_parts(carried: Carried, news: News) -> dict[str, Parts]:
    """Return what was carried and there is no news about, of the tables that only grow but for news."""
    keys = {
        "bookings": ("booking_id", news.bookings),
        "activities": ("activity_id", news.activities),
        "open_deals": ("opportunity_id", news.deals),
        "open_deal_rows": ("opportunity_id", news.deals),
        "closed_deals": ("opportunity_id", news.reopened),
    }
    stay = {name: [_quiet(part, *key) for part in carried.tables[name]] for name, key in keys.items()}
    left = {name: tuple(part for part in parts if part.rows.num_rows) for name, parts in stay.items()}
    return left | {name: carried.tables[name] for name in ("deal_changes", "deal_ends", "accounts")}


def _quiet(part: Part, key: str, keys: pa.ChunkedArray) -> Part:
    """Return the rows whose `key` is not among `keys`; the part itself if that is every row."""
    if not len(keys):
        return part
    touched = pc.is_in(part.rows.column(key), value_set=keys)
    return Part(part.rows.filter(pc.invert(touched))) if pc.any(touched).as_py() else part


def load_quiet(engine: Engine, carried: Carried, stay: Mapping[str, Parts]) -> None:
    """Load what was carried and there is no news about, and the past that no window lets go of.

    The views of the news stand already: a carried row of a day to come gets the day on which news replaces it.
    """
    for relation, (name, columns) in QUIET.items():
        engine.lend(relation, rows_of(stay[name], TABLES[name]).select(columns))
    for name in ("booking_past", "rep_past", "company_past", "quota_past"):
        engine.load(name, carried.table(name))
    for kind, plural in (("booking", "bookings"), ("activity", "activities")):
        coming = carried.table(f"coming_{plural}")
        if coming.num_rows:
            engine.load(f"coming_{plural}", coming)
            engine.materialise(f"{kind}_heads", _replaced(kind, plural))
        else:
            engine.load(f"{kind}_heads", coming)


def _replaced(kind: str, plural: str) -> str:
    columns = PAST[f"{kind}_heads"].names
    listed = ", ".join("n.next_day" if name == "next_day" else f"h.{name}" for name in columns)
    key = f"{kind}_id"
    return f"""SELECT {listed} FROM coming_{plural} AS h
LEFT JOIN (SELECT {key}, MIN(known_day) AS next_day FROM {kind}_versions GROUP BY {key}) AS n ON n.{key} = h.{key}"""


def define_quotas(engine: Engine, cutoff: date) -> None:
    """Let the definitions read the quotas that matter at a cutoff: of open and coming periods, and of those before."""
    starts = f"SELECT MIN(period_start) AS day FROM quotas_log WHERE period_end > DATE '{cutoff}'"
    first = engine.fetch(starts).column("day")[0].as_py()
    quarter = cutoff - timedelta(days=LONGEST_QUARTER)
    before = min(quarter, first or quarter) - timedelta(days=1)
    engine.define("quota_rows", f"SELECT * FROM quotas_log WHERE period_end >= DATE '{before}'")
