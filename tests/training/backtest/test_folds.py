"""Backtests stand where a manager would have stood: on the eve of a period and at its quarters."""

from datetime import date

import pytest

from features.domain.errors import DataMissing
from features.domain.time import Grain, Period, WorkCalendar
from training.backtest.folds import LEADS, closed_periods, lead_day, rolling_folds

Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))


def test_day_zero_is_the_eve_so_nothing_of_the_period_is_known() -> None:
    assert lead_day(Q2, 0.0, WorkCalendar()) == date(2024, 3, 31)


def test_the_half_is_reached_when_half_of_the_working_days_are_gone() -> None:
    # April to June 2024 has 22 + 23 + 20 = 65 working days; the 33rd is 15 May.
    assert lead_day(Q2, 0.5, WorkCalendar()) == date(2024, 5, 15)


def test_holidays_move_a_lead_later() -> None:
    # Five holidays in April leave 60 days; the 30th of them is 17 May.
    off = frozenset(date(2024, 4, day) for day in (1, 2, 3, 4, 5))
    assert lead_day(Q2, 0.5, WorkCalendar(holidays=off)) == date(2024, 5, 17)


def test_only_whole_periods_are_closed() -> None:
    periods = closed_periods(date(2023, 2, 10), date(2024, 5, 31), Grain.QUARTER, fiscal_start_month=7)
    assert [p.start for p in periods] == [date(2023, 4, 1), date(2023, 7, 1), date(2023, 10, 1), date(2024, 1, 1)]


def test_folds_are_the_last_periods_and_train_on_their_eve() -> None:
    periods = closed_periods(date(2022, 1, 1), date(2024, 6, 30), Grain.QUARTER, 1)
    folds = rolling_folds(periods, calendar=WorkCalendar(), count=2, warm_up=4, leads=LEADS)
    assert [fold.period.start for fold in folds] == [date(2024, 1, 1), date(2024, 4, 1)]
    assert folds[1].trained_on == date(2024, 3, 31)
    assert [name for name, _ in folds[1].leads] == ["day 0", "1/4", "1/2", "3/4"]


def test_too_little_history_says_how_much_is_needed() -> None:
    periods = closed_periods(date(2024, 1, 1), date(2024, 6, 30), Grain.QUARTER, 1)
    with pytest.raises(DataMissing, match="needs 5 closed periods; there are 2"):
        rolling_folds(periods, calendar=WorkCalendar(), count=2, warm_up=4, leads=LEADS)
