"""The parts of the series forecaster: panel, season, simple methods, segments, spread."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.contracts import FloatArray
from models.forecasters.series_candidates import ETS_BOUND, SIMPLE, ets_share, seasonal_naive, smoothed
from models.forecasters.series_combination import DEFAULTS, Origin, combined, learn_weights, replay_origins
from models.forecasters.series_model import newcomer_level
from models.forecasters.series_panel import Panel, build_panel, month_of, running_month
from models.forecasters.series_season import month_course, season_index, share_between
from models.forecasters.series_segments import Segments
from models.forecasters.series_spread import Spread
from models.forecasters.series_trees import BLOCK, FEATURES, BlockTrees, features_of, training_rows
from tests.support import frames

JAN_2021 = month_of(date(2021, 1, 1))


def panel(values: list[list[float]] | FloatArray, start: int = JAN_2021) -> Panel:
    array = np.asarray(values, dtype=np.float64)
    first = (array != 0.0).argmax(axis=1).astype(np.int64)
    return Panel(tuple(f"r{i:02d}" for i in range(len(array))), array, first, start)


def lumpy(n_reps: int = 8, n_months: int = 36, seed: int = 1) -> Panel:
    rng = np.random.default_rng(seed)
    season = 1.0 + 0.5 * np.sin(np.arange(n_months) * np.pi / 6)
    level = rng.lognormal(0.0, 0.5, (n_reps, 1)) * 1000.0
    return panel(np.round(level * season * rng.lognormal(0.0, 0.3, (n_reps, n_months)), 2))


def test_a_panel_holds_complete_months_known_by_then() -> None:
    rows = [
        ("ann", "2021-01-05", 5.0),
        ("ann", "2021-01-20", 7.0),
        ("bob", "2021-03-31", 9.0),
        ("ann", "2021-04-01", 1.0),
    ]
    booked = frames.bookings(rows)
    booked.loc[2, "known_on"] = pd.Timestamp("2021-04-01")
    march = build_panel(booked, "revenue", date(2021, 3, 31))
    assert march.reps == ("ann",)
    assert march.values.tolist() == [[12.0, 0.0, 0.0]]
    april = build_panel(booked, "revenue", date(2021, 4, 15))
    assert april.reps == ("ann", "bob")
    assert april.values.tolist() == [[12.0, 0.0, 0.0], [0.0, 0.0, 9.0]]
    assert april.first.tolist() == [0, 2]
    assert april.end == running_month(date(2021, 4, 15)) == JAN_2021 + 3


def test_a_panel_of_nothing_is_empty() -> None:
    empty = build_panel(frames.bookings([]), "revenue", date(2021, 3, 31))
    assert empty.reps == ()
    assert empty.n_months == 0


def test_means_run_over_months_in_seat() -> None:
    both = panel([[6.0, 0.0, 3.0, 9.0], [0.0, 0.0, 4.0, 8.0]])
    assert both.age.tolist() == [4, 2]
    assert both.mean(3).tolist() == [4.0, 6.0]
    assert both.pooled_mean() == pytest.approx((6 + 0 + 3 + 9 + 4 + 8) / 6)
    # Own month 4.5 over 4 months and 6 over 2, each with two months of the pool's 5.
    assert both.scale() == pytest.approx([(18 + 10) / 6, (12 + 10) / 4])


def test_a_season_is_found_with_two_years_and_not_with_less() -> None:
    months = np.arange(48)
    true = np.where(months % 12 == 5, 2.2, 1.0)
    index = season_index(panel(np.outer([10.0, 30.0], true)))
    assert index.mean() == pytest.approx(1.0)
    # Three usable Junes of 2.2 / 1.1 = 2 against one flat year: 1 + 3 x 1.0 / 4.
    assert index[5] / index[0] == pytest.approx(1.75 / (1 + 3 * (1 / 1.1 - 1) / 4), rel=0.02)
    assert season_index(panel(np.outer([10.0], true[:23]))).tolist() == [1.0] * 12


def test_the_course_of_a_month_is_learned_from_complete_months_and_shrunk() -> None:
    booked = frames.bookings([("ann", f"2021-{month:02d}-30", 10.0) for month in (1, 3, 4)])
    course = month_course(booked, "revenue", date(2021, 4, 30))
    assert course[0] == 0.0
    assert course[-1] == 1.0
    # Three months with everything in the last tenth, one even month: (0 x 3 + 0.9) / 4 before it.
    assert course[-2] == pytest.approx(0.9 / 4)


def test_shares_of_a_month_add_up() -> None:
    course = np.array([0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])
    june = month_of(date(2021, 6, 1))
    parts = [(date(2021, 6, 1), date(2021, 6, 16)), (date(2021, 6, 16), date(2021, 7, 1))]
    assert [share_between(course, june, *part) for part in parts] == pytest.approx([0.3, 0.7])


def test_simple_methods_by_hand() -> None:
    year = panel([[float(month) for month in range(1, 14)], [0.0] * 10 + [6.0, 3.0, 3.0]])
    assert SIMPLE["mean_3"](year, 2) == pytest.approx(np.array([[12.0, 12.0], [4.0, 4.0]]))
    naive = seasonal_naive(year, 2)
    assert naive is not None
    # The first rep repeats months 2 and 3 of last year; the second is younger than a year: its mean.
    assert naive.tolist() == [[2.0, 3.0], [4.0, 4.0]]
    assert seasonal_naive(panel([[1.0] * 11]), 2) is None
    # Weights 1, 1/2, 1/4 of 3, 3, 6: (3 + 1.5 + 1.5) / 1.75.
    half = smoothed(0.5, season=False)(year, 1)
    assert half is not None
    assert half[1, 0] == pytest.approx(6 / 1.75)


def test_the_company_trend_is_bounded_and_shared_by_recent_size() -> None:
    growing = panel(np.outer([1.0, 3.0], 100.0 * 1.3 ** np.arange(20)))
    ahead = ets_share(growing, 24)
    assert ahead is not None
    total = growing.values.sum(axis=0)
    assert ahead.sum(axis=0).max() <= ETS_BOUND * total.max() * 1.001
    assert ahead.sum(axis=0)[0] > total[-1]
    assert ahead[1] == pytest.approx(3 * ahead[0])
    assert ets_share(panel([[1.0] * 11]), 3) is None


@pytest.mark.parametrize("name", sorted(SIMPLE))
def test_every_simple_method_gives_finite_amounts_on_awkward_series(name: str) -> None:
    values = np.zeros((3, 30))
    values[0, 29], values[1, ::7], values[2] = 50.0, -5.0, 20.0
    forecast = SIMPLE[name](panel(values), 5)
    assert forecast is None or (forecast.shape == (3, 5) and np.isfinite(forecast).all())


def test_trees_need_rows_and_follow_the_size_of_the_rep() -> None:
    assert training_rows(lumpy(2, 12)) is None
    both = lumpy()
    rows = training_rows(both)
    assert rows is not None
    # Eight reps at months 6 to 33, all of them older than three months.
    assert rows.features.shape == (8 * 28, len(FEATURES))
    trees = BlockTrees.learn(rows, "regression_l1")
    ahead = trees.forecast(both, 7)
    assert ahead is not None
    assert ahead.shape == (8, 7)
    assert np.corrcoef(ahead.sum(axis=1), both.mean(12))[0, 1] > 0.9
    assert trees.forecast(both.at(5), 3) is None


def test_tree_features_have_no_unit_of_money() -> None:
    both = lumpy()
    dear = Panel(both.reps, both.values * 1000.0, both.first, both.start)
    assert features_of(both).shape == (8, len(FEATURES))
    assert np.array_equal(features_of(both), features_of(dear), equal_nan=True)


def origin(**errors: float) -> Origin:
    """An origin with one rep that books 10 a month; each method is off by its error a month."""
    outcome = np.full((1, BLOCK), 10.0)
    return Origin(panel([[10.0] * 20]), {name: outcome + error for name, error in errors.items()}, outcome)


def test_weights_follow_past_errors_and_sum_to_one() -> None:
    weights = learn_weights([origin(good=1.0, fair=1.1, bad=3.0)] * 12)
    assert sum(weights.values()) == pytest.approx(1.0)
    # 10 % worse than the best after twelve origins: e^-4 of its weight.
    assert weights["fair"] / weights["good"] == pytest.approx(np.exp(-4.0))
    assert weights["bad"] < 1e-9


def test_few_origins_choose_less_sharply_and_none_leaves_the_defaults() -> None:
    few = learn_weights([origin(good=1.0, fair=1.1)] * 3)
    assert few["fair"] / few["good"] == pytest.approx(np.exp(-1.0))
    assert learn_weights([]) == dict.fromkeys(DEFAULTS, pytest.approx(1 / 3))


def test_a_method_that_was_silent_at_an_origin_does_not_compete() -> None:
    assert set(learn_weights([origin(a=1.0, b=1.0), origin(a=1.0)])) == {"a"}


def test_the_weight_of_a_silent_method_is_shared() -> None:
    forecasts = {"a": np.full((1, 1), 10.0), "b": np.full((1, 1), 20.0)}
    assert combined(forecasts, {"a": 0.2, "b": 0.2, "gone": 0.6}).tolist() == [[15.0]]
    assert combined({"mean_all": np.ones((1, 1))}, {"gone": 1.0}).tolist() == [[1.0]]


def test_origins_see_only_what_was_known_then() -> None:
    days = pd.date_range("2021-01-01", "2022-06-01", freq="MS") + pd.Timedelta(days=14)
    booked = frames.bookings([("ann", day.date().isoformat(), 10.0) for day in days])
    late = booked["day"] == pd.Timestamp("2021-12-15")
    booked.loc[late, "known_on"] = pd.Timestamp("2022-02-03")
    origins = replay_origins(booked, "revenue", build_panel(booked, "revenue", date(2022, 6, 30)))
    by_end = {seen.panel.end - JAN_2021: seen for seen in origins}
    assert by_end[12].panel.values[0, 10:].tolist() == [10.0, 0.0]
    assert by_end[14].panel.values[0, 10:].tolist() == [10.0, 10.0, 10.0, 10.0]
    assert by_end[12].outcome.tolist() == [[10.0, 10.0, 10.0]]
    assert max(by_end) == 15
    assert len(by_end) == 12


def test_newcomers_are_measured_by_reps_who_joined_later() -> None:
    values = np.full((5, 12), 100.0)
    for row, first in ((2, 3), (3, 4), (4, 9)):
        values[row] = 0.0
        values[row, first : first + 6] = 40.0
        values[row, first + 6 :] = 90.0
    assert newcomer_level(panel(values)) == pytest.approx(40.0)
    assert newcomer_level(panel(values[:4])) == pytest.approx(panel(values[:4]).pooled_mean())


def test_segments_end_at_every_month_and_period_bound() -> None:
    rows = [
        frames.target("ann", "2021-04-01", "2021-04-30", "2021-04-15", grain="month"),
        frames.target("ann", "2021-03-29", "2021-06-27", "2021-04-15"),
    ]
    targets = frames.state("2021-04-15", rows, frames.bookings([])).targets
    cut = Segments.of(targets, date(2021, 4, 15), np.linspace(0.0, 1.0, 11))
    assert [day.isoformat() for day in cut.starts] == ["2021-04-16", "2021-05-01", "2021-06-01"]
    assert cut.month.tolist() == [0, 1, 2]
    assert cut.share == pytest.approx([0.5, 1.0, 27 / 30])
    assert cut.inside(date(2021, 4, 1), date(2021, 4, 30)) == slice(0, 1)
    assert cut.inside(date(2021, 3, 29), date(2021, 6, 27)) == slice(0, 3)


def test_all_reps_of_a_path_replay_the_same_quarter() -> None:
    spread = Spread((np.full((3, BLOCK), -1.0), np.full((5, BLOCK), 2.0)), persistence=1.0)
    worlds = spread.worlds(1, "x", 2, 100)
    ann, bob = (spread.draw(1, rep, worlds) for rep in ("ann", "bob"))
    assert ann.shape == (2 * BLOCK, 100)
    assert np.array_equal(ann, bob)
    assert (ann == -1.0).mean() == 0.5
    # With full persistence the second quarter repeats the first.
    assert np.array_equal(ann[:BLOCK], ann[BLOCK:])


def test_without_persistence_quarters_are_drawn_afresh() -> None:
    spread = Spread((np.full((1, BLOCK), -1.0), np.full((1, BLOCK), 2.0)), persistence=0.0)
    draws = spread.draw(1, "ann", spread.worlds(1, "x", 2, 4000))
    assert abs(np.corrcoef(draws[0], draws[BLOCK])[0, 1]) < 0.05


def test_misses_are_centred_on_the_combined_forecast() -> None:
    spread = Spread.learn([origin(mean_6=4.0), origin(mean_6=1.0), origin(mean_6=2.0)])
    sums = np.concatenate([block.sum(axis=1) for block in spread.blocks])
    # Misses of -12, -3, -6 in usual months of 10: the middle one becomes 0.
    assert sorted(sums.round(9).tolist()) == [-0.6, 0.0, 0.3]
