"""Shared shocks: sizes from past periods, factors with mean one."""

from __future__ import annotations

import numpy as np

from models.simulation.shocks import Shocks, company_sd


def test_factors_have_mean_one_and_the_stated_spread() -> None:
    factor = Shocks(company=0.2).common(1, "2024-06-30", 20_000)
    assert np.isclose(factor.mean(), 1.0, atol=0.01)
    assert np.isclose(np.log(factor).std(), 0.2, atol=0.01)


def test_the_factor_belongs_to_the_as_of() -> None:
    shocks = Shocks(company=0.2)
    assert not np.array_equal(shocks.common(1, "2024-06-30", 5), shocks.common(1, "2024-07-01", 5))


def test_noise_that_explains_the_errors_leaves_no_shock() -> None:
    # Errors of 10 % whose chance alone has a variance of 0.01: no excess; the prior's four periods remain.
    sd = company_sd(np.full(12, 0.1), np.full(12, 0.01))
    assert np.isclose(sd, np.sqrt(4 * 0.01 / 16))


def test_shocks_survive_json() -> None:
    shocks = Shocks(company=0.11, team=0.02, rep=0.1)
    assert Shocks.from_json(shocks.to_json()) == shocks
