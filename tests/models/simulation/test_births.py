"""Creation of deals: ramp, season and shrinkage."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from models.contracts import FloatArray
from models.simulation.births import RAMP_EDGES, Births, creation_rates, learn_births
from models.simulation.days import day_number
from models.simulation.lives import Lives, lives_of
from tests.models.simulation.builders import Life, lifecycles

AS_OF_DAY = date(2024, 6, 30)
AS_OF = day_number(AS_OF_DAY)


def born(rep: str, first: date, last: date, every: int) -> list[Life]:
    days = range(0, (last - first).days + 1, every)
    return [(rep, (first + timedelta(days=d)).isoformat(), "open", None, 1.0) for d in days]


def lives(rows: list[Life]) -> Lives:
    return lives_of(lifecycles(rows)).known_at(AS_OF)


def test_a_newcomer_s_slow_start_is_learned_as_ramp() -> None:
    start = date(2022, 1, 1)
    rows = born("old", start, AS_OF_DAY, 2)
    # Ten newcomers, hired a year ago, create a deal every 30 days in the first 45 days, then one every 2 days.
    hired = AS_OF_DAY - timedelta(days=400)
    for i in range(10):
        rows += born(f"new{i}", hired, hired + timedelta(days=44), 30)
        rows += born(f"new{i}", hired + timedelta(days=45), AS_OF_DAY, 2)
    known = lives(rows)
    tenure = np.array([400.0] * 10 + [2000.0])
    ramp = ramp_of(known, tenure)
    assert ramp[0] < 0.4
    assert ramp[3] > 0.85


def ramp_of(known: Lives, tenure: FloatArray, segment: list[int] | None = None) -> tuple[float, ...]:
    n = len(tenure)
    seats = np.array(segment if segment is not None else [0] * n)
    return learn_births(known, rep=np.arange(n), segment=seats, tenure=tenure, as_of=AS_OF).ramp


def test_years_before_deals_were_kept_are_not_taken_for_idle_ones() -> None:
    # Both create a deal every other day; of the settled rep only the last 900 of 3,000 days were kept.
    rows = born("a_old", AS_OF_DAY - timedelta(days=900), AS_OF_DAY, 2)
    for i in range(10):
        rows += born(f"new{i}", AS_OF_DAY - timedelta(days=360), AS_OF_DAY, 2)
    ramp = ramp_of(lives(rows), np.array([3000.0] + [360.0] * 10))
    assert np.allclose(ramp, 1.0, atol=0.12)


def test_newcomers_of_a_slow_segment_are_held_against_their_own_kind() -> None:
    start = AS_OF_DAY - timedelta(days=900)
    rows = born("a_fast", start, AS_OF_DAY, 1)
    rows += [row for i in range(10) for row in born(f"a_slow{i}", start, AS_OF_DAY, 10)]
    for i in range(20):
        rows += born(f"new{i:02}", AS_OF_DAY - timedelta(days=360), AS_OF_DAY, 10)
    tenure = np.array([3000.0] * 11 + [360.0] * 20)
    ramp = ramp_of(lives(rows), tenure, [0] + [1] * 30)
    assert np.allclose(ramp, 1.0, atol=0.2)


def test_people_hired_just_before_deals_were_kept_do_not_pass_for_newcomers() -> None:
    # Twenty were hired 100 days before the first kept deal, one 360 days ago; all create alike.
    start = AS_OF_DAY - timedelta(days=700)
    rows = [row for i in range(20) for row in born(f"early{i:02}", start, AS_OF_DAY, 2)]
    rows += born("new", AS_OF_DAY - timedelta(days=360), AS_OF_DAY, 2)
    ramp = ramp_of(lives(rows), np.array([800.0] * 20 + [360.0]))
    assert np.allclose(ramp, 1.0, atol=0.12)


def test_a_year_in_which_everybody_creates_more_is_no_ramp() -> None:
    # Settled reps doubled their creation a year ago, when the newcomers came.
    turn = AS_OF_DAY - timedelta(days=364)
    rows = []
    for i in range(5):
        rows += born(f"a_old{i}", turn - timedelta(days=700), turn - timedelta(days=1), 4)
        rows += born(f"a_old{i}", turn, AS_OF_DAY, 2)
    for i in range(5):
        rows += born(f"new{i}", turn, AS_OF_DAY, 2)
    ramp = ramp_of(lives(rows), np.array([3000.0] * 5 + [364.0] * 5))
    assert np.allclose(ramp, 1.0, atol=0.12)


def season_of(known: Lives, tenure: float) -> tuple[float, ...]:
    only = np.array([0])
    return learn_births(known, rep=only, segment=only, tenure=np.array([tenure]), as_of=AS_OF).season


def test_a_month_of_many_births_every_year_becomes_season() -> None:
    rows = born("r", date(2021, 7, 1), AS_OF_DAY, 2)
    for year in (2021, 2022, 2023):
        rows += born("r", date(year, 11, 1), date(year, 11, 30), 1) * 3
    known = lives(rows)
    season = learn_births(
        known, rep=np.array([0]), segment=np.array([0]), tenure=np.array([3000.0]), as_of=AS_OF
    ).season
    assert int(np.argmax(season)) == 10
    assert np.isclose(np.mean(season), 1.0)


def test_a_short_history_has_no_season() -> None:
    known = lives(born("r", date(2024, 5, 1), AS_OF_DAY, 5))
    assert set(
        learn_births(known, rep=np.array([0]), segment=np.array([0]), tenure=np.array([60.0]), as_of=AS_OF).season
    ) == {1.0}


def test_reps_who_differ_by_chance_alone_are_drawn_together_and_others_are_not() -> None:
    even = Births(ramp=(1.0,) * len(RAMP_EDGES), season=(1.0,) * 12)
    first = AS_OF_DAY - timedelta(days=364)

    def rates(every: list[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        rows = [life for i, step in enumerate(every) for life in born(f"r{i}", first, AS_OF_DAY, step)]
        rep, n = np.arange(len(every)), len(every)
        found = creation_rates(
            even, lives(rows), rep=rep, segment=np.zeros(n, dtype=np.int64), tenure=np.full(n, 2000.0), as_of=AS_OF
        )
        return found.rate

    alike = rates([20, 22, 24, 20, 22, 24])
    apart = rates([3, 30, 3, 30, 3, 30])
    assert alike.max() / alike.min() < 1.1
    assert apart.max() / apart.min() > 5.0


def test_a_rep_without_deals_creates_like_the_segment() -> None:
    even = Births(ramp=(1.0,) * len(RAMP_EDGES), season=(1.0,) * 12)
    rows = [life for i in range(4) for life in born(f"r{i}", AS_OF_DAY - timedelta(days=364), AS_OF_DAY, 4)]
    found = creation_rates(
        even,
        lives(rows),
        rep=np.array([0, 1, 2, 3, -1]),
        segment=np.zeros(5, dtype=np.int64),
        tenure=np.array([2000.0] * 4 + [0.0]),
        as_of=AS_OF,
    )
    assert np.isclose(found.rate[4], 0.25, rtol=0.1)
    assert found.own_share[4] == 0.0
