"""Discounts: depth and haste worked by hand, what the engine signs, and that a company of list prices knows none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.training.simulator.test_deals import STEP, deals_of, plain_seats, world_of
from training.simulator.crm_export import crm_tables
from training.simulator.deals import LAST_STAGE, Rules, World, advance_day, rates
from training.simulator.discounts import depth, haste
from training.simulator.latents import Seats, draw_people
from training.simulator.market import Step
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings
from training.simulator.switches import Discounts

USUAL = Discounts(base=0.04, rush=0.08, pull_forward=0.2)
RUSH = replace(STEP, week=11)
CALM = replace(STEP, week=10)
FIRST_WEEK = replace(STEP, week=0, rush=0.6)


def seats_with(*, gap: float = 0.0, propensity: float = 0.0, rushed: bool = False) -> Seats:
    seats = plain_seats()
    seats.gap[:], seats.propensity[:], seats.rushed[:] = gap, propensity, rushed
    return seats


@pytest.mark.parametrize(
    ("step", "gap", "propensity", "expected"),
    [
        (CALM, 1.0, 0.0, 0.04),
        (RUSH, 1.0, 0.0, 0.12),
        (RUSH, 0.0, 0.0, 0.04),
        (RUSH, -5.0, 0.03, 0.07),
        (CALM, 1.0, -0.2, 0.0),
        (RUSH, 1.0, 0.9, 0.5),
    ],
)
def test_the_discount_is_base_plus_rush_under_a_gap_plus_propensity(
    step: Step, gap: float, propensity: float, expected: float
) -> None:
    assert depth(USUAL, seats_with(gap=gap, propensity=propensity), step)[0] == pytest.approx(expected)


def test_a_discount_speeds_up_winning_and_what_was_pulled_forward_is_missing() -> None:
    # exp(1.5 x 0.12); exp(1.5 x 0.04) x (1 - 0.2) in the first five weeks after a rush, without the cut in the sixth
    assert haste(USUAL, seats_with(gap=1.0), RUSH)[0] == pytest.approx(np.exp(0.18))
    assert haste(USUAL, seats_with(rushed=True), FIRST_WEEK)[0] == pytest.approx(np.exp(0.06) * 0.8)
    assert haste(USUAL, seats_with(rushed=True), replace(STEP, week=5))[0] == pytest.approx(np.exp(0.06))
    assert haste(USUAL, seats_with(rushed=False), FIRST_WEEK)[0] == pytest.approx(np.exp(0.06))


def discounted(world: World) -> World:
    return replace(world, rules=Rules(USUAL))


def test_only_the_win_hazard_feels_the_discount() -> None:
    plain = world_of(deals_of(1, stage=LAST_STAGE), seats_with(gap=1.0))
    (_, loss, win), (_, cut_loss, cut_win) = rates(plain, RUSH), rates(discounted(plain), RUSH)
    assert cut_win[0] == pytest.approx(win[0] * np.exp(0.18))
    assert cut_loss[0] == loss[0]


def test_what_is_signed_is_the_list_price_less_the_discount_and_closes_the_gap() -> None:
    world = discounted(world_of(deals_of(400, stage=LAST_STAGE), seats_with(gap=1e9)))
    won = advance_day(world, RUSH, np.random.default_rng(1)).won
    # 1,000 x (1 - 0.04 - 0.08)
    assert won.count > 0
    assert set(won.value) == {880.0}
    assert world.seats.gap[0] == 1e9 - 880.0 * won.count
    assert set(world.deals.value[world.deals.stage == LAST_STAGE]) == {1_000.0}


def test_a_seat_is_marked_when_the_last_two_weeks_begin_with_a_gap() -> None:
    seats = plain_seats(3)
    seats.gap[:] = (1.0, 0.0, -1.0)
    world = world_of(deals_of(0, stage=0), seats)
    advance_day(world, replace(STEP, week=10, new_week=True), np.random.default_rng(1))
    assert not world.seats.rushed.any()
    advance_day(world, replace(STEP, week=11, new_week=True), np.random.default_rng(1))
    assert world.seats.rushed.tolist() == [True, False, False]


def test_propensity_is_drawn_only_where_it_is_asked_for() -> None:
    without, spread = (draw_people(np.random.default_rng(3), 5_000, propensity_sd=sd) for sd in (0.0, 0.03))
    assert not without["propensity"].any()
    assert spread["propensity"].std() == pytest.approx(0.03, rel=0.05)
    assert np.array_equal(without["win_skill"], spread["win_skill"])


@pytest.fixture(scope="module")
def gamed() -> Organisation:
    return simulate(SimulatorSettings(reps=80, quarters=6, seed=5, discounts=Discounts.usual()))


def test_a_company_that_discounts_signs_less_than_its_list_prices(gamed: Organisation) -> None:
    won = gamed.truth.deals[gamed.truth.deals["won"]]
    cut = 1 - won["booked"] / won["value"]
    assert 0.05 < cut.mean() < 0.09
    person = gamed.owner(won["seat"].to_numpy(), won["closed"].to_numpy())
    own = gamed.truth.people["propensity"].to_numpy()[person]
    assert np.corrcoef(own, cut)[0, 1] > 0.4
    lost = gamed.truth.deals[~gamed.truth.deals["won"]]
    assert (lost["booked"] == 0).all()


def test_the_crm_shows_what_was_signed_not_the_list_price(gamed: Organisation) -> None:
    shown = crm_tables(gamed)["Opportunity"]
    won = gamed.truth.deals[gamed.truth.deals["won"]].set_index("deal")["booked"]
    shown = shown[shown["IsWon"] == "true"]
    recorded = won.loc[shown["Id"].str[3:].astype(int) - 1]
    assert shown["Amount"].astype(float).tolist() == recorded.tolist()


def test_list_prices_are_signed_where_nothing_is_switched_on(org: Organisation) -> None:
    won = org.truth.deals[org.truth.deals["won"]]
    assert not Discounts().on
    assert (won["booked"] == won["value"]).all()
