"""The order in which the SQL files run, and the text of each statement; the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from features.definitions.registry import JOIN_KEYS, load_features

LEDGER = (
    "deal_spans",
    "rep_grid",
    "dense_grid",
    "deal_decided",
    "deal_moves",
    "deal_sums",
    "account_firsts",
    "booking_spans",
    "booking_moves",
    "booking_sums",
    "period_moves",
    "activity_kinds",
    "activity_moves",
    "activity_sums",
    "company_grid",
    "quota_spans",
    "open_periods",
    "target_base",
    "targets",
    "team_quotas",
)
"""Steps from facts to running sums and targets, in order; each is one file in `sql/` and one temporary table."""

FIRST = ("deal_spans",)
"""Steps that all threads work on before anything else: the sort of deal states is a quarter of the whole build."""

DEAL_STEPS = ("deal_story", "stage_ranks", "deal_activity", "open_deals")
"""Further steps that only the open-deals frame needs."""

CARRY_STEPS = (
    "carry_bookings",
    "carry_activities",
    "carry_open_deals",
    "carry_closed_deals",
    "carry_deals",
    "carry_deal_changes",
    "carry_deal_ends",
    "carry_rep_past",
    "carry_booking_past",
    "carry_company_past",
    "carry_quota_past",
)
"""Further steps that a build takes to leave behind what appending a cutoff needs."""

APPEND_LEDGER = (
    "deal_spans",
    "deal_decided",
    "carry_deal_changes",
    "carry_deal_ends",
    "account_firsts",
    "booking_spans",
    "carry_booking_past",
    "activity_kinds",
    "one_cutoff/activity_moves",
    "carry_rep_past",
    "rep_grid",
    "one_cutoff/deal_sums",
    "one_cutoff/booking_sums",
    "one_cutoff/period_moves",
    "one_cutoff/activity_sums",
    "company_grid",
    "quota_spans",
    "open_periods",
    "target_base",
    "targets",
)
"""Steps of an append, in order: sums at one cutoff need no running; everything else is the text of a rebuild."""

DEAL_FEATURES = (
    "age_days",
    "days_in_stage",
    "days_to_expected_close",
    "n_pushes",
    "n_amount_cuts",
    "n_stage_changes",
    "n_amount_changes",
    "days_since_priced",
    "n_redates",
    "date_thought_over",
    "days_since_dated",
    "days_to_redated_close",
    "days_redated",
    "days_per_stage",
    "amount_vs_usual",
    "deal_activities_28d",
    "deal_two_way_28d",
    "deal_days_since_activity",
    "deal_activities",
    "deal_attention",
    "owner_win_rate",
    "owner_changed",
    "stage_rank",
    "share_of_usual_cycle",
    "owner_open_deals",
)
"""Feature columns of the open-deals frame, in order."""

TARGET_ORDER = ("as_of_day", "rep_id", "start_day", "period_end_day", "metric")
"""Declared order of the targets."""

DEAL_ORDER = ("as_of_day", "opportunity_id")
"""Declared order of the open deals."""

INPUT_DAYS = (
    "known_on",
    "occurred_on",
    "created_on",
    "expected_close",
    "period_start",
    "period_end",
    "hire_date",
    "end_date",
    "valid_from",
    "valid_to",
)
"""Day columns of the canonical tables that become integers."""


@dataclass(frozen=True)
class Step:
    """One statement: `select` becomes the temporary table `name`.

    Attributes:
        name: Name of the step and of its table.
        select: The query.
        first: Reads facts alone and is so dear that all threads work on it before anything goes side by side.
    """

    name: str
    select: str
    first: bool = False


def day_number(expression: str) -> str:
    """Return SQL for the days from 1970-01-01 to the date `expression` (DuckDB and PostgreSQL)."""
    return f"CAST({expression} - DATE '1970-01-01' AS INTEGER)"


def local_day(column: str, zone: str) -> str:
    """Return SQL for the day, in the company's time zone, of a UTC moment."""
    if zone == "UTC":
        return f"CAST({column} AS DATE)"
    escaped = zone.replace("'", "''")
    return f"CAST(({column} AT TIME ZONE 'UTC') AT TIME ZONE '{escaped}' AS DATE)"


def input_views(zone: str, *, activities_revised: bool) -> tuple[Step, ...]:
    """Return the views that the definitions read.

    Args:
        zone: The company's time zone.
        activities_revised: Whether a later import may hold another version of an activity; without revisions the
            sort by key of what is by far the longest table is not needed.
    """
    revised = f"LEAD({day_number('known_on')}) OVER (PARTITION BY activity_id ORDER BY known_at, seq)"
    values = {name: day_number(name) for name in INPUT_DAYS}
    values["changed_on"] = day_number(local_day("changed_at", zone))
    values["activity_next_day"] = revised if activities_revised else "CAST(NULL AS INTEGER)"
    text = "\n".join(line for line in read_sql("sql/inputs.sql").splitlines() if not line.startswith("--"))
    heads = (statement.split(" AS\n", maxsplit=1) for statement in text.format_map(values).split(";\n"))
    return tuple(Step(head.removeprefix("CREATE VIEW "), select) for head, select in heads)


@cache
def read_sql(path: str) -> str:
    """Return the text of one SQL file below `features/definitions`."""
    return files("features.definitions").joinpath(path).read_text(encoding="utf-8")


def ledger_steps(replaced: Mapping[str, str] | None = None) -> tuple[Step, ...]:
    """Return the steps from facts to running sums and targets.

    Args:
        replaced: Other SQL by step name; the leak tests plant their faults here.
    """
    replaced = replaced or {}
    return tuple(Step(name, replaced.get(name) or read_sql(f"sql/{name}.sql"), name in FIRST) for name in LEDGER)


def append_steps() -> tuple[Step, ...]:
    """Return the steps from news and carried rows to the targets of one cutoff."""
    return tuple(Step(name.removeprefix("one_cutoff/"), read_sql(f"sql/{name}.sql")) for name in APPEND_LEDGER)


def family_steps(replaced: Mapping[str, str] | None = None) -> tuple[Step, ...]:
    """Return one step per feature file; its table is called `f_` and the name of the file."""
    replaced = replaced or {}
    names = dict.fromkeys(feature.file for feature in load_features())
    return tuple(Step(f"f_{name}", replaced.get(name) or read_sql(f"{name}.sql")) for name in names)


def deal_steps() -> tuple[Step, ...]:
    """Return the steps that only the open-deals frame needs."""
    return tuple(Step(name, read_sql(f"sql/{name}.sql")) for name in DEAL_STEPS)


def carry_steps() -> tuple[Step, ...]:
    """Return the steps that only a build which is to be appended to needs."""
    return tuple(Step(name, read_sql(f"sql/{name}.sql")) for name in CARRY_STEPS)


def wide_targets() -> str:
    """Return the SELECT that puts all features beside the targets; `TARGET_ORDER` is for the reader to make."""
    grains = {feature.file: feature.grain for feature in load_features()}
    columns = ", ".join(f"f_{feature.file}.{feature.name}" for feature in load_features())
    joins = "\n".join(
        f"LEFT JOIN f_{name} ON " + " AND ".join(f"f_{name}.{key} = t.{key}" for key in JOIN_KEYS[grain])
        for name, grain in grains.items()
    )
    own = (
        "t.rep_id, t.start_day, t.period_end_day, t.metric, t.as_of_day, t.grain, t.name, t.team_id, t.segment, "
        "t.currency, t.quota, COALESCE(t.quota_source, '') AS quota_source, t.attained, t.elapsed, t.days_left, "
        "t.starts_in, t.tenure_days, t.exposure, t.status, t.reason"
    )
    return f"SELECT {own}, {columns}\nFROM targets AS t\n{joins}"


def wide_deals() -> str:
    """Return the SELECT of the open-deals frame; `DEAL_ORDER` is for the reader to make."""
    return read_sql("deals.sql")
