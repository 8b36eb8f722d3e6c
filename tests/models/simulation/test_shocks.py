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


def test_errors_that_chance_explains_leave_the_prior_nearly_alone() -> None:
    # Errors of 20 % where chance alone has an sd of 20 %: a shock of 10 % is neither needed nor excluded.
    assert 0.07 < company_sd(np.full(4, 0.2), np.full(4, 0.04)) < 0.12


def test_quiet_periods_without_noise_make_the_shock_small() -> None:
    assert company_sd(np.full(12, 0.02), np.full(12, 1e-6)) < 0.04


def test_shocks_survive_json() -> None:
    shocks = Shocks(company=0.11, team=0.02, rep=0.1)
    assert Shocks.from_json(shocks.to_json()) == shocks
