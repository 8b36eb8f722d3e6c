"""How a period may unfold always ends at the served forecast, world by world."""

from datetime import date

import numpy as np

from models.forecasters.paceline import PacelineForecaster
from models.unfolding import unfold, way_points
from tests.support.states import toy_history


def test_way_points_end_on_the_last_day_and_never_repeat() -> None:
    assert way_points(date(2020, 6, 28), date(2020, 6, 30)) == [date(2020, 6, 29), date(2020, 6, 30)]
    points = way_points(date(2020, 4, 1), date(2020, 6, 30))
    assert len(points) == len(set(points)) == 8
    assert points[-1] == date(2020, 6, 30)


def test_the_last_day_is_the_served_forecast_in_every_world_and_amounts_never_fall() -> None:
    history = toy_history(n_reps=8, n_periods=8, seed=2, grade="A")
    model = PacelineForecaster().fit(history)
    paths = model.simulate(history.now, 60, 3)
    begun = [int(row) for row in np.flatnonzero((paths.targets["starts_in"] <= 1).to_numpy())]
    found = unfold(model, history.now, paths, begun, seed=3)
    for row, days, amounts in zip(begun, found.days, found.amounts, strict=True):
        assert days[0] == history.now.as_of
        np.testing.assert_allclose(amounts[0], paths.booked[row])
        np.testing.assert_allclose(amounts[-1], paths.attained[row])
        assert amounts.shape == (len(days), 60)


def test_without_a_period_that_has_begun_nothing_unfolds() -> None:
    history = toy_history(n_reps=8, n_periods=8, seed=2, grade="A")
    model = PacelineForecaster().fit(history)
    found = unfold(model, history.now, model.simulate(history.now, 60, 3), [], seed=3)
    assert (found.days, found.amounts) == ([], [])
