"""The hockey stick is learned from the days on which wins fell."""

from __future__ import annotations

from datetime import date

import numpy as np

from features.domain.time import WorkCalendar
from models.simulation.days import day_number, period_ends
from models.simulation.tempo import Tempo, learn_tempo

FIRST, LAST = day_number(date(2022, 1, 1)), day_number(date(2023, 12, 31))


def workdays() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    days = np.arange(FIRST, LAST + 1, dtype=np.int64)
    return days[(days + 3) % 7 < 5]


def test_wins_in_the_last_week_of_quarters_make_that_week_heavier() -> None:
    days = workdays()
    last_week = period_ends(days, 3, 1) - days < 7
    won = np.concatenate([days, np.repeat(days[last_week], 4)])
    tempo = learn_tempo(won, FIRST, LAST, months=3, calendar=WorkCalendar())
    # Five wins a day against one, shrunk by 20 wins: far above the other weeks, but below five times.
    assert 2.0 < tempo.weeks[0] / tempo.weeks[5] < 5.0
    assert max(tempo.weeks[1:]) < 1.1


def test_nothing_seen_means_an_even_tempo() -> None:
    tempo = learn_tempo(np.array([], dtype=np.int64), FIRST, LAST, months=3, calendar=WorkCalendar())
    assert set(tempo.weeks) == {1.0}
    assert tempo.rest == 1.0


def test_days_of_rest_weigh_little_where_nobody_wins_on_them() -> None:
    won = np.repeat(workdays(), 5)
    tempo = learn_tempo(won, FIRST, LAST, months=3, calendar=WorkCalendar())
    assert tempo.rest < 0.05


def test_weights_count_whole_weeks_as_seven_days() -> None:
    tempo = Tempo(months=3, fiscal_start_month=1, weeks=(1.0,) * 13, rest=0.0)
    weights = tempo.weights(FIRST, FIRST + 27, WorkCalendar())
    assert np.isclose(weights.sum(), 28.0)
    assert np.isclose(weights.max(), 1.4)


def test_a_holiday_is_a_day_of_rest_and_a_shifted_workday_is_not() -> None:
    calendar = WorkCalendar(holidays=frozenset({date(2022, 1, 3)}), extra_workdays=frozenset({date(2022, 1, 8)}))
    weights = Tempo(3, 1, (1.0,) * 13, 0.0).weights(FIRST, FIRST + 9, calendar)
    assert weights[2] == 0.0
    assert weights[7] > 1.0
