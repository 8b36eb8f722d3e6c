"""Build the targets at many cutoffs, or append one from what became known since.

An append runs the definitions as a rebuild does, on one cutoff. Only where the sums come from differs: a rebuild lets
them run over the long logs (bookings, activities, states of deals) from the first cutoff on; an append adds the rows
that became known since the last cutoff to what an earlier build carried (`sql/one_cutoff`). Reps and teams are short
and read whole. Rows of a closed deal are looked up in the log if that deal has news. Both engines can do it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from features.definitions.render import (
    TARGET_ORDER,
    append_steps,
    carry_steps,
    family_steps,
    ledger_steps,
    wide_targets,
)
from features.domain.errors import UsageError
from features.domain.time import AsOf, WorkCalendar
from features.engines import DuckEngine, Engine
from features.frames import in_order
from features.history.known import History
from features.increment.carried import Carried, basis_of
from features.increment.files import LOGS, past_stands
from features.increment.following import first_tables, following_tables
from features.increment.news import NEWS, define_quotas, load_quiet, moment_of, quiet_parts, read_rows, told_apart
from features.prepare import define_inputs, define_views, prepare
from features.steps import run_steps


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
    prepare(engine, cutoffs, horizon=cutoffs[-1], calendar=calendar)
    counts = known_counts(engine, AsOf(cutoffs[-1], calendar.zone))
    carry = {step.name: step.select for step in carry_steps()}
    run_steps(engine, (*ledger_steps(), *family_steps()), kept=(wide_targets(), *carry.values(), "account_firsts"))
    targets = in_order(engine.fetch(wide_targets()), TARGET_ORDER)
    tables = first_tables(engine, carry, cutoffs[-1])
    return Built(targets, Carried(cutoffs[-1], basis_of(calendar), counts, tables))


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
    read_rows(engine, since)
    counts = _grown(engine, carried.counts, since)
    revised = sum(key.startswith("activities/") for key in counts) > 1
    news = told_apart(engine, carried, activities_revised=revised, since=since)
    define_quotas(engine, cutoff)
    define_views(engine, calendar, activities_revised=revised)
    stay = quiet_parts(carried, news)
    load_quiet(engine, carried, stay)
    prepare(engine, [cutoff], horizon=cutoff, calendar=calendar)
    carry = {step.name: step.select for step in carry_steps()}
    done = {step.name for step in append_steps()}
    carry = {name: f"SELECT * FROM {name}" if name in done else select for name, select in carry.items()}
    run_steps(engine, (*append_steps(), *family_steps()), kept=(wide_targets(), *carry.values(), "account_firsts"))
    targets = in_order(engine.fetch(wide_targets()), TARGET_ORDER)
    tables = following_tables(engine, carry, stay, cutoff)
    return Built(targets, Carried(cutoff, carried.basis, counts, tables))


def known_counts(engine: Engine, as_of: AsOf) -> dict[str, int]:
    """Return the rows known by the end of a day per log and import, as `Carried.counts` keeps them."""
    return _count(engine, {log: f"{log}_log WHERE known_at < {moment_of(as_of)}" for log in LOGS})


def still_true(engine: Engine, carried: Carried, *, calendar: WorkCalendar) -> bool:
    """Whether the past is as it was when the state was made.

    Row versions never change (ADR 0001); an import may add facts about the past that no earlier one had brought, and
    an undone one takes its rows away. Either shows in the number of rows of some import.
    """
    known = known_counts(engine, AsOf(carried.cutoff, calendar.zone))
    return carried.basis == basis_of(calendar) and known == dict(carried.counts)


def is_current(history: History, carried: Carried) -> bool:
    """Whether a state can be appended to: told by the files of the logs where they can tell, else by counting rows.

    Args:
        history: The dataset as it is now.
        carried: A state at some cutoff.
    """
    calendar = history.info.calendar
    cutoff = AsOf(carried.cutoff, calendar.zone)
    stands = past_stands(history.source, carried.files, cutoff)
    if stands is not None:
        return stands and carried.basis == basis_of(calendar)
    with history.known_by(cutoff) as known:
        return still_true(DuckEngine(known.con, known.threads), carried, calendar=calendar)


def _grown(engine: Engine, counts: Mapping[str, int], since: AsOf) -> dict[str, int]:
    """Return the counts with those of the news, which stand where `read_rows` has put them."""
    later = f"known_at >= {moment_of(since)}"
    grown = dict(counts)
    for key, n in _count(engine, {log: NEWS.get(log) or f"{log}_log WHERE {later}" for log in LOGS}).items():
        grown[key] = grown.get(key, 0) + n
    return grown


def _require_later(carried: Carried, cutoff: date, calendar: WorkCalendar) -> None:
    if cutoff <= carried.cutoff:
        raise UsageError(f"the state is of {carried.cutoff}; {cutoff} cannot be appended to it, build it anew")
    if carried.basis != basis_of(calendar):
        raise UsageError(f"the state of {carried.cutoff} was made with other definitions or days off; build it anew")


def _count(engine: Engine, relations: Mapping[str, str]) -> dict[str, int]:
    parts = (
        f"SELECT '{log}' AS log, import_id, COUNT(*) AS n FROM {rows} GROUP BY import_id"
        for log, rows in relations.items()
    )
    rows = engine.fetch("\nUNION ALL\n".join(parts)).to_pylist()
    return {f"{row['log']}/{row['import_id']}": int(row["n"]) for row in rows}
