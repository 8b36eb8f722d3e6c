"""Small tables that the definitions join to: cutoffs, days, periods, working days; made from plain dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from features.domain.time import AsOf, Grain, Period, WorkCalendar, days_of, open_periods

EPOCH = date(1970, 1, 1)
FIRST_DAY, LAST_DAY = -7400, 47846
"""Days covered by the `days` table: 1949-09-28 to 2100-12-31; facts are clamped well inside by `sql/inputs.sql`."""

WINDOWS = (28, 91, 364)
"""Trailing windows of the features, in days: 4, 13 and 52 whole weeks, so that weekdays never tip a comparison."""

DUE_WITHIN = 91
"""Days within which a deal counts as due soon."""


def day_number(day: date) -> int:
    """Return the days since 1970-01-01.

    Examples:
        >>> day_number(date(1970, 3, 1))
        59
    """
    return (day - EPOCH).days


def grain_of(period: Period) -> Grain:
    """Return the grain of a quota period from its length.

    Examples:
        >>> grain_of(Period(date(2020, 2, 1), date(2020, 2, 29))).value
        'month'
    """
    if period.days <= 45:
        return Grain.MONTH
    return Grain.QUARTER if period.days <= 135 else Grain.YEAR


def year_before(period: Period) -> Period:
    """Return the same period one year earlier.

    Examples:
        >>> year_before(Period(date(2020, 2, 1), date(2020, 2, 29))).end
        datetime.date(2019, 2, 28)
    """
    after = period.end + timedelta(days=1)
    return Period(_shift_year(period.start), _shift_year(after) - timedelta(days=1))


def _shift_year(day: date) -> date:
    leap_day = day.month == 2 and day.day == 29
    return date(day.year - 1, 2, 28) if leap_day else day.replace(year=day.year - 1)


@dataclass(frozen=True)
class Grids:
    """The small tables by name, ready to be loaded into an engine."""

    tables: dict[str, pa.Table]


def build_grids(
    cutoffs: Sequence[date], *, quota_periods: Iterable[Period], metrics: Sequence[str], calendar: WorkCalendar
) -> Grids:
    """Return every small table that the definitions join to.

    Args:
        cutoffs: Days whose ends are the moments of knowledge, ascending, without duplicates.
        quota_periods: Distinct periods of all quotas that are known.
        metrics: Measures to forecast.
        calendar: Fiscal year, holidays and time zone of the company.
    """
    fallback = [(ix, period) for ix, day in enumerate(cutoffs) for period in _quarters(day, calendar)]
    given = set(quota_periods)
    following = [(ix, _next(day, grain, calendar)) for grain in _grains(given) for ix, day in enumerate(cutoffs)]
    periods = sorted({*given, *(period for _, period in (*fallback, *following))})
    number = {period: ix for ix, period in enumerate(periods)}
    tables = {
        "cutoffs": pa.table({"ix": _ints(range(len(cutoffs))), "as_of_day": _ints(map(day_number, cutoffs))}),
        "days": _days_table(cutoffs),
        "metrics": pa.table({"metric": pa.array(sorted(metrics), pa.string())}),
        "periods": _periods_table(periods),
        "period_days": _period_days_table(periods, after=cutoffs[0]),
        "fallback_periods": pa.table(
            {"ix": _ints(ix for ix, _ in fallback), "period_ix": _ints(number[p] for _, p in fallback)}
        ),
        "next_periods": pa.table(
            {"ix": _ints(ix for ix, _ in following), "period_ix": _ints(number[p] for _, p in following)}
        ),
        "calendar_days": _calendar_table(cutoffs, periods, calendar),
    }
    return Grids(tables)


def _ints(values: Iterable[int]) -> pa.Array:
    return pa.array(list(values), pa.int32())


def _quarters(day: date, calendar: WorkCalendar) -> tuple[Period, Period]:
    return open_periods(AsOf(day, calendar.zone), Grain.QUARTER, calendar.fiscal_start_month)


def _grains(periods: Iterable[Period]) -> list[Grain]:
    """Return the lengths that quotas are set for, shortest first."""
    found = {grain_of(period) for period in periods}
    return [grain for grain in Grain if grain in found]


def _next(day: date, grain: Grain, calendar: WorkCalendar) -> Period:
    return open_periods(AsOf(day, calendar.zone), grain, calendar.fiscal_start_month)[1]


def _days_table(cutoffs: Sequence[date]) -> pa.Table:
    """Return for each day the first cutoff at or after it, and after each window that starts on it.

    `ix_due` and `ix_over` are for days to come: the first cutoff at which the day is near, and at which it has passed.
    """
    day = np.arange(FIRST_DAY, LAST_DAY + 1, dtype=np.int32)
    ends = np.array([day_number(cutoff) for cutoff in cutoffs], dtype=np.int32)
    columns = {"day": day, "ix": np.searchsorted(ends, day).astype(np.int32)}
    for window in WINDOWS:
        columns[f"ix_{window}"] = np.searchsorted(ends, day + window).astype(np.int32)
    columns["ix_due"] = np.searchsorted(ends, day - DUE_WITHIN).astype(np.int32)
    columns["ix_over"] = np.searchsorted(ends, day + 1).astype(np.int32)
    return pa.table(columns)


def _periods_table(periods: Sequence[Period]) -> pa.Table:
    spans = {Grain.MONTH: 31, Grain.QUARTER: 92, Grain.YEAR: 366}
    return pa.table(
        {
            "period_ix": _ints(range(len(periods))),
            "grain": pa.array([grain_of(period).value for period in periods], pa.string()),
            "span": _ints(spans[grain_of(period)] for period in periods),
            "start_day": _ints(day_number(period.start) for period in periods),
            "end_day": _ints(day_number(period.end) for period in periods),
        }
    )


def _period_days_table(periods: Sequence[Period], *, after: date) -> pa.Table:
    """Return the days of each period that some cutoff can still see open, and of the same period a year before."""
    rows = [
        (day_number(day), ix, kind)
        for ix, period in enumerate(periods)
        if period.end > after
        for kind, window in enumerate((period, year_before(period)))
        for day in days_of(window)
    ]
    names = ("day", "period_ix", "kind")
    return pa.table({name: _ints(row[column] for row in rows) for column, name in enumerate(names)})


def _calendar_table(cutoffs: Sequence[date], periods: Sequence[Period], calendar: WorkCalendar) -> pa.Table:
    """Return for each day the working days up to and including it, counted from the first day of the table."""
    first = min([*cutoffs, *(period.start for period in periods)]) - timedelta(days=1)
    last = max([*cutoffs, *(period.end for period in periods)])
    days = list(days_of(Period(first, last)))
    worked = np.cumsum([calendar.is_workday(day) for day in days], dtype=np.int32)
    return pa.table({"day": _ints(map(day_number, days)), "workdays": pa.array(worked, pa.int32())})
