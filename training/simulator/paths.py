"""Forward paths of a state: what every seat still books until a quarter ends, in many universes side by side.

The law is that of `deals.advance_day`, drawn in another way so that it is quick: each deal holds an exponential
clock that its hazards run down, what quality does to a hazard is computed once per deal, and what shocks, skill and
ramp do once per seat and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from training.simulator.credit import Credit
from training.simulator.deals import (
    ADVANCE,
    ADVANCE_QUALITY,
    CYCLE,
    EARLY,
    LAST_STAGE,
    LATE,
    LOSS,
    LOSS_SCORE,
    ON_TIME,
    QUALITY,
    RAMP,
    SHOCK,
    STAGE_LOSS,
    STALE_DAYS,
    STALE_LOSS,
    WIN,
    WIN_SCORE,
    WINDOW_DAYS,
    Deals,
    World,
    begin_week,
    create,
    leavers,
    shared_shock,
)
from training.simulator.discounts import depth, haste, paid
from training.simulator.market import Floats, Ints, Step, as_date, day_number, next_workday

NEW = -1


@dataclass(frozen=True)
class Wins:
    """Deals won in forward paths, arrays of shape (n_wins,).

    Attributes:
        seat: Seat that is credited, universe included.
        amount: What was signed.
        day: Day of the win.
        deal: Row of the deal among those open at the start; `NEW` for deals created later.
    """

    seat: Ints
    amount: Floats
    day: Ints
    deal: Ints


def forward(
    world: World, steps: Sequence[Step], rng: np.random.Generator, *, credit: Credit, attrition: bool = True
) -> Wins:
    """Let the days of `steps` pass in every universe of `world`; return the wins of those who sat there at the start.

    Args:
        world: State of all universes; `deals.deal` holds the row of each deal in `credit`. It is changed.
        steps: Working days still to come, in order.
        rng: Source of every draw.
        credit: Who is credited for which deal.
        attrition: False keeps everybody in seat.
    """
    pool, found = _Pool.of(world, rng), _Found()
    for step in steps:
        if step.new_week:
            begin_week(world, step, rng)
            pool = pool.alive()
        won = pool.decide(world, step, rng)
        if won.count:
            _sign(world, won, step)
            seat = credit.seats(won, step.day, rng)
            own = world.seats.person[seat] >= 0
            found.add(seat[own], won.value[own], step.day, won.deal[own])
        pool.enter(create(world, step, rng), world, rng)
        left = leavers(world.seats, step, rng) if attrition else np.zeros(0, dtype=np.int64)
        if len(left):
            hired = day_number(next_workday(as_date(step.day)))
            spread = world.rules.discounts.propensity_sd
            world.seats.seat_newcomers(left, hired, 0.0, rng, propensity_sd=spread)
    return found.wins()


def _sign(world: World, won: Deals, step: Step) -> None:
    if world.rules.discounts.on:
        won.value = paid(won.value, depth(world.rules.discounts, world.seats, step)[won.seat])
        np.subtract.at(world.seats.gap, won.seat, won.value)


@dataclass
class _Found:
    """Wins gathered day by day."""

    seat: list[Ints] = field(default_factory=list)
    amount: list[Floats] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    deal: list[Ints] = field(default_factory=list)

    def add(self, seat: Ints, amount: Floats, day: int, deal: Ints) -> None:
        """Add the wins of one day."""
        self.seat.append(seat)
        self.amount.append(amount)
        self.day.append(np.full(len(seat), day, dtype=np.int64))
        self.deal.append(deal)

    def wins(self) -> Wins:
        """Return everything gathered."""
        whole = np.zeros(0, dtype=np.int64)
        return Wins(
            np.concatenate([whole, *self.seat]),
            np.concatenate([np.zeros(0), *self.amount]),
            np.concatenate([whole, *self.day]),
            np.concatenate([whole, *self.deal]),
        )


class _Pool:
    """Open deals with their clocks; a decided deal stays in place with all hazards 0 until the next week begins."""

    def __init__(self, deals: Deals, advance: Floats, loss: Floats, win: Floats, fuel: Floats) -> None:
        self.deals, self.advance, self.loss, self.win, self.fuel = deals, advance, loss, win, fuel

    @classmethod
    def of(cls, world: World, rng: np.random.Generator) -> _Pool:
        """Return the open deals of `world` with fresh clocks."""
        return cls._priced(world.deals, world, rng)

    @classmethod
    def _priced(cls, deals: Deals, world: World, rng: np.random.Generator) -> _Pool:
        """Return deals with what segment, quality and stage do to their hazards."""
        last = deals.stage == LAST_STAGE
        cycle = CYCLE[world.seats.segment[deals.seat]]
        advance = np.where(last, 0.0, ADVANCE / cycle * np.exp(ADVANCE_QUALITY * deals.quality))
        loss = STAGE_LOSS[deals.stage] * np.exp(-LOSS_SCORE * QUALITY * deals.quality)
        win = np.where(last, np.exp(WIN_SCORE * QUALITY * deals.quality), 0.0)
        return cls(deals, advance, loss, win, rng.standard_exponential(deals.count))

    def alive(self) -> _Pool:
        """Return the pool without what was decided."""
        kept = np.flatnonzero(self.loss > 0)
        columns = (self.advance, self.loss, self.win, self.fuel)
        return _Pool(self.deals.where(kept), *(column[kept] for column in columns))

    def enter(self, created: Deals, world: World, rng: np.random.Generator) -> None:
        """Add new deals."""
        fresh = self._priced(created, world, rng)
        self.deals = self.deals.joined(created)
        for name in ("advance", "loss", "win", "fuel"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(fresh, name)]))

    def decide(self, world: World, step: Step, rng: np.random.Generator) -> Deals:
        """Run all clocks down by one day and return the deals that were won."""
        loss, win = self.hazards(world, step)
        self.fuel -= (self.advance + loss + win) * step.length
        over = np.flatnonzero(self.fuel <= 0.0)
        advance, loss, win = self.advance[over], loss[over], win[over]
        kind = rng.random(len(over)) * (advance + loss + win)
        moved, closed = over[kind >= win + loss], over[kind < win + loss]
        self._move(moved, step, rng)
        for column in (self.advance, self.loss, self.win):
            column[closed] = 0.0
        self.fuel[closed] = np.inf
        return self.deals.where(over[kind < win])

    def hazards(self, world: World, step: Step) -> tuple[Floats, Floats]:
        """Return the weekly hazards of all deals to be lost and to be won, each of shape (n_deals,)."""
        seats, deals = world.seats, self.deals
        score = seats.win_skill + step.skill + RAMP * np.log(seats.ramp(step.day)) + SHOCK * shared_shock(world)
        loss_of_seat = LOSS[seats.segment] * np.exp(-LOSS_SCORE * score)
        win_of_seat = WIN[seats.segment] * step.rush * np.exp(WIN_SCORE * score)
        if world.rules.discounts.on:
            win_of_seat *= haste(world.rules.discounts, seats, step)
        loss = self.loss * loss_of_seat[deals.seat]
        loss[step.day - deals.since > STALE_DAYS] *= STALE_LOSS
        win, late = np.zeros(deals.count), np.flatnonzero(self.win)
        wait = step.day - deals.target[late]
        timing = np.where(wait < -WINDOW_DAYS, EARLY, np.where(wait <= WINDOW_DAYS, ON_TIME, LATE))
        win[late] = self.win[late] * win_of_seat[deals.seat[late]] * timing
        return loss, win

    def _move(self, moved: Ints, step: Step, rng: np.random.Generator) -> None:
        """Let deals enter their next stage."""
        deals, stage = self.deals, self.deals.stage[moved]
        deals.stage[moved] = stage + 1
        deals.since[moved] = step.day
        self.loss[moved] *= STAGE_LOSS[stage + 1] / STAGE_LOSS[stage]
        last = moved[stage + 1 == LAST_STAGE]
        self.advance[last] = 0.0
        self.win[last] = np.exp(WIN_SCORE * QUALITY * deals.quality[last])
        self.fuel[moved] = rng.standard_exponential(len(moved))
