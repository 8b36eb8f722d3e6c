"""Build the targets at many cutoffs, or append one: the same definitions over the whole log, or over what is new.

An append runs every definition as a rebuild does, on one cutoff. Only where the rows come from differs: instead of the
three long logs (bookings, activities, states of deals) it reads the rows that became known since the last cutoff,
and those few that an earlier build carried because a window over them is still open. Reps, teams and quotas are short
and read whole. Rows of a closed deal are looked up in the log if that deal has news. Both engines can do it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from features.definitions.render import TARGET_ORDER, carry_steps, family_steps, ledger_steps, wide_targets
from features.domain.errors import UsageError
from features.domain.time import AsOf, WorkCalendar
from features.engines import Engine
from features.frames import in_order
from features.increment.carried import ACTIVITY_ROW, BOOKING_ROW, DEAL_ROW, TABLES, Carried, basis_of
from features.prepare import PAST, define_inputs, define_views, prepare
from features.steps import run_steps

LOGS = ("activities", "bookings", "deal_states", "quotas", "reps", "team_assignments")
"""Logs that the definitions read."""


@dataclass(frozen=True)
class Built:
    """Targets, and what an append after them needs.

    Attributes:
        targets: Engine rows as `assemble.target_table` gives them.
        carried: The state at the last cutoff.
    """

    targets: pa.Table
    carried: Carried


def build(engine: Engine, cutoffs: Sequence[date], *, calendar: WorkCalendar) -> Built:
    """Build the targets at all cutoffs from the whole log.

    Args:
        engine: Session in which the `*_log` views hold what is known by the end of the last cutoff.
        cutoffs: Ascending days without duplicates.
        calendar: Fiscal year, holidays and time zone.
    """
    define_inputs(engine, calendar)
    engine.define("deal_history", "SELECT * FROM deal_rows")
    engine.load("closed_deals", TABLES["carry_closed_deals"].empty_table())
    prepare(engine, cutoffs, horizon=cutoffs[-1], calendar=calendar)
    counts = known_counts(engine, AsOf(cutoffs[-1], calendar.zone))
    return _run(engine, cutoffs[-1], calendar, counts)


def append(engine: Engine, carried: Carried, cutoff: date, *, calendar: WorkCalendar) -> Built:
    """Build the targets at one more cutoff from what was carried and what became known since.

    Args:
        engine: Session in which the `*_log` views hold what is known by the end of `cutoff`.
        carried: State at an earlier cutoff, of which `still_true` holds.
        cutoff: Day after the carried one.
        calendar: Fiscal year, holidays and time zone.

    Returns:
        The rows of this cutoff alone, the same as a rebuild gives, and the state after it.

    Raises:
        UsageError: `cutoff` is not after the carried one, or the state was made with other definitions.
    """
    _require_later(carried, cutoff, calendar)
    since = AsOf(carried.cutoff, calendar.zone)
    counts = dict(carried.counts)
    for key, n in _count(engine, f"known_at >= {_moment(since)}").items():
        counts[key] = counts.get(key, 0) + n
    _read_news(engine, carried, since)
    revised = sum(key.startswith("activities/") for key in counts) > 1
    define_views(engine, calendar, activities_revised=revised)
    _load_past(engine, carried, activities_revised=revised)
    prepare(engine, [cutoff], horizon=cutoff, calendar=calendar)
    return _run(engine, cutoff, calendar, counts)


def known_counts(engine: Engine, as_of: AsOf) -> dict[str, int]:
    """Return the rows known by the end of a day per log and import, as `Carried.counts` keeps them."""
    return _count(engine, f"known_at < {_moment(as_of)}")


def still_true(engine: Engine, carried: Carried, *, calendar: WorkCalendar) -> bool:
    """Whether the past is as it was when the state was made.

    Row versions never change (ADR 0001); an import may add facts about the past that no earlier one had brought, and
    an undone one takes its rows away. Either shows in the number of rows of some import.
    """
    known = known_counts(engine, AsOf(carried.cutoff, calendar.zone))
    return carried.basis == basis_of(calendar) and known == dict(carried.counts)


def _require_later(carried: Carried, cutoff: date, calendar: WorkCalendar) -> None:
    if cutoff <= carried.cutoff:
        raise UsageError(f"the state is of {carried.cutoff}; {cutoff} cannot be appended to it, build it anew")
    if carried.basis != basis_of(calendar):
        raise UsageError(f"the state of {carried.cutoff} was made with other definitions or days off; build it anew")


def _moment(as_of: AsOf) -> str:
    return f"TIMESTAMP '{as_of.instant.replace(tzinfo=None).isoformat(sep=' ')}'"


def _count(engine: Engine, where: str) -> dict[str, int]:
    parts = (
        f"SELECT '{log}' AS log, import_id, COUNT(*) AS n FROM {log}_log WHERE {where} GROUP BY import_id"
        for log in LOGS
    )
    rows = engine.fetch("\nUNION ALL\n".join(parts)).to_pylist()
    return {f"{row['log']}/{row['import_id']}": int(row["n"]) for row in rows}


def _read_news(engine: Engine, carried: Carried, since: AsOf) -> None:
    """Read what became known since, and the earlier rows of the deals that it is about."""
    later = f"known_at >= {_moment(since)}"
    engine.load("open_deal_rows", carried.tables["carry_open_deals"])
    engine.load("closed_deals", carried.tables["carry_closed_deals"])
    engine.materialise("deal_news", f"SELECT {', '.join(DEAL_ROW)} FROM deal_states_log WHERE {later}")
    engine.materialise("deals_with_news", "SELECT DISTINCT opportunity_id FROM deal_news")
    engine.materialise("reopened_deals", _REOPENED)
    found = engine.fetch("SELECT COUNT(*) AS n FROM reopened_deals").to_pylist()[0]["n"]
    engine.materialise("reopened_rows", _REOPENED_ROWS.format(wanted=f"NOT ({later})" if found else "FALSE"))
    engine.define("deal_history", _DEAL_HISTORY)
    engine.materialise("booking_rows", f"SELECT {', '.join(BOOKING_ROW)} FROM bookings_log WHERE {later}")
    engine.materialise("activity_rows", f"SELECT {', '.join(ACTIVITY_ROW)} FROM activities_log WHERE {later}")
    engine.materialise("deal_rows", _DEAL_ROWS)


def _load_past(engine: Engine, carried: Carried, *, activities_revised: bool) -> None:
    """Load what was carried; heads of bookings and activities get the day on which news replaces them."""
    for past, name in _SAME.items():
        engine.load(past, carried.tables[name])
    engine.load("carried_deals", carried.tables["carry_deals"])
    engine.define("deal_past", _QUIET_DEALS)
    engine.load("carried_bookings", carried.tables["carry_bookings"])
    engine.materialise("booking_heads", _replaced("booking"))
    if activities_revised:
        engine.load("carried_activities", carried.tables["carry_activities"])
        engine.materialise("activity_heads", _replaced("activity"))
    else:
        engine.load("activity_heads", carried.tables["carry_activities"])


def _run(engine: Engine, cutoff: date, calendar: WorkCalendar, counts: Mapping[str, int]) -> Built:
    steps = (*ledger_steps(), *family_steps())
    carry = {step.name: step.select for step in carry_steps()}
    run_steps(engine, steps, kept=(wide_targets(), *carry.values(), "account_firsts"))
    targets = in_order(engine.fetch(wide_targets()), TARGET_ORDER)
    carry["account_firsts"] = "SELECT account_id, booking_id, known_at, seq FROM account_firsts"
    tables = {name: engine.fetch(carry[name]).cast(schema) for name, schema in TABLES.items()}
    return Built(targets, Carried(cutoff, basis_of(calendar), counts, tables))


def _replaced(kind: str) -> str:
    columns = PAST[f"{kind}_heads"].names
    listed = ", ".join("n.next_day" if name == "next_day" else f"h.{name}" for name in columns)
    key, plural = f"{kind}_id", {"booking": "bookings", "activity": "activities"}[kind]
    return f"""SELECT {listed} FROM carried_{plural} AS h
LEFT JOIN (SELECT {key}, MIN(known_day) AS next_day FROM {kind}_versions GROUP BY {key}) AS n ON n.{key} = h.{key}"""


_SAME = {
    "account_past": "account_firsts",
    "booking_past": "carry_booking_past",
    "rep_past": "carry_rep_past",
    "company_past": "carry_company_past",
}
_REOPENED = """SELECT c.opportunity_id FROM closed_deals AS c
JOIN deals_with_news AS n ON n.opportunity_id = c.opportunity_id"""
_REOPENED_ROWS = f"""SELECT {", ".join(DEAL_ROW)} FROM deal_states_log
WHERE {{wanted}} AND opportunity_id IN (SELECT opportunity_id FROM reopened_deals)"""
_DEAL_HISTORY = "\nUNION ALL\n".join(
    f"SELECT {', '.join(DEAL_ROW)} FROM {table}" for table in ("open_deal_rows", "reopened_rows", "deal_news")
)
_DEAL_ROWS = """SELECT h.* FROM deal_history AS h
WHERE EXISTS (SELECT 1 FROM deals_with_news AS n WHERE n.opportunity_id = h.opportunity_id)"""
_QUIET_DEALS = f"""SELECT {", ".join(f"d.{name}" for name in PAST["deal_past"].names)} FROM carried_deals AS d
WHERE NOT EXISTS (SELECT 1 FROM deals_with_news AS n WHERE n.opportunity_id = d.opportunity_id)"""
