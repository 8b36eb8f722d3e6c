"""A cutoff that is appended has the rows that a rebuild gives it, and costs no look at the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.domain.errors import UsageError
from features.domain.time import AsOf, WorkCalendar
from features.domain.vocabulary import Grade
from features.engine_postgres import PostgresEngine
from features.engines import DuckEngine
from features.grids import day_number
from features.history.known import History
from features.history.source import DatasetInfo, MemoryFacts
from features.increment.build import append, build, still_true
from features.increment.carried import Carried, load_carried
from features.increment.files import LOGS
from tests.support.appends import (
    appended,
    assert_identical,
    at,
    begun,
    month_ends,
    one_by_one,
    rebuilt,
    without_past,
)
from tests.support.companies import BEGINNING, CompanyPlan, FactWriter, moment, toy_facts
from tests.support.postgres import postgres_url

if TYPE_CHECKING:
    import psycopg

SEEN, NEXT = date(2024, 5, 31), date(2024, 6, 30)


@pytest.mark.parametrize(
    "plan",
    [
        CompanyPlan(months=15),
        CompanyPlan(grade=Grade.C, seed=5, months=8),
        CompanyPlan(grade=Grade.D, seed=6, months=8, grain_months=(12,)),
        CompanyPlan(revised=False, seed=8, months=8, grain_months=(3,)),
    ],
    ids=["every month and quarter", "grade C", "bookings and years alone", "one import"],
)
def test_months_appended_one_by_one_are_those_of_a_rebuild(plan: CompanyPlan) -> None:
    facts, cutoffs = toy_facts(plan), month_ends(plan.start, plan.months + 2)
    assert_identical(one_by_one(facts, cutoffs), rebuilt(facts, cutoffs))


def test_cutoffs_may_lie_any_number_of_days_apart() -> None:
    facts = toy_facts(CompanyPlan(seed=11))
    gaps = (1, 7, 1, 30, 93, 2, 400)
    cutoffs = [date(2022, 2, 10)]
    for gap in gaps:
        cutoffs.append(cutoffs[-1] + timedelta(days=gap))
    assert_identical(one_by_one(facts, cutoffs), rebuilt(facts, cutoffs))


def test_a_company_in_another_time_zone_is_appended_at_its_own_midnight() -> None:
    facts = known_in_shanghai(toy_facts(CompanyPlan(seed=12, n_reps=4, months=6)))
    cutoffs = month_ends(date(2022, 1, 1), 6)
    assert_identical(one_by_one(facts, cutoffs), rebuilt(facts, cutoffs))


def known_in_shanghai(facts: MemoryFacts) -> MemoryFacts:
    """Return the facts with the days of knowledge that an import writes for a company in Shanghai, UTC+8."""

    def local(log: pa.Table) -> pa.Table:
        day = pc.add(log.column("known_at"), pa.scalar(timedelta(hours=8))).cast(pa.date32())
        return log.set_column(log.schema.get_field_index("known_on"), "known_on", day)

    tables = {name: local(log) for name, log in facts.tables.items()}
    return replace(facts, tables=tables, info=replace(facts.info, calendar=WorkCalendar(zone="Asia/Shanghai")))


def test_nothing_that_was_known_before_is_read_again() -> None:
    """With the past taken out of the three long logs, an append still gives the rows of a rebuild of everything."""
    facts, cutoffs = toy_facts(CompanyPlan(seed=14)), month_ends(date(2022, 1, 1), 14)
    carried = begun(facts, cutoffs[:-1]).carried
    short = without_past(facts, cutoffs[-2])
    assert 0 < short.tables["activities"].num_rows < 0.3 * facts.tables["activities"].num_rows
    assert_identical(appended(short, carried, cutoffs[-1]).targets, at(rebuilt(facts, cutoffs), cutoffs[-1]))


def test_what_is_carried_does_not_grow_with_the_past() -> None:
    """Activities, open deals and moving states are those of the last windows, however long the log is."""
    short = begun(toy_facts(CompanyPlan(seed=2, months=16)), month_ends(date(2022, 1, 1), 16)).carried
    long = begun(toy_facts(CompanyPlan(seed=2, months=32)), month_ends(date(2022, 1, 1), 32)).carried
    for name in ("activities", "open_deals", "deal_changes", "rep_past", "company_past", "quota_past"):
        assert 0 < long.table(name).num_rows < 1.35 * short.table(name).num_rows, name


def company() -> FactWriter:
    """Two reps with monthly quotas; one deal won in May, one lost a year and a half ago, one open since April."""
    writer = FactWriter()
    for rep in ("ann", "bob"):
        writer.add("reps", moment(BEGINNING), rep_id=rep, name=rep, segment="smb", hire_date=date(2022, 1, 1))
        for month in (4, 5, 6, 7):
            add_quota(writer, rep, month)
    deal(writer, "won", 1, date(2024, 4, 2))
    deal(writer, "won", 2, date(2024, 5, 20), outcome="won")
    deal(writer, "old", 1, date(2022, 9, 1))
    deal(writer, "old", 2, date(2022, 12, 1), outcome="lost")
    deal(writer, "live", 1, date(2024, 4, 10))
    deal(writer, "live", 2, date(2024, 5, 2), stage="s2")
    booking(writer, "b1", date(2024, 5, 20), 900)
    booking(writer, "b2", date(2023, 6, 15), 400)
    booking(writer, "b3", date(2021, 3, 1), 700)
    activity(writer, "a1", date(2024, 5, 28))
    activity(writer, "a2", date(2023, 1, 5))
    return writer


def add_quota(
    writer: FactWriter, rep: str, month: int, amount: int = 1_000, *, known: date | None = None, **values: object
) -> None:
    start = date(2024, month, 1)
    row: dict[str, Any] = {"period_start": start, "period_end": month_ends(start, 1)[0], "source": "given"}
    row |= {"metric": "revenue", "amount": amount, **values}
    deleted = bool(row.pop("deleted", False))
    writer.add("quotas", moment(known or start - timedelta(days=35)), deleted=deleted, rep_id=rep, **row)


def take_back_quotas(writer: FactWriter, rep: str) -> None:
    for month in (4, 5, 6, 7):
        add_quota(writer, rep, month, known=JUNE_10, deleted=True)


def deal(
    writer: FactWriter, name: str, version: int, day: date, *, known: date | None = None, **values: object
) -> None:
    rows = [row for row in writer.rows.get("deal_states", []) if row["opportunity_id"] == name]
    born = rows[0]["created_on"] if rows else day
    row: dict[str, Any] = {"rep_id": "ann", "stage": "s1", "amount": 500, "expected_close": date(2024, 7, 15)}
    row |= {"outcome": "open", "created_at": moment(born), "created_on": born, "changed_at": moment(day), **values}
    deleted = bool(row.pop("deleted", False))
    writer.add("deal_states", moment(known or day), deleted=deleted, opportunity_id=name, version=version, **row)


def booking(
    writer: FactWriter, name: str, day: date, amount: int, *, known: date | None = None, **values: object
) -> None:
    row: dict[str, Any] = {"rep_id": "ann", "occurred_at": moment(day), "occurred_on": day, "amount": amount}
    row |= {"metric": "revenue", "status": "counted", "split": 1.0, "account_id": "acme", **values}
    deleted = bool(row.pop("deleted", False))
    writer.add("bookings", moment(known or day), deleted=deleted, booking_id=name, **row)


def activity(writer: FactWriter, name: str, day: date, *, known: date | None = None, **values: object) -> None:
    row: dict[str, Any] = {"rep_id": "ann", "occurred_at": moment(day), "occurred_on": day, "type": "call", **values}
    row = {"status": "done", "opportunity_id": "live", **row}
    import_id = str(row.pop("import_id", "first"))
    deleted = bool(row.pop("deleted", False))
    writer.add("activities", moment(known or day), deleted=deleted, import_id=import_id, activity_id=name, **row)


JUNE_10 = date(2024, 6, 10)
NEWS: dict[str, Callable[[FactWriter], None]] = {
    "nothing at all": lambda w: None,
    "a deal moves on": lambda w: deal(w, "live", 3, JUNE_10, stage="s3", amount=800),
    "a deal changes hands": lambda w: deal(w, "live", 3, JUNE_10, rep_id="bob", stage="s2"),
    "a deal is pushed out": lambda w: deal(w, "live", 3, JUNE_10, stage="s2", expected_close=date(2024, 12, 1)),
    "a deal is won": lambda w: deal(w, "live", 3, JUNE_10, outcome="won"),
    "a deal is deleted": lambda w: deal(w, "live", 3, JUNE_10, deleted=True),
    "an edit after the win": lambda w: deal(w, "won", 3, JUNE_10, outcome="won", amount=1_700),
    "an edit by another owner after the win": lambda w: deal(w, "won", 3, JUNE_10, outcome="won", rep_id="bob"),
    "a win taken back": lambda w: deal(w, "won", 3, JUNE_10),
    "a win that turns into a loss": lambda w: deal(w, "won", 3, JUNE_10, outcome="lost"),
    "a deal lost long ago opens again": lambda w: deal(w, "old", 3, JUNE_10, stage="s2"),
    "a deal lost long ago is edited": lambda w: deal(w, "old", 3, JUNE_10, outcome="lost", amount=1),
    "an early state is corrected": lambda w: deal(w, "live", 1, date(2024, 4, 10), known=JUNE_10, amount=9),
    "a new deal": lambda w: deal(w, "new", 1, JUNE_10),
    "a new deal created long ago": lambda w: deal(w, "late", 1, date(2023, 2, 1), known=JUNE_10),
    "a new booking": lambda w: booking(w, "b9", JUNE_10, 250, account_id="globex"),
    "a late booking": lambda w: booking(w, "b9", date(2024, 5, 30), 250, known=JUNE_10),
    "a very late booking": lambda w: booking(w, "b9", date(2023, 6, 20), 250, known=JUNE_10),
    "a booking known before its day": lambda w: booking(w, "b9", date(2024, 7, 20), 250, known=JUNE_10),
    "a booking of another measure": lambda w: booking(w, "b9", JUNE_10, 3, metric="units"),
    "a booking is taken back": lambda w: booking(w, "b1", date(2024, 5, 20), 900, known=JUNE_10, deleted=True),
    "an old booking is taken back": lambda w: booking(w, "b3", date(2021, 3, 1), 700, known=JUNE_10, deleted=True),
    "a booking does not count": lambda w: booking(w, "b2", date(2023, 6, 15), 400, known=JUNE_10, status="void"),
    "a booking goes to someone else": lambda w: booking(w, "b1", date(2024, 5, 20), 900, known=JUNE_10, rep_id="bob"),
    "a booking moves back in time": lambda w: booking(w, "b1", date(2023, 5, 20), 900, known=JUNE_10),
    "an activity": lambda w: activity(w, "a9", JUNE_10, type="email"),
    "a late activity": lambda w: activity(w, "a9", date(2024, 5, 29), known=JUNE_10),
    "a meeting to come": lambda w: activity(w, "a9", date(2024, 7, 4), known=JUNE_10),
    "an activity is cancelled": lambda w: activity(
        w, "a1", date(2024, 5, 28), known=JUNE_10, status="cancelled", import_id="second"
    ),
    "an activity goes to someone else": lambda w: activity(
        w, "a1", date(2024, 5, 28), known=JUNE_10, rep_id="bob", import_id="second"
    ),
    "an old activity moves into the window": lambda w: activity(
        w, "a2", date(2024, 6, 1), known=JUNE_10, import_id="second"
    ),
    "a rep leaves": lambda w: w.add(
        "reps", moment(JUNE_10), rep_id="ann", name="ann", segment="smb", end_date=date(2024, 6, 20)
    ),
    "a rep changes segment": lambda w: w.add("reps", moment(JUNE_10), rep_id="ann", name="ann", segment="ent"),
    "a quota is corrected": lambda w: add_quota(w, "ann", 6, 2_000, known=JUNE_10),
    "an old quota is corrected": lambda w: add_quota(w, "ann", 4, 2_000, known=JUNE_10),
    "the last quotas of a rep are taken back": lambda w: take_back_quotas(w, "bob"),
    "quotas in another currency": lambda w: add_quota(w, "ann", 8, 5, known=JUNE_10, metric="units", currency=""),
}


@pytest.mark.parametrize("news", NEWS.values(), ids=NEWS.keys())
def test_each_kind_of_news_is_appended_as_a_rebuild_tells_it(news: Callable[[FactWriter], None]) -> None:
    writer = company()
    before = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    carried = begun(before, [SEEN]).carried
    news(writer)
    after = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    following = [NEXT, date(2024, 9, 30)]
    june = appended(after, carried, following[0])
    found = [june, appended(after, june.carried, following[1])]
    assert_identical(pa.concat_tables([built.targets for built in found]), rebuilt(after, following))


def test_two_changes_of_one_booking_and_deal_between_two_cutoffs_are_both_seen() -> None:
    writer = company()
    booking(writer, "b1", date(2024, 5, 20), 5_000, known=JUNE_10)
    booking(writer, "b1", date(2024, 5, 20), 10, known=date(2024, 6, 12))
    deal(writer, "live", 3, JUNE_10, outcome="won")
    deal(writer, "live", 4, date(2024, 6, 11), stage="s3")
    activity(writer, "a1", date(2024, 6, 2), known=JUNE_10, import_id="second")
    activity(writer, "a1", date(2024, 6, 3), known=date(2024, 6, 11), import_id="third")
    facts = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    cutoffs = [SEEN, *month_ends(NEXT, 4)]
    assert_identical(one_by_one(facts, cutoffs), rebuilt(facts, cutoffs))


COMING: dict[str, Callable[[FactWriter], None]] = {
    "they come": lambda w: None,
    "they are called off in time": lambda w: call_off(w, JUNE_10),
    "they are called off when they have begun": lambda w: call_off(w, date(2024, 7, 9)),
    "they are called off long after": lambda w: call_off(w, date(2024, 9, 20)),
    "they move to someone else": lambda w: move_to(w, "bob", date(2024, 7, 20)),
    "they move away and begin sooner": lambda w: move_to(w, "bob", date(2024, 6, 12)),
}


def call_off(writer: FactWriter, known: date) -> None:
    booking(writer, "b7", date(2024, 7, 5), 320, known=known, deleted=True)
    activity(writer, "a7", date(2024, 7, 5), known=known, status="cancelled", import_id="second")


def move_to(writer: FactWriter, rep: str, day: date) -> None:
    booking(writer, "b7", day, 330, known=JUNE_10, rep_id=rep)
    activity(writer, "a7", day, known=JUNE_10, rep_id=rep, import_id="second")


@pytest.mark.parametrize("news", COMING.values(), ids=COMING.keys())
def test_what_is_planned_begins_on_its_day_whatever_becomes_of_it(news: Callable[[FactWriter], None]) -> None:
    """A booking and a meeting of 5 July, known in May, and a deal whose date of creation lies in July."""
    writer = company()
    booking(writer, "b7", date(2024, 7, 5), 320, known=date(2024, 5, 30), rep_id="bob", account_id="initech")
    activity(writer, "a7", date(2024, 7, 5), known=date(2024, 5, 30), rep_id="bob", type="meeting")
    deal(writer, "early", 1, date(2024, 7, 8), known=date(2024, 5, 30), rep_id="bob")
    news(writer)
    facts = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    cutoffs = [SEEN, *month_ends(NEXT, 6)]
    assert_identical(one_by_one(facts, cutoffs), rebuilt(facts, cutoffs))


def test_a_deal_that_ends_again_and_again_is_counted_once() -> None:
    """Each end is taken back when the deal opens, changes hands or is edited, from whoever had it."""
    writer = company()
    changes: list[tuple[date, dict[str, Any]]] = [
        (JUNE_10, {"outcome": "open", "stage": "s2"}),
        (date(2024, 7, 3), {"outcome": "lost", "rep_id": "bob"}),
        (date(2024, 8, 4), {"outcome": "lost", "rep_id": "bob", "amount": None}),
        (date(2024, 9, 5), {"outcome": "won", "amount": 910}),
        (date(2024, 10, 6), {"outcome": "won", "amount": 920, "deleted": True}),
    ]
    for version, (day, values) in enumerate(changes, start=3):
        deal(writer, "won", version, day, **values)
    facts = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    cutoffs = [SEEN, *month_ends(NEXT, 17)]
    rows = one_by_one(facts, cutoffs)
    assert_identical(rows, rebuilt(facts, cutoffs))
    won = {day: {row["rep_id"]: row["won_deal_size"] for row in at(rows, day).to_pylist()} for day in cutoffs}
    assert won[SEEN]["ann"] == 500
    assert won[NEXT]["ann"] is None
    assert won[date(2024, 9, 30)] == {"ann": 910, "bob": None}
    assert won[date(2024, 10, 31)] == {"ann": None, "bob": None}


def test_states_are_saved_read_and_appended_to_in_turn(tmp_path: Path) -> None:
    facts, cutoffs = toy_facts(CompanyPlan(n_reps=3, months=16, seed=3)), month_ends(date(2022, 1, 1), 16)
    carried = begun(facts, cutoffs[:1]).carried
    parts = []
    for day in cutoffs[1:]:
        carried.save(tmp_path / str(carried.cutoff))
        built = appended(facts, load_carried(tmp_path / str(carried.cutoff)), day)
        carried = built.carried
        parts.append(built.targets)
    assert_identical(pa.concat_tables(parts), rebuilt(facts, cutoffs).filter(after(cutoffs[0])))


def after(day: date) -> pc.Expression:
    return pc.field("as_of_day") > day_number(day)


def test_what_was_booked_only_to_be_taken_back_is_no_season() -> None:
    """The only booking of June 2023 is taken back: there is no June to compare with, rather than a June of nothing."""
    writer = company()
    booking(writer, "b2", date(2023, 6, 15), 400, known=JUNE_10, status="void")
    facts, middle = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A)), date(2024, 6, 15)
    rows = one_by_one(facts, [SEEN, middle])
    assert_identical(rows, rebuilt(facts, [SEEN, middle]))
    assert_identical(at(rows, middle), rebuilt(facts, [middle]))
    before, now = (
        [row["season_index"] for row in at(rows, day).to_pylist() if row["period_end_day"] == day_number(NEXT)]
        for day in (SEEN, middle)
    )
    assert before[0] == pytest.approx(400 / 30 / (1_300 / 364))
    assert now == [None, None]


def test_a_rep_who_becomes_known_late_brings_what_was_booked_before() -> None:
    writer = company()
    booking(writer, "b9", date(2024, 3, 1), 77, rep_id="cat", account_id=None)
    booking(writer, "b9", date(2024, 3, 1), 55, rep_id="cat", account_id=None, known=date(2024, 4, 1))
    deal(writer, "cats", 1, date(2022, 2, 2), rep_id="cat")
    deal(writer, "cats", 2, date(2022, 3, 2), rep_id="cat", outcome="lost")
    activity(writer, "a9", date(2022, 3, 3), rep_id="cat")
    writer.add("reps", moment(JUNE_10), rep_id="cat", name="cat", segment="smb")
    facts = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    cutoffs = [SEEN, *month_ends(NEXT, 3)]
    rows = one_by_one(facts, cutoffs)
    assert_identical(rows, rebuilt(facts, cutoffs))
    cat = at(rows, NEXT).filter(pc.equal(at(rows, NEXT).column("rep_id"), "cat")).to_pylist()
    assert [row["tenure_days"] for row in cat] == [(NEXT - date(2022, 2, 2)).days] * len(cat) != []


def test_the_state_is_true_until_the_past_gains_or_loses_a_fact() -> None:
    writer = company()
    first = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    carried = begun(first, [SEEN]).carried
    booking(writer, "b9", JUNE_10, 250)
    later = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    booking(writer, "b8", date(2024, 5, 30), 250)
    back_dated = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    undone = replace(first, tables={**first.tables, "activities": first.tables["activities"].slice(1)})
    verdicts = {name: is_true(facts, carried) for name, facts in {"later": later, "late": back_dated}.items()}
    assert verdicts == {"later": True, "late": False}
    assert not is_true(undone, carried)


def is_true(facts: MemoryFacts, carried: Carried, calendar: WorkCalendar | None = None) -> bool:
    with History(facts, threads=1).known_by(AsOf(NEXT)) as known:
        return still_true(DuckEngine(known.con), carried, calendar=calendar or facts.info.calendar)


def test_a_state_of_another_calendar_is_not_true() -> None:
    facts = company().facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    carried = begun(facts, [SEEN]).carried
    other = WorkCalendar(fiscal_start_month=4)
    assert not is_true(facts, carried, other)
    changed = replace(facts, info=replace(facts.info, calendar=other))
    with pytest.raises(UsageError, match="other definitions or days off"):
        appended(changed, carried, NEXT)


@pytest.mark.parametrize("day", [SEEN, date(2024, 5, 1)])
def test_a_cutoff_that_is_not_later_is_refused(day: date) -> None:
    facts = company().facts(DatasetInfo("hand", WorkCalendar(), Grade.A))
    with pytest.raises(UsageError, match="cannot be appended"):
        appended(facts, begun(facts, [SEEN]).carried, day)


@pytest.mark.postgres
def test_postgresql_appends_the_rows_that_it_rebuilds() -> None:
    driver = pytest.importorskip("psycopg")
    facts, cutoffs = toy_facts(CompanyPlan(n_reps=3, months=14)), month_ends(date(2022, 1, 1), 14)
    calendar = facts.info.calendar
    with postgres_url() as url:

        def session(day: date, connection: psycopg.Connection[tuple[object, ...]]) -> PostgresEngine:
            engine = PostgresEngine(connection)
            with History(facts, threads=1).known_by(AsOf(day)) as known:
                for name in LOGS:
                    engine.load(f"{name}_log", known.table(f"{name}_log"))
            return engine

        with driver.connect(url) as connection:
            whole = build(session(cutoffs[-1], connection), cutoffs, calendar=calendar).targets
        with driver.connect(url) as connection:
            carried = build(session(cutoffs[-3], connection), cutoffs[:-2], calendar=calendar).carried
        for day in cutoffs[-2:]:
            with driver.connect(url) as connection:
                built = append(session(day, connection), carried, day, calendar=calendar)
            carried = built.carried
            assert_identical(built.targets, at(whole, day))
