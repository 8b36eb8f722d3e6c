"""Moments of knowledge, quota periods and working days: plain values that never read a clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from features.domain.errors import UsageError


class Grain(StrEnum):
    """Length of a quota period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Number of calendar months in one period of this grain."""
        return {"month": 1, "quarter": 3, "year": 12}[self.value]


@dataclass(frozen=True, order=True)
class AsOf:
    """The end of one day in the company's time zone; only facts known by then may be read.

    Examples:
        >>> AsOf(date(2020, 5, 31), "America/New_York").instant.isoformat()
        '2020-06-01T04:00:00+00:00'
    """

    day: date
    zone: str = "UTC"

    @property
    def instant(self) -> datetime:
        """First instant, in UTC, that is NOT known any more (exclusive end of the day)."""
        midnight = datetime.combine(self.day + timedelta(days=1), datetime.min.time(), ZoneInfo(self.zone))
        return midnight.astimezone(UTC)


@dataclass(frozen=True, order=True)
class Period:
    """A quota period; both ends are days that belong to it.

    Examples:
        >>> Period(date(2020, 6, 1), date(2020, 6, 30)).days
        30
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise UsageError(f"a period ends on {self.end} before it starts on {self.start}; swap the two dates")

    @property
    def days(self) -> int:
        """Number of calendar days in the period."""
        return (self.end - self.start).days + 1

    def contains(self, day: date) -> bool:
        """Whether `day` belongs to the period."""
        return self.start <= day <= self.end


def add_months(day: date, months: int) -> date:
    """Return the first day of the month that lies `months` after the month of `day`.

    Examples:
        >>> add_months(date(2020, 11, 17), 3)
        datetime.date(2021, 2, 1)
    """
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def period_containing(day: date, grain: Grain, fiscal_start_month: int = 1) -> Period:
    """Return the fiscal period of `grain` that contains `day`.

    Examples:
        >>> period_containing(date(2020, 6, 1), Grain.QUARTER, fiscal_start_month=7)
        Period(start=datetime.date(2020, 4, 1), end=datetime.date(2020, 6, 30))
    """
    offset = (day.month - fiscal_start_month) % 12 % grain.months
    start = add_months(day, -offset)
    return Period(start, add_months(start, grain.months) - timedelta(days=1))


def next_period(period: Period, grain: Grain) -> Period:
    """Return the period of the same grain that starts the day after `period` ends."""
    start = period.end + timedelta(days=1)
    return Period(start, add_months(start, grain.months) - timedelta(days=1))


def open_periods(as_of: AsOf, grain: Grain, fiscal_start_month: int = 1) -> tuple[Period, Period]:
    """Return the period that contains the next instant after `as_of`, and the one after it.

    Examples:
        >>> [p.start.isoformat() for p in open_periods(AsOf(date(2020, 5, 31)), Grain.MONTH)]
        ['2020-06-01', '2020-07-01']
    """
    current = period_containing(as_of.day + timedelta(days=1), grain, fiscal_start_month)
    return current, next_period(current, grain)


@dataclass(frozen=True)
class WorkCalendar:
    """The company's own year: fiscal start, holidays, shifted working days and time zone."""

    fiscal_start_month: int = 1
    zone: str = "UTC"
    holidays: frozenset[date] = field(default_factory=frozenset)
    extra_workdays: frozenset[date] = field(default_factory=frozenset)

    def is_workday(self, day: date) -> bool:
        """Whether people work on `day`: weekdays less holidays, plus shifted working days."""
        return day in self.extra_workdays or (day.weekday() < 5 and day not in self.holidays)

    def workdays(self, period: Period) -> int:
        """Number of working days in `period`."""
        return sum(self.is_workday(day) for day in days_of(period))

    def elapsed(self, period: Period, as_of: AsOf) -> float:
        """Return the share of the period's working days gone at the end of `as_of`, in 0..1.

        Examples:
            >>> WorkCalendar().elapsed(Period(date(2020, 6, 1), date(2020, 6, 30)), AsOf(date(2020, 6, 15)))
            0.5
        """
        if as_of.day < period.start:
            return 0.0
        if as_of.day >= period.end:
            return 1.0
        total = self.workdays(period)
        return self.workdays(Period(period.start, as_of.day)) / total if total else 0.0


def days_of(period: Period) -> Iterator[date]:
    """Yield every day of `period` in order."""
    for offset in range(period.days):
        yield period.start + timedelta(days=offset)
