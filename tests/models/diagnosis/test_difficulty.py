"""Quota difficulty is the chance of others with this quota; it is named before the period begins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.contracts import CompanyState, ForecastPaths
from models.diagnosis.difficulty import quota_difficulty
from tests.support.toy_company import toy_state, toy_structure, toy_targets


def company(quotas: list[float], worlds: list[list[float]], **columns: object) -> tuple[CompanyState, ForecastPaths]:
    structure = toy_structure(len(quotas)).assign(quota=quotas)
    targets = toy_targets(structure).assign(segment="SMB", tenure_days=1_000, **columns)
    new = np.array(worlds, dtype=np.float64)
    return toy_state(targets), ForecastPaths(targets, np.zeros(len(quotas)), np.zeros_like(new), new)


def test_chance_is_the_mean_over_the_others_and_never_ones_own() -> None:
    # Five others reach 100 in 4, 3, 2, 1 and 0 of 4 worlds: mean 0.5. The rep's own certain worlds do not count.
    worlds = [[100.0] * 4] + [[100.0] * hits + [0.0] * (4 - hits) for hits in (4, 3, 2, 1, 0)]
    found = quota_difficulty(*company([100.0] * 6, worlds))
    assert found.chance[0] == pytest.approx(0.5)
    assert found.low[0] <= 0.5 <= found.high[0]
    assert found.others[0] == 5


def test_others_are_asked_with_this_quota_not_with_their_own() -> None:
    found = quota_difficulty(*company([200.0, 50.0, 50.0, 50.0, 50.0, 50.0], [[150.0] * 4] * 6))
    assert found.chance[0] == 0.0
    assert found.chance[1] == 1.0
    assert (found.word[0], found.word[1]) == ("hard", "easy")


def test_fewer_than_five_others_give_no_number() -> None:
    found = quota_difficulty(*company([100.0] * 5, [[100.0] * 4] * 5))
    assert np.isnan(found.chance).all()
    assert set(found.word) == {""}


def test_a_period_that_has_not_begun_is_judged_too() -> None:
    found = quota_difficulty(*company([500.0] * 6, [[100.0] * 4] * 6, starts_in=40))
    assert set(found.word) == {"hard"}


def test_a_higher_quota_is_never_easier() -> None:
    rng = np.random.default_rng(3)
    worlds = rng.lognormal(4.0, 0.5, (30, 200))
    quotas = np.sort(rng.uniform(20.0, 120.0, 30))
    state, paths = company(quotas.tolist(), worlds.tolist())
    same = ForecastPaths(paths.targets, paths.booked, paths.open_deals, np.repeat(worlds[:1], 30, axis=0))
    assert (np.diff(quota_difficulty(state, same).chance) <= 1e-12).all()


def test_a_quota_without_an_amount_is_not_judged() -> None:
    state, paths = company([100.0] * 7, [[100.0] * 4] * 7)
    paths.targets.loc[0, "quota"] = np.nan
    found = quota_difficulty(state, paths)
    assert pd.isna(found.chance[0])
    assert found.chance[1] == 1.0
