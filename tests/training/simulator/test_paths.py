"""Forward paths follow the engine's own law: the same hazards to the digit, and the same frequencies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.training.simulator.test_deals import STEP, TODAY, deals_of, plain_seats, world_of
from training.simulator.credit import Credit
from training.simulator.deals import LAST_STAGE, Deals, Rules, World, advance_day, rates
from training.simulator.market import Market, Step
from training.simulator.paths import Wins, _Pool, forward
from training.simulator.switches import Discounts

CREDIT = Credit(
    rate=0.0,
    number=TODAY,
    born=np.zeros(0, dtype=np.int64),
    holder=np.zeros(0, dtype=np.int64),
    passed=np.zeros(0, dtype=np.bool_),
    team=np.zeros(1, dtype=np.int64),
)


def mixed_world(rng: np.random.Generator, count: int = 500) -> World:
    """Deals of all stages and ages on unequal seats of two universes, in a company that discounts."""
    seats = plain_seats(4)
    for name in ("win_skill", "prospecting", "price", "propensity"):
        getattr(seats, name)[:] = rng.normal(0.0, 0.1, 4)
    seats.segment = np.array([0, 1, 2, 0])
    seats.universe = np.array([0, 0, 1, 1])
    seats.hired = TODAY - np.array([5, 100, 400, 9_000])
    seats.gap = np.array([1.0, -1.0, 1.0, -1.0])
    seats.rushed = np.array([True, True, False, False])
    deals = Deals(
        deal=np.arange(count, dtype=np.int64),
        seat=rng.integers(4, size=count),
        quality=rng.standard_normal(count),
        value=rng.uniform(1_000.0, 9_000.0, count).round(),
        target=TODAY + rng.uniform(-40.0, 40.0, count),
        stage=rng.integers(4, size=count),
        since=TODAY - rng.integers(0, 80, size=count),
    )
    return World(Market(np.array([0.1, -0.2]), np.array([[0.05], [-0.05]])), seats, deals, Rules(Discounts.usual()))


@pytest.mark.parametrize("week", [0, 4, 5, 10, 11, 12])
def test_the_hazards_are_those_of_the_engine(week: int) -> None:
    world, step = mixed_world(np.random.default_rng(2)), replace(STEP, week=week, rush=1.3)
    pool = _Pool.of(world, np.random.default_rng(1))
    loss, win = pool.hazards(world, step)
    expected = rates(world, step)
    for found, true in zip((pool.advance, loss, win), expected, strict=True):
        np.testing.assert_allclose(found, true, rtol=1e-12)


def test_a_deal_that_moved_on_has_the_hazards_of_its_new_stage() -> None:
    world = mixed_world(np.random.default_rng(2))
    pool = _Pool.of(world, np.random.default_rng(1))
    for day in range(1, 30):
        step = replace(STEP, day=TODAY + day, length=0.3)
        pool.decide(world, step, np.random.default_rng(day))
    left = pool.alive()
    assert 0 < left.deals.count < 500
    assert (left.deals.since > TODAY).any()
    loss, win = left.hazards(world, STEP)
    for found, true in zip((left.advance, loss, win), rates(replace(world, deals=left.deals), STEP), strict=True):
        np.testing.assert_allclose(found, true, rtol=1e-12)


def engine_wins(world: World, steps: list[Step], rng: np.random.Generator) -> float:
    total = 0.0
    for step in steps:
        total += float(advance_day(world, step, rng, attrition=False).won.value.sum())
    return total


def test_paths_win_as_often_as_the_engine() -> None:
    """4,000 deals in their last stage and those born meanwhile: both ways of drawing give the same mean."""
    steps = [
        Step(day=TODAY + i, quarter=0, week=12, length=0.25, new_week=i % 4 == 0, season=1.0, rush=1.0)
        for i in range(1, 9)
    ]

    def world() -> World:
        seats = plain_seats(400)
        deals = deals_of(4_000, stage=LAST_STAGE)
        deals.seat = np.repeat(np.arange(400, dtype=np.int64), 10)
        deals.deal[:] = -1
        return World(Market(np.zeros(1), np.zeros((1, 1))), seats, deals)

    slow = [engine_wins(world(), steps, np.random.default_rng(seed)) for seed in range(12)]
    quick = [
        forward(world(), steps, np.random.default_rng(seed), credit=CREDIT, attrition=False).amount.sum()
        for seed in range(12)
    ]
    # one run varies by about 2 %, a mean of twelve by 0.6 %
    assert np.std(slow) / np.mean(slow) < 0.04
    assert np.mean(quick) == pytest.approx(np.mean(slow), rel=0.025)


def test_a_step_without_any_deal_brings_no_win() -> None:
    step = replace(STEP, day=TODAY + 1)
    wins: Wins = forward(world_of(deals_of(0, stage=0)), [step], np.random.default_rng(1), credit=CREDIT)
    assert len(wins.amount) == len(wins.seat) == len(wins.day) == 0


def test_wins_carry_their_day_and_the_signed_amount() -> None:
    seats = plain_seats()
    seats.gap[:] = 1e9
    deals = deals_of(300, stage=LAST_STAGE)
    deals.deal[:] = -1
    world = replace(world_of(deals, seats), rules=Rules(Discounts(base=0.1)))
    wins = forward(world, [replace(STEP, day=TODAY + 3)], np.random.default_rng(1), credit=CREDIT)
    assert set(wins.day) == {TODAY + 3}
    assert set(wins.amount) == {900.0}
    assert world.seats.gap[0] == 1e9 - wins.amount.sum()
