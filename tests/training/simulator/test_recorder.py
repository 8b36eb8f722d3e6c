"""The recorder gives identities and keeps who sat where."""

from __future__ import annotations

import numpy as np

from training.simulator.deals import Deals, World, advance_day
from training.simulator.latents import draw_seats
from training.simulator.market import Step, draw_market
from training.simulator.recorder import Recorder
from training.simulator.settings import SimulatorSettings

TODAY = 18_700


def run(days: int) -> tuple[Recorder, World]:
    rng = np.random.default_rng(1)
    seats = draw_seats(rng, SimulatorSettings(reps=6), TODAY)
    world, recorder = World(draw_market(rng, 1), seats, Deals.none()), Recorder(seats)
    recorder.quarter(0, seats)
    for offset in range(days):
        step = Step(TODAY + offset, 0, 0, 0.2, offset % 5 == 0, 1.0, 1.0)
        recorder.day(step, world, advance_day(world, step, rng, attrition=False))
    return recorder, world


def test_deals_are_numbered_in_the_order_of_their_birth_and_keep_the_number() -> None:
    recorder, world = run(40)
    deals = recorder.truth(world.seats, 8).deals
    assert deals["deal"].tolist() == list(range(recorder.n_deals))
    assert deals["entered_0"].is_monotonic_increasing
    still = deals[deals["closed"] < 0]
    assert sorted(world.deals.deal.tolist()) == still["deal"].tolist()


def test_stage_and_day_of_open_deals_agree_with_the_engine() -> None:
    recorder, world = run(40)
    deals = recorder.truth(world.seats, 8).deals
    entered = deals[[f"entered_{stage}" for stage in range(4)]].to_numpy()
    assert world.deals.count > 10
    assert np.array_equal(entered[world.deals.deal, world.deals.stage], world.deals.since)


def test_slow_states_are_noted_when_they_move() -> None:
    recorder, world = run(11)
    truth = recorder.truth(world.seats, 8)
    assert truth.effort["day"].unique().tolist() == [TODAY, TODAY + 5, TODAY + 10]
    assert truth.shocks["day"].tolist() == list(range(TODAY, TODAY + 11))
    assert truth.effort["activity"].tail(6).tolist() == world.seats.activity.tolist()


def test_a_successor_opens_a_tenure_where_the_leaver_closed_one() -> None:
    recorder, world = run(1)
    world.seats.seat_newcomers(np.array([2]), TODAY + 1, 0.0, np.random.default_rng(2))
    recorder.leave(2, TODAY)
    person = recorder.hire(world.seats, 2, known=TODAY)
    truth = recorder.truth(world.seats, 8)
    rows = truth.tenures[truth.tenures["seat"] == 2]
    assert person == 6
    assert rows["person"].tolist() == [2, 6]
    assert rows["last"].tolist() == [TODAY, -1]
    assert truth.people["win_skill"].iloc[6] == world.seats.win_skill[2]
