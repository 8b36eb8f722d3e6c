"""What is learned later never changes the past: truncation, poison, order and appended facts, and a planted leak."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.definitions.render import read_sql
from features.domain.time import WorkCalendar
from features.domain.vocabulary import Grade
from features.history.source import DatasetInfo
from tests.support.companies import CompanyPlan, FactWriter, moment, toy_facts
from tests.support.leaks import LeakCheck, shuffled, truncated

HORIZON = date(2023, 8, 31)
BOUNDARIES = [
    date(2022, 1, 1),  # the first day of business
    date(2022, 3, 31),  # the last day of a quarter
    date(2022, 4, 1),  # its first
    date(2022, 6, 14),  # a rep is hired tomorrow
    date(2022, 6, 15),  # a rep is hired today
    date(2022, 8, 1),  # a rep changes team
    date(2023, 3, 13),  # a rep leaves
    date(2023, 6, 30),  # the last day of business
    date(2023, 8, 31),  # two months of silence
]

LEAKY = """
SELECT d.rep_id, d.ix, MIN(s.outcome_day - d.as_of_day) + 0.0 AS pipeline_age_days,
  NULL AS stage_moves_per_deal, NULL AS days_since_change
FROM deal_sums AS d
JOIN deal_decided AS s ON s.rep_id = d.rep_id AND s.standing = 1
  AND s.created_day <= d.as_of_day AND s.outcome_day > d.as_of_day
GROUP BY d.rep_id, d.ix
"""
"""Days until the rep's next deal is won: the final close date of a deal that is still open."""

TOO_EARLY = ("GREATEST(k.ix, o.ix)", "o.ix")
"""Places a fact on the day it happened instead of the day it was known."""


@pytest.fixture(scope="module")
def check() -> LeakCheck:
    return LeakCheck(toy_facts(CompanyPlan(n_reps=8)), HORIZON)


def random_days(n: int, seed: int = 3) -> list[date]:
    draw = random.Random(seed)
    return [date(2022, 1, 1) + timedelta(days=draw.randrange(560)) for _ in range(n)]


def test_facts_cut_off_at_the_as_of_give_the_same_frames_on_200_draws(check: LeakCheck) -> None:
    days = sorted({*BOUNDARIES, *random_days(21)})
    pairs = check.build(days).targets[["rep_id", "as_of"]].drop_duplicates()
    assert len(pairs) >= 200
    assert check.truncation(days) == []


@pytest.mark.parametrize("grade", [Grade.C, Grade.D])
def test_coarser_grades_do_not_leak_either(grade: Grade) -> None:
    check = LeakCheck(toy_facts(CompanyPlan(n_reps=4, months=12, grade=grade)), HORIZON)
    assert check.truncation([date(2022, 5, 14), date(2022, 9, 30), date(2022, 12, 31)]) == []


def test_garbage_in_everything_known_later_changes_nothing(check: LeakCheck) -> None:
    assert check.poison([date(2022, 2, 11), date(2022, 7, 14), date(2022, 12, 31), date(2023, 5, 9)]) == []


def test_the_order_of_rows_changes_nothing(check: LeakCheck) -> None:
    days = [date(2022, 7, 14), date(2022, 12, 31), date(2023, 5, 9)]
    ordered = check.build(days)
    for seed in (1, 2, 3):
        mixed = check.build(days, shuffled(check.facts, seed))
        assert mixed.targets.equals(ordered.targets)
        assert mixed.deals.equals(ordered.deals)
        assert mixed.bookings.equals(ordered.bookings)
        assert mixed.lifecycles.equals(ordered.lifecycles)


def test_an_event_appended_later_changes_nothing(check: LeakCheck) -> None:
    day = date(2022, 12, 31)
    writer = FactWriter()
    late = moment(date(2023, 8, 1))
    row: dict[str, Any] = {
        "booking_id": "late",
        "rep_id": "r000",
        "occurred_at": moment(day),
        "occurred_on": day,
        "amount": 10**6,
    }
    row |= {"metric": "revenue", "status": "counted", "grain": "transaction", "split": 1.0, "account_id": "a1"}
    writer.add("bookings", late, **row)
    extra = writer.facts(check.facts.info).tables["bookings"]
    grown = {**check.facts.tables, "bookings": pa.concat_tables([check.facts.tables["bookings"], extra])}
    before, after = check.build([day]), check.build([day], replace(check.facts, tables=grown))
    assert after.targets.equals(before.targets)
    assert len(after.bookings) == len(before.bookings) + 1


def test_the_final_close_date_of_an_open_deal_is_caught(check: LeakCheck) -> None:
    leaking = replace(check, replaced={"maturity": LEAKY})
    day = date(2022, 12, 31)
    assert f"{day} targets: pipeline_age_days" in leaking.truncation([day])


@pytest.mark.parametrize(("step", "column"), [("booking_spans", "bookings_28d"), ("activity_moves", "activities_28d")])
def test_a_fact_placed_before_it_was_known_is_caught(check: LeakCheck, step: str, column: str) -> None:
    sql = read_sql(f"sql/{step}.sql")
    assert TOO_EARLY[0] in sql
    leaking = replace(check, replaced={step: sql.replace(*TOO_EARLY)})
    found = leaking.truncation([date(2022, 5, 10), date(2022, 8, 20), date(2022, 12, 31)])
    assert any(line.endswith(f"targets: {column}") for line in found), found


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(seed=st.integers(0, 10_000), offset=st.integers(0, 240), grain=st.sampled_from([(1,), (3,), (1, 3), ()]))
def test_no_small_company_knows_its_future(seed: int, offset: int, grain: tuple[int, ...]) -> None:
    plan = CompanyPlan(n_reps=3, months=6, seed=seed, grain_months=grain, activities_per_month=5)
    check = LeakCheck(toy_facts(plan), HORIZON)
    assert check.truncation([plan.start + timedelta(days=offset)]) == []


def test_cutting_off_removes_what_was_known_later(check: LeakCheck) -> None:
    day = date(2022, 7, 14)
    kept = truncated(check.facts, day).tables["bookings"]
    assert 0 < kept.num_rows < check.facts.tables["bookings"].num_rows
    assert max(kept.column("known_on").to_pylist()) <= day


def test_a_rep_who_becomes_known_later_is_not_counted_in_the_company_before() -> None:
    writer = FactWriter()
    first, later = date(2024, 5, 31), date(2024, 6, 30)
    for rep, known in (("ann", date(2020, 1, 1)), ("cat", date(2024, 6, 10))):
        writer.add("reps", moment(known), rep_id=rep, name=rep, segment="smb", hire_date=date(2020, 1, 1))
        row: dict[str, Any] = {"metric": "revenue", "status": "counted", "split": 1.0, "rep_id": rep}
        for number, day in enumerate((date(2023, 4, 3), date(2023, 6, 1), date(2024, 3, 1))):
            writer.add("bookings", moment(day), booking_id=f"{rep}{number}", occurred_on=day, amount=100, **row)
    facts = writer.facts(DatasetInfo("hand", WorkCalendar(), Grade.D))
    assert LeakCheck(facts, later).truncation([first, later]) == []
