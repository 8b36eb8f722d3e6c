"""Which moments of the past a backtest stands at: four leads in each of the last closed periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from features.domain.errors import DataMissing
from features.domain.time import Grain, Period, WorkCalendar, days_of, period_containing

LEADS: tuple[tuple[str, float], ...] = (("day 0", 0.0), ("1/4", 0.25), ("1/2", 0.5), ("3/4", 0.75))
"""Name of each lead and the share of the period's working days gone at it."""


@dataclass(frozen=True)
class Fold:
    """One refit and the moments it is judged at.

    Attributes:
        period: The period whose outcome is forecast.
        trained_on: Moment of knowledge of the refit: the day before the period begins.
        leads: (name, as_of day) within the period, ascending.
    """

    period: Period
    trained_on: date
    leads: tuple[tuple[str, date], ...]


def lead_day(period: Period, share: float, calendar: WorkCalendar) -> date:
    """Return the first day at whose end at least `share` of the period's working days are gone.

    Args:
        period: A quota period.
        share: Share of working days, in [0, 1]; 0 is the eve of the period.
        calendar: Working days of the company.

    Returns:
        A day between the eve of the period and its last day.

    Examples:
        >>> lead_day(Period(date(2020, 6, 1), date(2020, 6, 30)), 0.5, WorkCalendar())
        datetime.date(2020, 6, 15)
        >>> lead_day(Period(date(2020, 6, 1), date(2020, 6, 30)), 0.0, WorkCalendar())
        datetime.date(2020, 5, 31)
    """
    if share <= 0.0:
        return period.start - timedelta(days=1)
    total, gone = calendar.workdays(period), 0
    for day in days_of(period):
        gone += calendar.is_workday(day)
        if total and gone >= share * total - 1e-9:
            return day
    return period.end


def closed_periods(first: date, last: date, grain: Grain, fiscal_start_month: int) -> list[Period]:
    """Return the periods of `grain` that lie wholly between `first` and `last`, oldest first.

    Examples:
        >>> [p.start.month for p in closed_periods(date(2020, 1, 5), date(2020, 9, 30), Grain.QUARTER, 1)]
        [4, 7]
    """
    periods = []
    period = period_containing(first, grain, fiscal_start_month)
    while period.end <= last:
        if period.start >= first:
            periods.append(period)
        period = period_containing(period.end + timedelta(days=1), grain, fiscal_start_month)
    return periods


def rolling_folds(
    periods: Sequence[Period], *, calendar: WorkCalendar, count: int, warm_up: int, leads: Sequence[tuple[str, float]]
) -> list[Fold]:
    """Return folds for the last `count` closed periods that have at least `warm_up` periods before them.

    Args:
        periods: Closed periods, oldest first.
        calendar: Working days of the company.
        count: Largest number of folds.
        warm_up: Smallest number of closed periods to learn from.
        leads: (name, share of working days gone) to forecast at.

    Returns:
        Folds, oldest first.

    Raises:
        DataMissing: There are too few closed periods for a single fold.
    """
    judged = list(periods)[warm_up:][-count:]
    if not judged:
        raise DataMissing(
            f"a backtest needs {warm_up + 1} closed periods; there are {len(periods)}; "
            "import more history, or train without a backtest"
        )
    return [
        Fold(
            period=period,
            trained_on=period.start - timedelta(days=1),
            leads=tuple((name, lead_day(period, share, calendar)) for name, share in leads),
        )
        for period in judged
    ]
