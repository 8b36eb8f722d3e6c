"""The engine: how deals are born, advance, are won or lost from one working day to the next, in many universes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from training.simulator.discounts import RUSH_WEEK, depth, haste, paid
from training.simulator.latents import Seats, by_segment
from training.simulator.market import Floats, Ints, Market, Mask, Step
from training.simulator.settings import SimulatorSettings
from training.simulator.switches import Discounts

LAST_STAGE = 3
CREATION, CYCLE, LOSS, WIN = (by_segment(name) for name in ("creation", "cycle", "loss", "win"))
LOG_AMOUNT, AMOUNT_SD = by_segment("log_amount"), by_segment("amount_sd")
STAGE_LOSS = np.array([1.15, 1.0, 0.80, 0.62])
ADVANCE, ADVANCE_QUALITY = 3.1, 0.15
QUALITY, RAMP, SHOCK = 0.8, 0.6, 0.6
LOSS_SCORE, WIN_SCORE = 0.8, 0.5
STALE_DAYS, STALE_LOSS = 42, 1.4
ACTIVITY_ELASTICITY, CREATION_SHOCK = 0.6, 0.8
TARGET_SHIFT, TARGET_SD = -0.05, 0.35
EARLY, ON_TIME, LATE, WINDOW_DAYS = 0.25, 1.9, 0.8, 14


@dataclass
class Deals:
    """Deals as columns of shape (n_deals,).

    Attributes:
        deal: Identity, counted from 0; in a forward path the row among the deals of its start, -1 for a new one.
        seat: Index into `Seats`; whoever sits there owns the deal.
        quality: Hidden quality, standard normal at birth.
        value: List price, the amount if won without a discount, in whole currency units.
        target: Day around which the customer decides.
        stage: 0 to 3.
        since: Day on which it entered the stage.
    """

    deal: Ints
    seat: Ints
    quality: Floats
    value: Floats
    target: Floats
    stage: Ints
    since: Ints

    @property
    def count(self) -> int:
        """Number of deals."""
        return len(self.deal)

    def where(self, mask: Mask | Ints) -> Deals:
        """Return the deals that `mask` selects."""
        return Deals(**{f.name: getattr(self, f.name)[mask] for f in fields(self)})

    def joined(self, other: Deals) -> Deals:
        """Return these deals, then `other`."""
        return Deals(**{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)})

    @classmethod
    def none(cls) -> Deals:
        """Return no deal."""
        whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
        return cls(whole, whole, real, real, real, whole, whole)


@dataclass(frozen=True)
class Rules:
    """What does not move.

    Attributes:
        discounts: How the company discounts.
        noise: Multiplier on the spread of amounts and of decision days.
    """

    discounts: Discounts = field(default_factory=Discounts)
    noise: float = 1.0

    @classmethod
    def of(cls, settings: SimulatorSettings) -> Rules:
        """Return the rules of the company that `settings` describe."""
        return cls(settings.discounts, settings.noise)


@dataclass
class World:
    """Everything that moves: shocks, seats and open deals; and the rules by which it does."""

    market: Market
    seats: Seats
    deals: Deals
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True)
class DayEvents:
    """What happened on one day.

    Attributes:
        created: New deals.
        advanced: Deals that entered their current stage today.
        won: Deals won today, `value` being what was signed, discount included.
        lost: Deals lost today.
        left: Seats whose occupant worked the last day today, before the successor sits down.
    """

    created: Deals
    advanced: Deals
    won: Deals
    lost: Deals
    left: Ints


def advance_day(world: World, step: Step, rng: np.random.Generator, *, attrition: bool = True) -> DayEvents:
    """Let one working day pass and return what happened; `world` is changed in place.

    Args:
        world: The state at the end of the working day before.
        step: The day.
        rng: Source of every draw.
        attrition: False keeps everybody in seat.

    Returns:
        The events of the day. Seats in `left` still hold the leaver: the caller seats the successor.
    """
    if step.new_week:
        begin_week(world, step, rng)
    advanced, won, lost, world.deals = _decide(world, step, rng)
    won = _signed(world, won, step)
    created = create(world, step, rng)
    world.deals = world.deals.joined(created)
    left = leavers(world.seats, step, rng) if attrition else np.zeros(0, dtype=np.int64)
    return DayEvents(created, advanced, won, lost, left)


def shared_shock(world: World) -> Floats:
    """Return macro plus region per seat, log scale."""
    seats = world.seats
    return world.market.macro[seats.universe] + world.market.region[seats.universe, seats.region]


def begin_week(world: World, step: Step, rng: np.random.Generator) -> None:
    """Move what moves weekly: shocks, activity, and in the week in which the rush begins who is in it."""
    world.market.move(rng)
    world.seats.move(rng)
    if step.week == RUSH_WEEK:
        world.seats.rushed = world.seats.gap > 0


def _signed(world: World, won: Deals, step: Step) -> Deals:
    """Return won deals at the price that was signed, and let it count towards the quotas."""
    if world.rules.discounts.on:
        won.value = paid(won.value, depth(world.rules.discounts, world.seats, step)[won.seat])
    np.subtract.at(world.seats.gap, won.seat, won.value)
    return won


def create(world: World, step: Step, rng: np.random.Generator) -> Deals:
    """Return the deals that are born on `step`; they are not yet among those of `world`."""
    seats = world.seats
    log_rate = (
        seats.log_territory
        + seats.prospecting
        + ACTIVITY_ELASTICITY * seats.effort()
        + CREATION_SHOCK * shared_shock(world)
    )
    rate = CREATION[seats.segment] * np.exp(log_rate) * seats.ramp(step.day) * step.season
    seat = np.repeat(np.arange(seats.count, dtype=np.int64), rng.poisson(rate * step.length))
    segment, count, noise = seats.segment[seat], len(seat), world.rules.noise
    amount = np.exp(LOG_AMOUNT[segment] + seats.price[seat] + AMOUNT_SD[segment] * noise * rng.standard_normal(count))
    weeks = CYCLE[segment] * np.exp(TARGET_SHIFT + TARGET_SD * noise * rng.standard_normal(count))
    return Deals(
        deal=np.full(count, -1, dtype=np.int64),
        seat=seat,
        quality=rng.standard_normal(count),
        value=np.maximum(np.round(amount), 1.0),
        target=step.day + 7.0 * weeks,
        stage=np.zeros(count, dtype=np.int64),
        since=np.full(count, step.day, dtype=np.int64),
    )


def rates(world: World, step: Step) -> tuple[Floats, Floats, Floats]:
    """Return the true weekly hazards of open deals to advance, be lost and be won, each of shape (n_deals,)."""
    seats, deals = world.seats, world.deals
    per_seat = seats.win_skill + step.skill + RAMP * np.log(seats.ramp(step.day)) + SHOCK * shared_shock(world)
    score = QUALITY * deals.quality + per_seat[deals.seat]
    segment, last = seats.segment[deals.seat], deals.stage == LAST_STAGE
    advance = np.where(last, 0.0, ADVANCE / CYCLE[segment] * np.exp(ADVANCE_QUALITY * deals.quality))
    loss = LOSS[segment] * STAGE_LOSS[deals.stage] * np.exp(-LOSS_SCORE * score)
    loss *= np.where(step.day - deals.since > STALE_DAYS, STALE_LOSS, 1.0)
    wait = step.day - deals.target
    timing = np.where(wait < -WINDOW_DAYS, EARLY, np.where(wait <= WINDOW_DAYS, ON_TIME, LATE))
    win = np.where(last, WIN[segment] * step.rush * timing * np.exp(WIN_SCORE * score), 0.0)
    if world.rules.discounts.on:
        win *= haste(world.rules.discounts, seats, step)[deals.seat]
    return advance, loss, win


def _decide(world: World, step: Step, rng: np.random.Generator) -> tuple[Deals, Deals, Deals, Deals]:
    """Return deals that advanced, were won, were lost, and those still open."""
    deals = world.deals
    advance, loss, win = rates(world, step)
    total = advance + loss + win
    happens = rng.random(deals.count) < -np.expm1(-total * step.length)
    kind = rng.random(deals.count) * total
    won = happens & (kind < win)
    lost = happens & ~won & (kind < win + loss)
    moved = happens & ~won & ~lost
    deals.stage[moved] += 1
    deals.since[moved] = step.day
    return deals.where(moved), deals.where(won), deals.where(lost), deals.where(~(won | lost))


def leavers(seats: Seats, step: Step, rng: np.random.Generator) -> Ints:
    """Return the seats whose occupant works the last day on `step`."""
    chance = -np.expm1(-seats.leave_rate * step.length)
    return np.flatnonzero((rng.random(seats.count) < chance) & (seats.hired <= step.day)).astype(np.int64)
