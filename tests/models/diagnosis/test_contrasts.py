"""What the top quarter does differently: found where it is, and seldom where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.contracts import BOOKING_COLUMNS, CompanyState, FloatArray
from models.diagnosis.contrasts import BEHAVIOURS, compared, contrasts, redrawn, top_quarter
from models.diagnosis.settings import DiagnosisSettings
from tests.support.toy_company import AS_OF, toy_state, toy_structure, toy_targets

SETTINGS = DiagnosisSettings(permutations=999)
NAMES = [f"m{i}" for i in range(10)]
ONE_JOB = np.array(["a"] * 40, dtype=object)


def random_people(rng: np.random.Generator, n: int = 40, k: int = 10) -> tuple[FloatArray, np.typing.NDArray[np.bool_]]:
    """Return measures that share a common part, so that they are not independent, and a top quarter."""
    common = rng.normal(size=(n, 1))
    values = 0.6 * common + rng.normal(size=(n, k))
    return values - values.mean(axis=0), top_quarter(rng.normal(size=n), np.array(["a"] * n, dtype=object))


def company(rng: np.random.Generator, *, effect: float = 0.0, n: int = 60) -> tuple[CompanyState, pd.DataFrame]:
    """Return four past moments of `n` reps; activities raise the bookings of the quarter after by `effect`."""
    base = toy_targets(toy_structure(n)).assign(segment="SMB", tenure_days=2_000, starts_in=0)
    now, habit = pd.Timestamp(AS_OF), rng.normal(size=n)
    past, books = [], []
    for back in range(1, 5):
        moment = now - pd.Timedelta(days=91 * back)
        measures = {name: 10.0 + rng.normal(size=n) for name in BEHAVIOURS}
        measures["activities_28d"] = 10.0 + habit + 0.3 * rng.normal(size=n)
        past.append(base.assign(as_of=moment, **measures))
        amount = np.exp(effect * habit + 0.4 * rng.normal(size=n)) * 10_000
        day = moment + pd.Timedelta(days=30)
        books.append(
            pd.DataFrame({"rep_id": base["rep_id"], "metric": "revenue", "day": day, "known_on": day}).assign(
                amount=amount, n=1
            )
        )
    bookings = pd.concat(books, ignore_index=True)[list(BOOKING_COLUMNS)]
    return replace(toy_state(base), bookings=bookings), pd.concat(past, ignore_index=True)


def test_the_top_quarter_is_taken_inside_each_job() -> None:
    result = np.array([1.0, 2.0, 3.0, 4.0, 100.0, 200.0, 300.0, 400.0])
    job = np.array(["a"] * 4 + ["b"] * 4, dtype=object)
    assert top_quarter(result, job).tolist() == [False, False, False, True, False, False, False, True]


def test_a_habit_that_brings_results_is_named_and_the_others_are_not() -> None:
    found = contrasts(*company(np.random.default_rng(1), effect=0.8))
    assert found is not None
    assert (found.top, found.others) == (15, 45)
    assert [habit.feature for habit in found.habits if habit.claimed] == ["activities_28d"]
    first = found.habits[0]
    assert first.low > 0.0
    assert first.top > first.others


def test_a_range_leaves_out_zero_exactly_where_something_is_claimed() -> None:
    for seed in range(5):
        found = contrasts(*company(np.random.default_rng(seed), effect=0.4))
        assert found is not None
        for habit in found.habits:
            assert habit.claimed == (habit.low > 0 or habit.high < 0)
            assert not habit.claimed or habit.chance <= 0.10


def test_the_difference_stands_in_the_middle_of_its_range() -> None:
    rng = np.random.default_rng(2)
    values, top = random_people(rng)
    for habit in compared(values, values + 5.0, top, ONE_JOB, SETTINGS, names=NAMES):
        assert habit.top - habit.others == pytest.approx((habit.low + habit.high) / 2)
        column = NAMES.index(habit.feature)
        assert habit.top - habit.others == pytest.approx(values[top, column].mean() - values[~top, column].mean())


def claims_something(values: FloatArray, top: np.typing.NDArray[np.bool_], names: list[str]) -> bool:
    return any(habit.claimed for habit in compared(values, values, top, ONE_JOB, SETTINGS, names=names))


def test_with_no_difference_something_is_claimed_at_most_as_often_as_declared() -> None:
    rng = np.random.default_rng(3)
    claims = sum(claims_something(*random_people(rng), NAMES) for _ in range(200))
    # Declared: 10 %. 200 companies at exactly 10 % show more than 30 claims in 1 of 100 runs.
    assert claims <= 30


def test_companies_whose_results_follow_nothing_are_seldom_said_to_have_a_secret() -> None:
    rng, claims = np.random.default_rng(12), 0
    for _ in range(60):
        found = contrasts(*company(rng, n=40), DiagnosisSettings(permutations=199))
        assert found is not None
        claims += any(habit.claimed for habit in found.habits)
    # 60 companies at exactly 10 % show more than 12 claims in 1 of 100 runs.
    assert claims <= 12


def test_without_the_bar_for_all_measures_far_more_would_be_claimed() -> None:
    """The test above can fail: single tests at 10 % over 10 measures claim something far more often."""
    rng = np.random.default_rng(3)
    claims = 0
    for _ in range(100):
        values, top = random_people(rng)
        claims += any(claims_something(values[:, [i]], top, [name]) for i, name in enumerate(NAMES))
    assert claims > 30


def test_labels_that_are_dealt_again_stay_inside_each_job() -> None:
    job = np.array(["a"] * 8 + ["b"] * 20 + ["c"] * 3, dtype=object)
    top = np.array([True] * 2 + [False] * 6 + [True] * 5 + [False] * 15 + [False] * 3)
    drawn = redrawn(top, job, 300)
    assert set(drawn[:, :8].sum(axis=1)) == {2}
    assert set(drawn[:, 8:28].sum(axis=1)) == {5}
    assert not drawn[:, 28:].any()
    # Everybody in a job is dealt a label about as often: 300 x 2 / 8 = 75 and 300 x 5 / 20 = 75 times.
    assert (np.abs(drawn[:, :28].sum(axis=0) - 75) < 30).all()


def test_a_measure_that_nobody_has_or_that_never_differs_is_left_out() -> None:
    state, past = company(np.random.default_rng(5))
    found = contrasts(state, past.assign(two_way_share=np.nan, overdue_share=0.25))
    assert found is not None
    told = {habit.feature for habit in found.habits}
    assert not told & {"two_way_share", "overdue_share"}
    assert "activities_28d" in told


def test_results_that_are_not_known_yet_do_not_count() -> None:
    state, past = company(np.random.default_rng(6))
    young = past.assign(as_of=pd.Timestamp(AS_OF) - pd.Timedelta(days=90))
    assert contrasts(state, young) is None


def test_too_few_people_on_top_are_not_told() -> None:
    # A quarter of 16 is 4: fewer than five people could be read off.
    assert contrasts(*company(np.random.default_rng(7), n=16)) is None


def test_the_same_company_is_told_the_same_twice() -> None:
    one, other = (contrasts(*company(np.random.default_rng(8))) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.habits == other.habits
