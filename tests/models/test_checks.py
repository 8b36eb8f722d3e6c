"""Every forecaster that is found keeps the contract; every check catches the fault that it is there for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Self

import numpy as np
import pytest

from features.domain.errors import CheckFailed
from models import checks
from models.contracts import CompanyState, Forecaster, ForecastPaths, TrainingHistory
from models.forecasters import all_forecasters
from models.forecasters.draws import stream
from tests.support.states import toy_history


@cache
def history(grade: str, *, returns_allowed: bool = False) -> TrainingHistory:
    return toy_history(n_reps=5, n_periods=5, seed=2, grade=grade, returns_allowed=returns_allowed)


@pytest.mark.parametrize("grade", ["A", "C", "D"])
@pytest.mark.parametrize("name", sorted(all_forecasters()))
def test_every_forecaster_keeps_the_contract(name: str, grade: str) -> None:
    assert checks.run_checks(all_forecasters()[name], history(grade)) == []


@pytest.mark.parametrize("name", sorted(all_forecasters()))
def test_every_forecaster_keeps_the_contract_where_returns_are_normal(name: str) -> None:
    assert checks.run_checks(all_forecasters()[name], history("D", returns_allowed=True)) == []


class Flawed:
    """A forecaster that keeps the contract, and one fault away from it."""

    name = "flawed"

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.fits = 0
        self.coherent = fault == "months"

    def fit(self, history: TrainingHistory) -> Self:
        self.fits += 1
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        if not self.fits and self.fault != "unfitted":
            raise CheckFailed("not fitted")
        return FAULTS[self.fault](self, state, n_paths, seed)


def sound(_: Flawed, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
    targets = state.targets.reset_index(drop=True)
    keys = zip(targets["rep_id"], targets["period_start"], targets["grain"], strict=True)
    draws = np.array([stream(seed, *key).random(n_paths) for key in keys]).reshape(len(targets), n_paths)
    mean = float(np.sort(state.bookings["amount"].to_numpy()).mean())
    booked = targets["attained"].to_numpy(dtype=np.float64)
    return ForecastPaths(targets, booked, np.zeros_like(draws), mean * draws)


def mutating(self: Flawed, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
    paths = sound(self, state, n_paths, seed)
    state.bookings["amount"] = state.bookings["amount"] + 1.0
    return paths


def ordered(_: Flawed, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
    targets = state.targets.reset_index(drop=True)
    draws = np.random.default_rng(seed).random((len(targets), n_paths)) * float(state.bookings["amount"].max())
    return ForecastPaths(targets, targets["attained"].to_numpy(dtype=np.float64), np.zeros_like(draws), draws)


def changed(make: Callable[[Flawed, ForecastPaths], ForecastPaths]) -> Callable[..., ForecastPaths]:
    return lambda self, state, n_paths, seed: make(self, sound(self, state, n_paths, seed))


FAULTS: dict[str, Callable[..., ForecastPaths]] = {
    "none": sound,
    "months": sound,
    "unfitted": sound,
    "mutates": mutating,
    "ordered": ordered,
    "refit": changed(lambda self, paths: replace(paths, new_deals=paths.new_deals * self.fits)),
    "seedless": lambda self, state, n_paths, _: sound(self, state, n_paths, 1),
    "below": changed(lambda _, paths: replace(paths, new_deals=paths.new_deals - 1e9)),
    "currency": changed(lambda _, paths: replace(paths, new_deals=paths.new_deals + 1.0)),
    "nan": changed(lambda _, paths: replace(paths, new_deals=paths.new_deals * np.nan)),
    "booked": changed(lambda _, paths: replace(paths, booked=paths.booked + 1.0)),
    "shape": changed(lambda _, paths: replace(paths, new_deals=paths.new_deals[:, :1])),
}


def broken_by(fault: str) -> set[str]:
    def factory() -> Forecaster:
        return Flawed(fault)

    fresh = toy_history(n_reps=4, n_periods=3, seed=2)
    return {message.split(":")[0] for message in checks.run_checks(factory, fresh)}


def test_a_sound_forecaster_passes() -> None:
    assert broken_by("none") == set()


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("unfitted", "check_is_honest_before_fitting"),
        ("mutates", "check_does_not_change_its_inputs"),
        ("ordered", "check_row_order_does_not_matter"),
        ("refit", "check_refitting_forgets"),
        ("seedless", "check_same_seed_same_bytes"),
        ("below", "check_support_starts_at_attained"),
        ("currency", "check_currency_scale_does_not_matter"),
        ("nan", "check_shapes"),
        ("booked", "check_books_what_is_attained"),
        ("shape", "check_shapes"),
        ("months", "check_months_sum_to_quarters"),
    ],
)
def test_each_fault_is_caught_by_its_check(fault: str, check: str) -> None:
    assert check in broken_by(fault)
