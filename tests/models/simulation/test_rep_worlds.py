"""The stored worlds are the served ones: drawn again without a change they give the same forecast."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models.contracts import ForecastPaths, TrainingHistory
from models.forecasters.paceline import PacelineForecaster
from models.simulation.rep_worlds import CompanyDraws, RepWorlds, drawn_worlds, stretched
from models.simulation.stored_worlds import DAYS_AHEAD, StoredWorlds
from tests.support.states import toy_history


@pytest.fixture(scope="module")
def history() -> TrainingHistory:
    return toy_history(n_reps=10, n_periods=8, seed=5)


@pytest.fixture(scope="module")
def served(history: TrainingHistory) -> tuple[ForecastPaths, StoredWorlds]:
    model = PacelineForecaster().fit(history)
    paths = model.simulate(history.now, 300, 7)
    targets = paths.targets
    rows = [int(row) for row in np.flatnonzero((targets["grain"] == "quarter") & (targets["starts_in"] <= 1))]
    found = model.worlds(history.now, paths, rows, 7)
    assert found is not None
    return paths, found


def test_drawn_again_they_are_the_served_worlds(served: tuple[ForecastPaths, StoredWorlds]) -> None:
    paths, stored = served
    assert len(stored.reps) >= 8
    assert stored.company.levels is not None
    for row, rep in stored.reps.items():
        drawn = drawn_worlds(stored.company, rep)
        base = drawn.as_served()
        total = rep.sure + stretched(base, base, stored.company.levels)
        np.testing.assert_allclose(total, paths.attained[row], rtol=1e-9, atol=1e-6)


def test_they_survive_json(served: tuple[ForecastPaths, StoredWorlds]) -> None:
    _, stored = served
    company = CompanyDraws.from_json(json.loads(json.dumps(stored.company.to_json())))
    for rep in stored.reps.values():
        again = RepWorlds.from_json(json.loads(json.dumps(rep.to_json())))
        first, second = drawn_worlds(stored.company, rep), drawn_worlds(company, again)
        np.testing.assert_array_equal(first.as_served(), second.as_served())


def test_a_later_date_never_makes_a_deal_likelier(served: tuple[ForecastPaths, StoredWorlds]) -> None:
    _, stored = served
    for factors in stored.moved.values():
        assert factors.shape[1] == len(DAYS_AHEAD)
        assert (np.diff(factors, axis=1) <= 1e-12).all()
        assert (factors >= 0).all()


def test_more_never_becomes_less_when_ranges_are_stretched() -> None:
    base = np.array([0.0, 1.0, 2.0, 4.0])
    levels = np.linspace(0.0, 1.0, 11) ** 1.5
    served = stretched(base, base, levels)
    for add in (0.1, 1.0, 5.0):
        assert (stretched(base, base + add, levels) >= served).all()
        assert (stretched(base, np.maximum(base - add, 0.0), levels) <= served).all()
    more = base + 1.0
    assert stretched(base, more, None) is more


def test_one_deal_by_hand() -> None:
    # Without shocks a deal is won where its exponential clock is below its hazard: 1 - exp(-0.7) of the worlds.
    flat = np.zeros((1, 201))
    company = CompanyDraws(3, "2026-01-31", 20_000, {"company": 0.0, "team": 0.0, "rep": 0.0}, flat, flat[0], None)
    rep = RepWorlds(
        "r",
        "",
        100.0,
        ("d",),
        np.array([0.7]),
        np.log(np.array([50.0])),
        np.zeros(1, dtype=np.int64),
        0.0,
        0.0,
        0.0,
        1e-6,
    )
    worlds = drawn_worlds(company, rep).as_served()
    assert set(np.unique(worlds).round(9)) == {0.0, 50.0}
    assert (worlds > 0).mean() == pytest.approx(1 - np.exp(-0.7), abs=0.01)
