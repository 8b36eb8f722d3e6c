"""The engine: hazards worked by hand, frequencies that follow them, and universes that do not touch each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.simulator.deals import (
    LAST_STAGE,
    LOSS,
    STAGE_LOSS,
    WIN,
    Deals,
    World,
    advance_day,
    rates,
)
from training.simulator.latents import Seats
from training.simulator.market import Market, Step

TODAY = 18_700
STEP = Step(day=TODAY, quarter=0, week=12, length=0.2, new_week=False, season=1.0, rush=3.4)
VETERAN = TODAY - 20_000


def plain_seats(count: int = 1, segment: int = 0) -> Seats:
    """Seats of average people with endless tenure in average territories."""
    zeros, whole = np.zeros(count), np.zeros(count, dtype=np.int64)
    return Seats(
        segment=whole + segment,
        region=whole,
        universe=whole.copy(),
        person=np.arange(count, dtype=np.int64),
        log_territory=zeros.copy(),
        prospecting=zeros.copy(),
        win_skill=zeros.copy(),
        price=zeros.copy(),
        activity_mean=zeros.copy(),
        activity=zeros.copy(),
        hired=whole + VETERAN,
        leave_rate=zeros.copy(),
        propensity=zeros.copy(),
        gap=zeros.copy(),
        rushed=np.zeros(count, dtype=np.bool_),
    )


def deals_of(count: int, *, stage: int, quality: float = 0.0, target: float = TODAY, age: int = 7) -> Deals:
    whole = np.zeros(count, dtype=np.int64)
    return Deals(
        deal=np.arange(count, dtype=np.int64),
        seat=whole,
        quality=np.full(count, quality),
        value=np.full(count, 1_000.0),
        target=np.full(count, target),
        stage=whole + stage,
        since=whole + TODAY - age,
    )


def world_of(deals: Deals, seats: Seats | None = None, macro: float = 0.0) -> World:
    return World(Market(np.array([macro]), np.zeros((1, 1))), seats or plain_seats(), deals)


def test_an_average_deal_has_the_rates_of_its_segment() -> None:
    advance, loss, win = rates(world_of(deals_of(1, stage=0)), STEP)
    # SMB: 3.1 / 5 weeks; 0.38 x 1.15 in the first stage; no win before the last stage
    assert (advance[0], loss[0], win[0]) == pytest.approx((0.62, 0.437, 0.0))


def test_the_last_stage_wins_by_rush_and_timing_and_advances_no_further() -> None:
    advance, loss, win = rates(world_of(deals_of(1, stage=LAST_STAGE)), STEP)
    # 0.28 x rush 3.4 x 1.9 on time; 0.38 x 0.62
    assert (advance[0], loss[0], win[0]) == pytest.approx((0.0, 0.2356, 0.28 * 3.4 * 1.9))


@pytest.mark.parametrize(("wait", "timing"), [(-15, 0.25), (-14, 1.9), (14, 1.9), (15, 0.8)])
def test_the_win_rate_depends_on_where_today_lies_around_the_target(wait: int, timing: float) -> None:
    _, _, win = rates(world_of(deals_of(1, stage=LAST_STAGE, target=float(TODAY - wait))), STEP)
    assert win[0] == pytest.approx(WIN[0] * 3.4 * timing)


def test_quality_helps_winning_and_hinders_losing() -> None:
    _, loss, win = rates(world_of(deals_of(1, stage=LAST_STAGE, quality=1.0)), STEP)
    # score 0.8: loss x exp(-0.64), win x exp(0.4)
    assert loss[0] == pytest.approx(LOSS[0] * STAGE_LOSS[LAST_STAGE] * np.exp(-0.64))
    assert win[0] == pytest.approx(WIN[0] * 3.4 * 1.9 * np.exp(0.4))


def test_a_deal_stuck_for_more_than_six_weeks_is_lost_more_easily() -> None:
    fresh, stuck = (rates(world_of(deals_of(1, stage=1, age=age)), STEP)[1][0] for age in (42, 43))
    assert stuck == pytest.approx(1.4 * fresh)


def test_a_good_economy_lowers_losses_by_the_shared_shock() -> None:
    _, loss, _ = rates(world_of(deals_of(1, stage=1), macro=0.5), STEP)
    # score 0.6 x 0.5 = 0.3: loss x exp(-0.8 x 0.3)
    assert loss[0] == pytest.approx(LOSS[0] * np.exp(-0.24))


def test_a_newcomer_wins_less() -> None:
    newcomer = plain_seats()
    newcomer.hired[:] = TODAY
    veteran = rates(world_of(deals_of(1, stage=LAST_STAGE)), STEP)[2][0]
    # score 0.6 log(0.3099) = -0.703: win x exp(-0.3515)
    assert rates(world_of(deals_of(1, stage=LAST_STAGE), newcomer), STEP)[2][0] == pytest.approx(
        veteran * np.exp(0.3 * np.log(0.30986)), rel=1e-3
    )


def test_frequencies_follow_the_competing_rates() -> None:
    count = 60_000
    world = world_of(deals_of(count, stage=LAST_STAGE))
    events = advance_day(world, STEP, np.random.default_rng(1), attrition=False)
    loss, win = 0.2356, 0.28 * 3.4 * 1.9
    any_event = 1 - np.exp(-(loss + win) * 0.2)
    assert events.won.count / count == pytest.approx(any_event * win / (loss + win), rel=0.03)
    assert events.lost.count / count == pytest.approx(any_event * loss / (loss + win), rel=0.06)
    assert events.advanced.count == 0


def test_every_deal_is_open_won_or_lost_and_none_disappears() -> None:
    world = world_of(deals_of(5_000, stage=1))
    events = advance_day(world, STEP, np.random.default_rng(2), attrition=False)
    assert world.deals.count + events.won.count + events.lost.count == 5_000 + events.created.count


def test_a_deal_that_advances_enters_the_next_stage_today() -> None:
    events = advance_day(world_of(deals_of(5_000, stage=1)), STEP, np.random.default_rng(3), attrition=False)
    assert events.advanced.count > 0
    assert set(events.advanced.stage.tolist()) == {2}
    assert set(events.advanced.since.tolist()) == {TODAY}


def test_creation_follows_activity_with_the_known_elasticity() -> None:
    busy, usual = plain_seats(40_000), plain_seats(40_000)
    busy.activity[:] = 0.5
    made = [
        advance_day(world_of(Deals.none(), seats), STEP, np.random.default_rng(4), attrition=False).created.count
        for seats in (busy, usual)
    ]
    # exp(0.6 x 0.5) = 1.3499
    assert made[0] / made[1] == pytest.approx(1.3499, rel=0.04)
    # 1.9 a week x 0.2 weeks x 40,000 seats
    assert made[1] == pytest.approx(15_200, rel=0.03)


def test_new_deals_start_in_the_first_stage_with_positive_whole_amounts() -> None:
    created = advance_day(
        world_of(Deals.none(), plain_seats(5_000)), STEP, np.random.default_rng(5), attrition=False
    ).created
    assert np.all(created.stage == 0)
    assert np.all(created.value >= 1)
    assert np.all(created.value == np.round(created.value))
    # exp(8.987) = 7,998: the middle small-business deal
    assert np.median(created.value) == pytest.approx(8_000, rel=0.06)
    assert np.all(created.target > TODAY)


def test_people_leave_at_their_own_rate_and_nobody_leaves_before_the_first_day() -> None:
    seats = plain_seats(50_000)
    seats.leave_rate[:] = 0.05
    seats.hired[:10_000] = TODAY + 3
    left = advance_day(world_of(Deals.none(), seats), STEP, np.random.default_rng(6)).left
    # 40,000 x (1 - exp(-0.05 x 0.2)) = 398
    assert len(left) == pytest.approx(398, rel=0.15)
    assert left.min() >= 10_000


def test_without_attrition_nobody_leaves() -> None:
    seats = plain_seats(1_000)
    seats.leave_rate[:] = 50.0
    assert len(advance_day(world_of(Deals.none(), seats), STEP, np.random.default_rng(7), attrition=False).left) == 0


def test_slow_states_move_only_at_the_start_of_a_week() -> None:
    world = world_of(Deals.none())
    advance_day(world, STEP, np.random.default_rng(8), attrition=False)
    assert (world.market.macro[0], world.seats.activity[0]) == (0.0, 0.0)
    advance_day(world, replace(STEP, new_week=True), np.random.default_rng(8), attrition=False)
    assert world.market.macro[0] != 0.0
    assert world.seats.activity[0] != 0.0


def test_each_universe_feels_its_own_shock() -> None:
    seats = plain_seats().repeated(2)
    deals = deals_of(2, stage=1)
    deals.seat[:] = [0, 1]
    world = World(Market(np.array([0.0, 1.0]), np.zeros((2, 1))), seats, deals)
    _, loss, _ = rates(world, STEP)
    # 0.6 x 1.0 on the score of the second only
    assert loss[1] / loss[0] == pytest.approx(np.exp(-0.48))


def test_joined_deals_keep_both_parts_in_order() -> None:
    joined = deals_of(2, stage=0).joined(deals_of(1, stage=3))
    assert joined.stage.tolist() == [0, 0, 3]
    assert joined.where(joined.stage == 3).count == 1
