"""The slow and obvious way to compute features: filter by date, one rep and one as_of at a time, in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from features.history.source import MemoryFacts

Row = dict[str, Any]
NONE = float("nan")


@dataclass(frozen=True)
class Oracle:
    """What was known on one day, by filtering row versions.

    Attributes:
        day: Day whose end is the moment of knowledge.
        bookings: Counted bookings that had happened, as known then.
        deals: Versions of each deal known then, oldest first.
        activities: Activities that had happened, as known then.
        segments: Segment of each rep.
        gains: Rep and day of every booking above zero that stood on at least one day, corrected later or not.
    """

    day: date
    bookings: list[Row]
    deals: list[list[Row]]
    activities: list[Row]
    segments: dict[str, str]
    gains: list[tuple[str, date]]

    def booked(self, rep: str, days: int) -> list[Row]:
        """Return the rep's bookings of the trailing `days`."""
        return [b for b in self.bookings if b["rep_id"] == rep and _recent(b["occurred_on"], self.day, days)]

    def open_of(self, rep: str) -> list[list[Row]]:
        """Return the rep's open deals."""
        return [deal for deal in self.deals if deal[-1]["rep_id"] == rep and deal[-1]["outcome"] == "open"]

    def decided(self, outcome: str, reps: Iterable[str]) -> list[tuple[Row, date]]:
        """Return last state and day of the deals of `reps` that were decided in the trailing 364 days."""
        wanted = set(reps)
        found = [(deal[-1], _turned(deal)) for deal in self.deals if deal[-1]["rep_id"] in wanted]
        return [(state, day) for state, day in found if state["outcome"] == outcome and _recent(day, self.day, 364)]

    def active(self, rep: str, days: int) -> list[Row]:
        """Return the rep's activities of the trailing `days`."""
        return [a for a in self.activities if a["rep_id"] == rep and _recent(a["occurred_on"], self.day, days)]


def oracle_at(facts: MemoryFacts, day: date) -> Oracle:
    """Return what was known at the end of `day`."""
    bookings = [b for b in _latest(facts, "bookings", ("booking_id",), day) if b["status"] == "counted"]
    states = _latest(facts, "deal_states", ("opportunity_id", "version"), day)
    deals: dict[str, list[Row]] = defaultdict(list)
    for state in sorted(states, key=lambda row: (row["known_at"], row["version"], row["seq"])):
        deals[state["opportunity_id"]].append(state)
    activities = _latest(facts, "activities", ("activity_id",), day)
    return Oracle(
        day=day,
        bookings=[b for b in bookings if b["occurred_on"] <= day],
        deals=list(deals.values()),
        activities=[a for a in activities if a["occurred_on"] <= day],
        segments={rep["rep_id"]: rep["segment"] for rep in _latest(facts, "reps", ("rep_id",), day)},
        gains=_gains(facts, day),
    )


def _gains(facts: MemoryFacts, day: date) -> list[tuple[str, date]]:
    versions: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(_rows(facts, "bookings"), key=lambda r: (r["known_at"], r["seq"])):
        versions[row["booking_id"]].append(row)
    found = []
    for history in versions.values():
        ends = [row["known_on"] for row in history[1:]] + [date.max]
        for row, end in zip(history, ends, strict=True):
            seen = max(row["known_on"], row["occurred_on"])
            counts = row["status"] == "counted" and not row["deleted"] and row["amount"] > 0
            if counts and seen < end and seen <= day:
                found.append((row["rep_id"], row["occurred_on"]))
    return found


def _rows(facts: MemoryFacts, table: str) -> list[Row]:
    log = facts.arrow(table)
    return [] if log is None else [dict(row) for row in log.to_pylist()]


def _latest(facts: MemoryFacts, table: str, key: Sequence[str], day: date) -> list[Row]:
    newest: dict[tuple[object, ...], Row] = {}
    for row in sorted(_rows(facts, table), key=lambda r: (r["known_at"], r["seq"])):
        if row["known_on"] <= day:
            newest[tuple(row[name] for name in key)] = row
    return [row for row in newest.values() if not row["deleted"]]


def _recent(day: date, as_of: date, days: int) -> bool:
    return as_of - timedelta(days=days) < day <= as_of


def _turned(deal: Sequence[Row]) -> date:
    """Return the day since when the deal has its last outcome."""
    turned = deal[0]["changed_at"]
    for before, after in pairwise(deal):
        if after["outcome"] != before["outcome"]:
            turned = after["changed_at"]
    day: date = turned.date()
    return day


def _last_gain(at: Oracle, rep: str) -> float:
    days = [day for owner, day in at.gains if owner == rep]
    return (at.day - max(days)).days if days else NONE


def _credited(bookings: Iterable[Row]) -> float:
    return float(sum((b["amount"] * Decimal(str(b["split"])) for b in bookings), Decimal(0)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else NONE


def _lately(at: Oracle, rep: str, changed: Callable[[Row, Row], bool]) -> int:
    """Count the changes of the trailing 91 days that left a deal open with this rep."""
    steps = [(before, after) for deal in at.deals for before, after in pairwise(deal)]
    kept = [(a, b) for a, b in steps if b["rep_id"] == rep and b["outcome"] == "open"]
    return sum(changed(a, b) for a, b in kept if _recent(b["known_on"], at.day, 91))


def _pushes(before: Row, after: Row) -> bool:
    return bool(after["expected_close"] > before["expected_close"])


def _moves(before: Row, after: Row) -> bool:
    return bool(after["stage"] != before["stage"])


def _win_rate(at: Oracle, rep: str) -> float:
    peers = [other for other, segment in at.segments.items() if segment == at.segments[rep]]
    won, lost = len(at.decided("won", [rep])), len(at.decided("lost", [rep]))
    all_won, all_lost = len(at.decided("won", peers)), len(at.decided("lost", peers))
    return (won + 8 * all_won / (all_won + all_lost)) / (won + lost + 8)


def _due_share(at: Oracle, rep: str) -> float:
    states = [deal[-1] for deal in at.open_of(rep)]
    due = [s for s in states if at.day <= s["expected_close"] <= at.day + timedelta(days=91)]
    return float(sum(s["amount"] for s in due)) / float(sum(s["amount"] for s in states))


def _cycle(at: Oracle, rep: str) -> float:
    return _mean([(day - state["created_on"]).days for state, day in at.decided("won", [rep])])


def _new_deals(at: Oracle, rep: str) -> float:
    return len([d for d in at.deals if d[0]["rep_id"] == rep and _recent(d[0]["created_on"], at.day, 91)])


def _open_pipeline(at: Oracle, rep: str) -> float:
    return float(sum((deal[-1]["amount"] for deal in at.open_of(rep)), Decimal(0)))


def _share(chosen: float, everything: float) -> float:
    return chosen / everything if everything else NONE


ORACLES: dict[str, Callable[[Oracle, str], float]] = {
    "days_since_booking": _last_gain,
    "bookings_28d": lambda at, rep: _credited(at.booked(rep, 28)),
    "bookings_91d": lambda at, rep: _credited(at.booked(rep, 91)),
    "bookings_364d": lambda at, rep: _credited(at.booked(rep, 364)),
    "booking_count_91d": lambda at, rep: len(at.booked(rep, 91)),
    "booking_momentum": lambda at, rep: _share(4 * _credited(at.booked(rep, 91)), _credited(at.booked(rep, 364))),
    "open_pipeline": _open_pipeline,
    "open_deals": lambda at, rep: len(at.open_of(rep)),
    "due_share_91d": _due_share,
    "new_deals_91d": _new_deals,
    "pipeline_age_days": lambda at, rep: _mean([(at.day - d[-1]["created_on"]).days for d in at.open_of(rep)]),
    "stage_moves_per_deal": lambda at, rep: _share(_lately(at, rep, _moves), len(at.open_of(rep))),
    "days_since_change": lambda at, rep: _mean([(at.day - d[-1]["known_on"]).days for d in at.open_of(rep)]),
    "overdue_share": lambda at, rep: _mean([d[-1]["expected_close"] < at.day for d in at.open_of(rep)]),
    "pushes_per_deal": lambda at, rep: _share(_lately(at, rep, _pushes), len(at.open_of(rep))),
    "inherited_share": lambda at, rep: _mean([d[0]["rep_id"] != d[-1]["rep_id"] for d in at.open_of(rep)]),
    "win_rate": _win_rate,
    "cycle_days": _cycle,
    "won_deal_size": lambda at, rep: _mean([float(state["amount"]) for state, _ in at.decided("won", [rep])]),
    "activities_28d": lambda at, rep: len(at.active(rep, 28)),
    "activity_trend": lambda at, rep: _share(3.25 * len(at.active(rep, 28)), len(at.active(rep, 91))),
    "deal_activity_share": lambda at, rep: _share(
        sum(a["opportunity_id"] is not None for a in at.active(rep, 28)), len(at.active(rep, 28))
    ),
    "two_way_share": lambda at, rep: _share(
        sum(a["type"].lower() in {"call", "meeting", "demo"} for a in at.active(rep, 28)), len(at.active(rep, 28))
    ),
}
"""One naive definition per feature: (what was known, rep) -> value."""


def attained(at: Oracle, rep: str, start: date, end: date) -> float:
    """Return what the rep has booked in a period."""
    return _credited(b for b in at.bookings if b["rep_id"] == rep and start <= b["occurred_on"] <= end)
