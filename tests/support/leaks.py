"""Does a feature know the future? Rebuild it from facts cut off, poisoned or shuffled, and list every difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from features.assemble import Frames, assemble_with
from features.domain.time import AsOf
from features.engines import DuckEngine
from features.history.known import History
from features.history.source import MemoryFacts


@dataclass(frozen=True)
class LeakCheck:
    """Builds frames, and compares those of two sets of facts that agree up to a day.

    Attributes:
        facts: Everything that ever became known.
        horizon: Day at whose end everything is known.
        replaced: Other SQL by step name, to plant a fault.
    """

    facts: MemoryFacts
    horizon: date
    replaced: Mapping[str, str] = field(default_factory=dict)

    def build(self, cutoffs: Sequence[date], facts: MemoryFacts | None = None, horizon: date | None = None) -> Frames:
        """Return the frames at `cutoffs` from `facts` as known at `horizon`."""
        end = horizon or self.horizon
        zone = self.facts.info.calendar.zone
        with History(facts or self.facts, threads=1, memory_limit="1GB").known_by(AsOf(end, zone)) as known:
            engine = DuckEngine(known.con)
            calendar = self.facts.info.calendar
            return assemble_with(engine, cutoffs, horizon=end, calendar=calendar, replaced=self.replaced)

    def truncation(self, cutoffs: Sequence[date]) -> list[str]:
        """Return differences between one pass over everything and one pass per cutoff over what was known by then."""
        full = self.build(cutoffs)
        found: list[str] = []
        for day in cutoffs:
            found += differences(full, self.build([day], truncated(self.facts, day), day), day)
        return found

    def poison(self, cutoffs: Sequence[date]) -> list[str]:
        """Return differences that garbage in later versions makes."""
        found: list[str] = []
        for day in cutoffs:
            found += differences(self.build([day]), self.build([day], poisoned(self.facts, day)), day)
        return found


def truncated(facts: MemoryFacts, day: date) -> MemoryFacts:
    """Return only the versions known by the end of `day`."""
    return MemoryFacts(facts.info, {name: log.filter(_known(facts, log, day)) for name, log in facts.tables.items()})


def poisoned(facts: MemoryFacts, day: date) -> MemoryFacts:
    """Return the facts with every version known after `day` replaced by garbage."""
    tables = {}
    for name, log in facts.tables.items():
        known = _known(facts, log, day)
        later = log.filter(pc.invert(known))
        tables[name] = pa.concat_tables([log.filter(known), _garbage(later)])
    return replace(facts, tables=tables)


def shuffled(facts: MemoryFacts, seed: int) -> MemoryFacts:
    """Return the facts with the rows of every log in another order."""
    draw = np.random.default_rng(seed)
    tables = {name: log.take(pa.array(draw.permutation(log.num_rows))) for name, log in facts.tables.items()}
    return replace(facts, tables=tables)


def differences(full: Frames, cut: Frames, day: date) -> list[str]:
    """Return the columns whose values at `day` differ, NULLs, money and floats compared exactly."""
    at = pd.Timestamp(day)
    pairs = {
        "targets": (full.targets[full.targets["as_of"] == at], cut.targets),
        "deals": (full.deals[full.deals["as_of"] == at], cut.deals),
        "team_quotas": (full.team_quotas[full.team_quotas["as_of"] == at], cut.team_quotas),
        "bookings": (full.bookings[full.bookings["known_on"] <= at], cut.bookings[cut.bookings["known_on"] <= at]),
    }
    return [f"{day} {name}: {what}" for name, pair in pairs.items() for what in _unequal(*pair)]


def _unequal(left: pd.DataFrame, right: pd.DataFrame) -> list[str]:
    if len(left) != len(right):
        return [f"{len(left)} rows against {len(right)}"]
    right = right.reset_index(drop=True)
    columns = left.reset_index(drop=True)
    return [str(name) for name in left.columns if not columns[name].equals(right[name])]


def _known(facts: MemoryFacts, log: pa.Table, day: date) -> pa.ChunkedArray:
    instant: datetime = AsOf(day, facts.info.calendar.zone).instant.replace(tzinfo=None)
    return pc.less(log.column("known_at"), pa.scalar(instant, pa.timestamp("us")))


def _garbage(later: pa.Table) -> pa.Table:
    rows = later.to_pylist()
    owners = [row.get("rep_id") for row in rows][::-1]
    for row, owner in zip(rows, owners, strict=True):
        if row.get("amount") is not None:
            row["amount"] = min(abs(row["amount"]) * 1_000_000, Decimal(10) ** 13)
        if "stage" in row:
            row |= {"stage": "won", "outcome": "won"}
        if row.get("rep_id") is not None and owner is not None and "period_start" not in row:
            row["rep_id"] = owner
    return pa.Table.from_pylist(rows, schema=later.schema)
