"""Appending cutoffs one by one, and what a rebuild says about the same cutoffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from features.assemble import target_table
from features.domain.time import AsOf, add_months
from features.engines import DuckEngine
from features.grids import day_number
from features.history.known import History
from features.history.source import FactSource, MemoryFacts
from features.increment.build import Built, append, build
from features.increment.carried import Carried


def month_ends(first: date, n: int) -> list[date]:
    """Return the last days of `n` months, beginning with the month of `first`."""
    return [add_months(first, step + 1) - timedelta(days=1) for step in range(n)]


def rebuilt(facts: FactSource, cutoffs: Sequence[date]) -> pa.Table:
    """Return the targets at all cutoffs, made from the whole log at the last one."""
    calendar = facts.info.calendar
    with History(facts, threads=1).known_by(AsOf(cutoffs[-1], calendar.zone)) as known:
        return target_table(DuckEngine(known.con), cutoffs, horizon=cutoffs[-1], calendar=calendar)


def begun(facts: FactSource, cutoffs: Sequence[date]) -> Built:
    """Return what a build of these cutoffs makes and leaves behind."""
    calendar = facts.info.calendar
    with History(facts, threads=1).known_by(AsOf(cutoffs[-1], calendar.zone)) as known:
        return build(DuckEngine(known.con), cutoffs, calendar=calendar)


def appended(facts: FactSource, carried: Carried, cutoff: date) -> Built:
    """Return what appending one cutoff makes and leaves behind."""
    calendar = facts.info.calendar
    with History(facts, threads=1).known_by(AsOf(cutoff, calendar.zone)) as known:
        return append(DuckEngine(known.con), carried, cutoff, calendar=calendar)


def one_by_one(facts: FactSource, cutoffs: Sequence[date]) -> pa.Table:
    """Return the targets at all cutoffs: the first one built, each other one appended."""
    built = begun(facts, cutoffs[:1])
    parts = [built.targets]
    for day in cutoffs[1:]:
        built = appended(facts, built.carried, day)
        parts.append(built.targets)
    return pa.concat_tables(parts).combine_chunks()


def without_past(facts: MemoryFacts, day: date) -> MemoryFacts:
    """Return the facts with no booking, activity or state of a deal that was known by the end of `day`."""
    zone = facts.info.calendar.zone
    end = pa.scalar(AsOf(day, zone).instant.replace(tzinfo=None), pa.timestamp("us"))
    long = ("bookings", "activities", "deal_states")
    tables = {
        name: log.filter(pc.greater_equal(log.column("known_at"), end)) if name in long else log
        for name, log in facts.tables.items()
    }
    return replace(facts, tables=tables)


def at(rows: pa.Table, day: date) -> pa.Table:
    """Return the rows of one cutoff."""
    return rows.filter(pc.equal(rows.column("as_of_day"), day_number(day))).combine_chunks()


def assert_identical(ours: pa.Table, theirs: pa.Table) -> None:
    """Both tables hold the same values in the same order, to the last bit; says which columns differ."""
    ours, theirs = ours.combine_chunks(), theirs.combine_chunks()
    assert ours.num_rows == theirs.num_rows
    other = [name for name in theirs.column_names if not ours.column(name).equals(theirs.column(name))]
    assert ours.schema == theirs.schema
    assert other == []
