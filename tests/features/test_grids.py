"""The small tables say on which cutoff a day first counts; numbers by hand."""

from __future__ import annotations

from datetime import date

import pytest

from features.domain.time import Period, WorkCalendar
from features.grids import build_grids, day_number, grain_of, year_before

CUTOFFS = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
JANUARY = Period(date(2024, 1, 1), date(2024, 1, 31))
FEBRUARY = Period(date(2024, 2, 1), date(2024, 2, 29))


def rows(name: str, **wanted: int) -> list[dict[str, int]]:
    grids = build_grids(CUTOFFS, quota_periods=[JANUARY, FEBRUARY], metrics=["revenue"], calendar=WorkCalendar())
    found = grids.tables[name].to_pylist()
    return [row for row in found if all(row[key] == value for key, value in wanted.items())]


def test_a_day_counts_from_the_first_cutoff_at_or_after_it() -> None:
    last, first = (rows("days", day=day_number(day))[0] for day in (date(2024, 1, 31), date(2024, 2, 1)))
    assert (last["ix"], first["ix"]) == (0, 1)
    assert rows("days", day=day_number(date(2024, 4, 1)))[0]["ix"] == len(CUTOFFS)


def test_a_window_ends_on_the_first_cutoff_that_lies_its_length_later() -> None:
    day = rows("days", day=day_number(date(2024, 2, 1)))[0]
    assert day["ix_28"] == 1  # 1 February + 28 days is 29 February, the second cutoff
    assert day["ix_91"] == 3  # 2 May: after all cutoffs


def test_a_deal_is_due_91_days_before_its_date_and_overdue_the_day_after() -> None:
    day = rows("days", day=day_number(date(2024, 2, 29)))[0]
    assert (day["ix_due"], day["ix_over"]) == (0, 2)


def number_of(period: Period) -> int:
    return rows("periods", start_day=day_number(period.start), end_day=day_number(period.end))[0]["period_ix"]


def test_the_year_before_has_its_own_days() -> None:
    ix = number_of(FEBRUARY)
    assert len(rows("period_days", period_ix=ix, kind=0)) == 29
    assert min(row["day"] for row in rows("period_days", period_ix=ix, kind=1)) == day_number(date(2023, 2, 1))


def test_a_period_that_is_over_at_the_first_cutoff_has_no_days() -> None:
    assert rows("period_days", period_ix=number_of(JANUARY)) == []


def test_working_days_run_through_the_period() -> None:
    before, after = (rows("calendar_days", day=day_number(day))[0] for day in (date(2023, 12, 31), date(2024, 1, 31)))
    assert after["workdays"] - before["workdays"] == 23


@pytest.mark.parametrize(("days", "grain"), [(28, "month"), (35, "month"), (91, "quarter"), (366, "year")])
def test_the_length_tells_the_grain(days: int, grain: str) -> None:
    start = date(2024, 1, 1)
    assert grain_of(Period(start, date.fromordinal(start.toordinal() + days - 1))).value == grain


def test_a_leap_day_has_a_year_before() -> None:
    assert year_before(Period(date(2024, 2, 29), date(2024, 3, 31))).start == date(2023, 2, 28)
