"""`assemble`: every feature at every cutoff in one pass over the facts that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa

from features.columns import DEAL_COLUMNS, LIFECYCLE_COLUMNS, TARGET_COLUMNS, TEAM_QUOTA_COLUMNS
from features.definitions.registry import feature_names
from features.definitions.render import (
    DEAL_FEATURES,
    DEAL_ORDER,
    TARGET_ORDER,
    Step,
    deal_steps,
    family_steps,
    ledger_steps,
    read_sql,
    wide_deals,
    wide_targets,
)
from features.domain.errors import UsageError
from features.domain.time import AsOf, Grain, WorkCalendar
from features.engines import DuckEngine, Engine
from features.frames import in_order, to_frame
from features.history.known import KnownFacts
from features.prepare import define_inputs, prepare
from features.steps import run_steps

TARGET_NAMES = {
    "start_day": "period_start",
    "period_end_day": "period_end",
    "as_of_day": "as_of",
    "name": "rep_name",
}


@dataclass(frozen=True)
class Frames:
    """What was known at each cutoff, and the facts behind it as known at the end.

    Attributes:
        targets: `TARGET_COLUMNS`, then the features of the registry; rows by as_of, rep, period and measure.
        deals: `DEAL_COLUMNS`, then `DEAL_FEATURES`; rows by as_of and opportunity.
        bookings: `BOOKING_COLUMNS` as known at the as_of of the facts; a revision is a row that takes back.
        lifecycles: `LIFECYCLE_COLUMNS` as known at the as_of of the facts.
        reps: `REP_COLUMNS` as known at the as_of of the facts.
        team_quotas: `TEAM_QUOTA_COLUMNS` for the open periods at each cutoff.
    """

    targets: pd.DataFrame
    deals: pd.DataFrame
    bookings: pd.DataFrame
    lifecycles: pd.DataFrame
    reps: pd.DataFrame
    team_quotas: pd.DataFrame


def assemble(known: KnownFacts, cutoffs: Sequence[date], *, grains: Sequence[Grain] | None = None) -> Frames:
    """Build all frames at all cutoffs from facts known by `known.as_of`.

    Args:
        known: Facts behind the gate.
        cutoffs: Days whose ends are the moments of knowledge; none may lie after `known.as_of`.
        grains: Keep only targets of these grains; None keeps all.

    Returns:
        The frames. What they say about a cutoff depends on nothing that became known after it.

    Raises:
        LookAheadError: A cutoff lies after `known.as_of`.
        UsageError: There is no cutoff.
    """
    return assemble_with(
        DuckEngine(known.con, known.threads),
        known_cutoffs(known, cutoffs),
        horizon=known.as_of.day,
        calendar=known.info.calendar,
        grains=grains,
    )


def known_cutoffs(known: KnownFacts, cutoffs: Sequence[date]) -> list[date]:
    """Return the cutoffs in order and without duplicates, each at or before the as_of of the facts.

    Raises:
        LookAheadError: A cutoff lies after `known.as_of`.
        UsageError: There is no cutoff.
    """
    ordered = sorted(set(cutoffs))
    if not ordered:
        raise UsageError("assemble was asked for no cutoff; give at least one day")
    for day in ordered:
        known.require(AsOf(day, known.as_of.zone))
    return ordered


def assemble_with(
    engine: Engine,
    cutoffs: Sequence[date],
    *,
    horizon: date,
    calendar: WorkCalendar,
    grains: Sequence[Grain] | None = None,
    replaced: Mapping[str, str] | None = None,
) -> Frames:
    """Build all frames in any engine whose `*_log` views hold known facts only.

    Args:
        engine: Session to run in.
        cutoffs: Ascending days without duplicates, none after `horizon`.
        horizon: Day at whose end the facts are known.
        calendar: Fiscal year, holidays and time zone.
        grains: Keep only targets of these grains; None keeps all.
        replaced: Other SQL by step name; the leak tests plant their faults here.
    """
    define_inputs(engine, calendar)
    prepare(engine, cutoffs, horizon=horizon, calendar=calendar)
    steps = (*ledger_steps(replaced), *family_steps(replaced), *deal_steps())
    run_steps(engine, (*steps, Step("current_reps", read_sql("sql/current_reps.sql"))), kept=_COLLECTED)
    return _collect(engine, grains)


def booked_days(known: KnownFacts) -> pd.DataFrame:
    """Return the bookings alone, as `Frames.bookings` holds them, without building anything else.

    Args:
        known: Facts behind the gate.
    """
    engine = DuckEngine(known.con, known.threads)
    define_inputs(engine, known.info.calendar)
    return _bookings(engine)


def target_table(engine: Engine, cutoffs: Sequence[date], *, horizon: date, calendar: WorkCalendar) -> pa.Table:
    """Return the targets with all features as engine rows: days as integers, money as decimals.

    Args:
        engine: Session to run in.
        cutoffs: Ascending days without duplicates, none after `horizon`.
        horizon: Day at whose end the facts are known.
        calendar: Fiscal year, holidays and time zone.
    """
    define_inputs(engine, calendar)
    prepare(engine, cutoffs, horizon=horizon, calendar=calendar)
    run_steps(engine, (*ledger_steps(), *family_steps()), kept=(wide_targets(),))
    return in_order(engine.fetch(wide_targets()), TARGET_ORDER)


def target_frame(rows: pa.Table, grains: Sequence[Grain] | None = None) -> pd.DataFrame:
    """Return the rows of `target_table` in the form of `Frames.targets`.

    Args:
        rows: Engine rows.
        grains: Keep only targets of these grains; None keeps all.
    """
    targets = to_frame(rows, TARGET_NAMES, texts=("team_id", "currency"))
    if grains is not None:
        targets = targets[targets["grain"].isin([grain.value for grain in grains])].reset_index(drop=True)
    return targets[[*TARGET_COLUMNS, *feature_names()]]


def _collect(engine: Engine, grains: Sequence[Grain] | None) -> Frames:
    deal_names = {"as_of_day": "as_of", "created_day": "created_on", "expected_day": "expected_close"}
    open_deals = in_order(engine.fetch(wide_deals()), DEAL_ORDER)
    deals = to_frame(open_deals, deal_names, texts=("source", "stage", "segment"))
    life_names = {"created_day": "created_on", "closed_day": "closed_on"}
    rep_names = {"name": "rep_name", "hire_day": "hire_date", "end_day": "end_date"}
    goal_names = {"as_of_day": "as_of", "start_day": "period_start", "end_day": "period_end", "source": "quota_source"}
    lives = to_frame(engine.fetch(_LIFECYCLES), life_names, texts=("source",))
    return Frames(
        targets=target_frame(in_order(engine.fetch(wide_targets()), TARGET_ORDER), grains),
        deals=deals[[*DEAL_COLUMNS, *DEAL_FEATURES]],
        bookings=_bookings(engine),
        lifecycles=lives[list(LIFECYCLE_COLUMNS)],
        reps=to_frame(engine.fetch(_CURRENT_REPS), rep_names, texts=REP_TEXTS),
        team_quotas=to_frame(engine.fetch(_TEAM_QUOTAS), goal_names, texts=("currency",))[list(TEAM_QUOTA_COLUMNS)],
    )


def _bookings(engine: Engine) -> pd.DataFrame:
    return to_frame(engine.fetch(_BOOKED_DAYS), {"occurred_day": "day", "known_day": "known_on"})


REP_TEXTS = ("team_id", "region", "role")
_LIFECYCLES, _BOOKED_DAYS = read_sql("sql/lifecycles.sql"), read_sql("sql/booked_days.sql")
_CURRENT_REPS = "SELECT * FROM current_reps ORDER BY rep_id"
_TEAM_QUOTAS = "SELECT * FROM team_quotas ORDER BY as_of_day, team_id, start_day, end_day, metric"
_COLLECTED = (wide_targets(), wide_deals(), _LIFECYCLES, _BOOKED_DAYS, _CURRENT_REPS, _TEAM_QUOTAS)
"""Queries that read what the steps have made."""
