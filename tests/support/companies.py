"""Toy companies with every awkward case: late facts, revisions, leavers, two grains of quota, deals that move."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from features.contracts.tables import STORED
from features.domain.time import WorkCalendar
from features.domain.vocabulary import Grade
from features.history.known import History
from features.history.source import DatasetInfo, MemoryFacts

Row = dict[str, Any]
STAGES = ("discovery", "proposal", "negotiation")
BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True)
class CompanyPlan:
    """Size and habits of a toy company.

    Attributes:
        n_reps: Number of reps.
        start: First day of business; a first of a month.
        months: Months of business.
        grade: A: full deal history; C: only creation and close; D: bookings alone.
        seed: Seed of everything random.
        grain_months: Lengths of the quota periods, in months.
        revised: Whether some bookings and activities get a second version in a later import.
        deals_per_month: Deals born per rep and month.
        activities_per_month: Activities per rep and month.
    """

    n_reps: int = 6
    start: date = date(2022, 1, 1)
    months: int = 18
    grade: Grade = Grade.A
    seed: int = 7
    grain_months: tuple[int, ...] = (1, 3)
    revised: bool = True
    deals_per_month: int = 3
    activities_per_month: int = 12


@dataclass
class FactWriter:
    """Collects row versions per table and stamps them with the columns of the log."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(
        self, table: str, known: datetime, *, deleted: bool = False, import_id: str = "first", **values: object
    ) -> None:
        """Add one version of a row, known from `known` on."""
        log = self.rows.setdefault(table, [])
        stamp = {
            "known_at": known,
            "known_on": known.date(),
            "seq": len(log),
            "deleted": deleted,
            "import_id": import_id,
        }
        log.append({**values, **stamp})

    def facts(self, info: DatasetInfo) -> MemoryFacts:
        """Return everything that was added."""
        return MemoryFacts(info, {name: to_log(name, rows) for name, rows in self.rows.items()})


def to_log(table: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Return rows as the log of a stored table; columns that a row does not name are missing."""
    schema = STORED[table].arrow_schema()
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def moment(day: date, hour: int = 12) -> datetime:
    """Return a moment of `day`, UTC, without zone as the logs keep it."""
    return datetime.combine(day, time(hour))


def toy_facts(plan: CompanyPlan | None = None, *, calendar: WorkCalendar | None = None) -> MemoryFacts:
    """Return the facts of a toy company; the same plan gives the same facts."""
    plan = plan or CompanyPlan()
    draw = random.Random(plan.seed)
    writer = FactWriter()
    for number in range(plan.n_reps):
        _add_rep(writer, plan, number)
        _add_quotas(writer, plan, draw, number)
        _add_orders(writer, plan, draw, number)
        if plan.grade is not Grade.D:
            _add_activities(writer, plan, draw, number)
            for serial in range(plan.deals_per_month * plan.months):
                _add_deal(writer, plan, draw, number, serial)
    info = DatasetInfo(f"toy-{plan.seed}", calendar or WorkCalendar(), plan.grade, returns_allowed=True)
    return writer.facts(info)


def toy_history(plan: CompanyPlan | None = None) -> History:
    """Return the gate in front of a toy company's facts; one thread."""
    return History(toy_facts(plan), threads=1, memory_limit="1GB")


def _end(plan: CompanyPlan) -> date:
    return _month(plan, plan.months)


def _month(plan: CompanyPlan, offset: int) -> date:
    index = plan.start.year * 12 + plan.start.month - 1 + offset
    return date(index // 12, index % 12 + 1, 1)


def rep_id(number: int) -> str:
    """Return the identity of rep `number`."""
    return f"r{number:03d}"


def _add_rep(writer: FactWriter, plan: CompanyPlan, number: int) -> None:
    hire = None if number % 5 == 4 else plan.start - timedelta(days=400 - 130 * (number % 5))
    hired = _month(plan, 5) + timedelta(days=9) if number % 6 == 3 else hire
    row: Row = {
        "rep_id": rep_id(number),
        "name": f"Rep {number}",
        "segment": ("smb", "mid")[number % 2],
        "hire_date": hired,
    }
    row |= {"currency": "USD", "region": "north", "role": "AE"}
    writer.add("reps", moment(BEGINNING), **row)
    if number % 6 == 5:
        left = _month(plan, plan.months - 4) + timedelta(days=12)
        writer.add("reps", moment(left - timedelta(days=3)), import_id="hr", **(row | {"end_date": left}))
    seat: Row = {"rep_id": rep_id(number), "team_id": f"t{number % 2}", "valid_from": plan.start, "weight": 1.0}
    writer.add("team_assignments", moment(plan.start), **seat)
    if number % 4 == 1:
        moved = _month(plan, 7)
        writer.add("team_assignments", moment(moved), **(seat | {"team_id": "t0", "valid_from": moved, "weight": 2.0}))


def _add_quotas(writer: FactWriter, plan: CompanyPlan, draw: random.Random, number: int) -> None:
    for length in plan.grain_months:
        for offset in range(0, plan.months + 6, length):
            if number % 6 == 4 and offset > plan.months // 2:
                continue
            start, end = _month(plan, offset), _month(plan, offset + length) - timedelta(days=1)
            amount = Decimal(
                100 * length if number % 6 == 2 and offset == 6 else 20_000 * length + 500 * draw.randrange(9)
            )
            row: Row = {"rep_id": rep_id(number), "period_start": start, "period_end": end, "metric": "revenue"}
            row |= {"currency": "USD", "source": "given"}
            writer.add("quotas", moment(start - timedelta(days=30)), amount=amount, **row)
            if draw.random() < 0.15:
                writer.add("quotas", moment(start + timedelta(days=11)), amount=amount + 1_500, import_id="mid", **row)
            if number == 0:
                goal: Row = row | {"rep_id": None, "team_id": "t0"}
                writer.add("quotas", moment(start - timedelta(days=30)), amount=amount * plan.n_reps, **goal)


def _add_orders(writer: FactWriter, plan: CompanyPlan, draw: random.Random, number: int) -> None:
    for offset in range(plan.months):
        for serial in range(draw.randrange(4)):
            day = _month(plan, offset) + timedelta(days=draw.randrange(28))
            lag = draw.choice((0, 1, 1, 1, 40))
            row: Row = {
                "booking_id": f"o{number}-{offset}-{serial}",
                "rep_id": rep_id(number),
                "occurred_at": moment(day),
            }
            row |= {"occurred_on": day, "metric": "revenue", "grain": "transaction", "currency": "USD"}
            row |= {"account_id": draw.choice((None, f"a{draw.randrange(12)}")), "status": "counted"}
            row |= {"split": draw.choice((1.0, 1.0, 0.5)), "amount": Decimal(draw.randrange(-200_000, 2_500_000)) / 100}
            known = moment(day + timedelta(days=lag), draw.randrange(24))
            writer.add("bookings", known, **row)
            if plan.revised and draw.random() <= 0.2:
                _revise_order(writer, draw, row, known=known, n_reps=plan.n_reps)


def _revise_order(writer: FactWriter, draw: random.Random, row: Row, *, known: datetime, n_reps: int) -> None:
    later = known + timedelta(days=draw.choice((0, 5, 70)))
    kind = draw.randrange(4)
    if kind == 0:
        writer.add("bookings", later, deleted=True, import_id="second", **row)
    elif kind == 1:
        writer.add("bookings", later, import_id="second", **(row | {"status": "not counted"}))
    elif kind == 2:
        owner = rep_id(draw.randrange(n_reps))
        writer.add("bookings", later, import_id="second", **(row | {"rep_id": owner, "amount": row["amount"] // 2}))
    else:
        day = row["occurred_on"] - timedelta(days=33)
        moved = row | {"occurred_at": moment(day), "occurred_on": day, "amount": row["amount"] + 7}
        writer.add("bookings", later, import_id="second", **moved)


def _add_activities(writer: FactWriter, plan: CompanyPlan, draw: random.Random, number: int) -> None:
    days = (_end(plan) - plan.start).days
    for serial in range(plan.activities_per_month * plan.months):
        day = plan.start + timedelta(days=draw.randrange(days))
        deal = f"d{number}-{draw.randrange(plan.deals_per_month * plan.months)}"
        row: Row = {"activity_id": f"c{number}-{serial}", "rep_id": rep_id(number), "occurred_at": moment(day)}
        row |= {"occurred_on": day, "type": draw.choice(("call", "email", "Meeting")), "status": "done"}
        row["opportunity_id"] = draw.choice((None, deal))
        known = moment(day + timedelta(days=draw.choice((0, 1, 1, 20))), draw.randrange(24))
        writer.add("activities", known, **row)
        if plan.revised and draw.random() < 0.05:
            later = known + timedelta(days=draw.choice((2, 50)))
            writer.add("activities", later, deleted=draw.random() < 0.5, import_id="second", **(row | {"type": "demo"}))


def _add_deal(writer: FactWriter, plan: CompanyPlan, draw: random.Random, number: int, serial: int) -> None:
    days = (_end(plan) - plan.start).days
    born = plan.start + timedelta(days=draw.randrange(days))
    state: Row = {
        "opportunity_id": f"d{number}-{serial}",
        "created_at": moment(born, 9),
        "created_on": born,
        "rep_id": rep_id(number),
        "account_id": f"a{draw.randrange(12)}",
        "source": draw.choice(("inbound", "outbound", None)),
        "stage": STAGES[0],
        "amount": Decimal(draw.randrange(200_000, 4_000_000)) / 100,
        "expected_close": born + timedelta(days=draw.randrange(20, 120)),
        "outcome": "open",
    }
    writer.add("deal_states", moment(born, 9), version=1, changed_at=moment(born, 9), **_seen(state, plan.grade))
    when, version = moment(born, 9), 1
    while state["outcome"] == "open" and when < moment(_end(plan)):
        when += timedelta(days=draw.randrange(0, 35), hours=draw.randrange(0, 20))
        state |= _next_state(draw, plan, state, when)
        if plan.grade is Grade.A or state["outcome"] != "open":
            version += 1
            seen = _seen(state, plan.grade)
            writer.add("deal_states", when, version=version, changed_at=when, **seen)
    if state["outcome"] == "won":
        _book_deal(writer, state, when)


def _next_state(draw: random.Random, plan: CompanyPlan, state: Row, when: datetime) -> Row:
    kind = draw.randrange(8)
    if kind in (0, 1):
        return {"outcome": "won" if kind == 0 else "lost", "stage": "closed"}
    if kind == 2:
        return {"amount": (state["amount"] * Decimal(draw.choice(("0.8", "1.1")))).quantize(Decimal("0.01"))}
    if kind == 3:
        return {"expected_close": when.date() + timedelta(days=draw.randrange(-5, 60))}
    if kind == 4:
        return {"rep_id": rep_id(draw.randrange(plan.n_reps))}
    return {"stage": STAGES[min(STAGES.index(state["stage"]) + 1, 2)]}


def _seen(state: Row, grade: Grade) -> Row:
    hidden = grade is Grade.C and state["outcome"] == "open"
    return state | ({"stage": None, "amount": None, "expected_close": None} if hidden else {})


def _book_deal(writer: FactWriter, state: Row, when: datetime) -> None:
    row: Row = {"booking_id": f"w{state['opportunity_id']}", "rep_id": state["rep_id"], "occurred_at": when}
    row |= {"occurred_on": when.date(), "amount": state["amount"], "metric": "revenue", "grain": "transaction"}
    row |= {"split": 1.0, "status": "counted", "currency": "USD", "account_id": state["account_id"]}
    writer.add("bookings", when + timedelta(days=1), opportunity_id=state["opportunity_id"], **row)
