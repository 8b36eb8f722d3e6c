"""The oracle: the true state of an organisation on any evening, and many futures drawn from it with true parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from features.domain.errors import UsageError
from features.domain.time import Period
from training.simulator.deals import LAST_STAGE, Deals, World, advance_day
from training.simulator.latents import Seats
from training.simulator.market import Floats, Ints, Market, Step, as_date, day_number, next_workday
from training.simulator.organisation import Organisation

UNIVERSES_AT_ONCE = 64
SKILLS = ("prospecting", "win_skill", "price", "activity_mean")


@dataclass(frozen=True)
class Futures:
    """Final bookings of everybody in seat, drawn jointly.

    Attributes:
        period: The quarter that contains the day after the as-of day.
        quarter: Its index.
        person: Who, shape (n_reps,); the row number is the seat.
        attained: Booked in the quarter until the evening of the as-of day, shape (n_reps,).
        paths: Booked in the whole quarter, shape (n_reps, n_paths); one column is one possible future of all reps.
    """

    period: Period
    quarter: int
    person: Ints
    attained: Floats
    paths: Floats


def state_at(org: Organisation, day: date) -> World:
    """Return the true state in the evening of `day`, successors and swaps of that evening included.

    Args:
        org: The organisation.
        day: From the day before the first recorded quarter to the last but one simulated day.

    Returns:
        One universe, free to be changed.

    Raises:
        UsageError: `day` lies outside that range.
    """
    if not org.settings.start - timedelta(days=1) <= day < org.last_day:
        first = org.settings.start - timedelta(days=1)
        raise UsageError(f"the as-of day is {day}; choose one from {first} to {org.last_day - timedelta(days=1)}")
    number = day_number(day)
    shocks = org.truth.shocks
    now = shocks[shocks["day"] <= number].iloc[-1]
    regions = [name for name in shocks.columns if str(name).startswith("region_")]
    market = Market(np.array([now["macro"]]), now[regions].to_numpy(dtype=np.float64).reshape(1, -1))
    deals = _open_deals(org.truth.deals, number)
    # columns of a table are read-only views; the state must be free to move
    return World(market, _seats(org, number).repeated(1), deals.where(np.arange(deals.count)))


def _seats(org: Organisation, number: int) -> Seats:
    truth, quarter = org.truth, org.calendar.quarter_of(as_date(number) + timedelta(days=1))
    holder = truth.tenures[truth.tenures["known"] <= number].sort_values(["seat", "known"], kind="stable")
    holder = holder.groupby("seat", sort=True).last()
    person, known = holder["person"].to_numpy(dtype=np.int64), holder["known"].to_numpy(dtype=np.int64)
    moved = int(truth.effort.loc[truth.effort["day"] <= number, "day"].iloc[-1])
    drift = truth.effort.loc[truth.effort["day"] == moved, "activity"].to_numpy(dtype=np.float64)
    rate = truth.leave_rates.loc[truth.leave_rates["quarter"] == quarter, "rate"].to_numpy(dtype=np.float64)
    # the recorded hazards belong to whoever sat there when the quarter began
    joined = known >= day_number(org.calendar.period(quarter).start)
    skills = {name: truth.people[name].to_numpy(dtype=np.float64)[person] for name in SKILLS}
    return Seats(
        segment=truth.seats["segment"].to_numpy(dtype=np.int64),
        region=truth.seats["region"].to_numpy(dtype=np.int64),
        universe=np.zeros(len(person), dtype=np.int64),
        log_territory=truth.seats["log_territory"].to_numpy(dtype=np.float64),
        activity=np.where(known >= moved, holder["activity"].to_numpy(dtype=np.float64), drift),
        hired=truth.people["hired"].to_numpy(dtype=np.int64)[person],
        leave_rate=np.where(joined, org.settings.attrition / 13.0, rate),
        person=person,
        **skills,
    )


def _open_deals(deals: pd.DataFrame, number: int) -> Deals:
    rows = deals[(deals["entered_0"] <= number) & ((deals["closed"] < 0) | (deals["closed"] > number))]
    entered = np.stack([rows[f"entered_{i}"].to_numpy(dtype=np.int64) for i in range(LAST_STAGE + 1)])
    stage = ((entered >= 0) & (entered <= number)).sum(axis=0).astype(np.int64) - 1
    return Deals(
        deal=rows["deal"].to_numpy(dtype=np.int64),
        seat=rows["seat"].to_numpy(dtype=np.int64),
        quality=rows["quality"].to_numpy(dtype=np.float64),
        value=rows["value"].to_numpy(dtype=np.float64),
        target=rows["target"].to_numpy(dtype=np.float64),
        stage=stage,
        since=entered[stage, np.arange(len(rows))],
    )


def continue_from(org: Organisation, day: date, n_paths: int, *, seed: int, attrition: bool = True) -> Futures:
    """Draw futures of the open quarter from the true state, with the true parameters, jointly over all reps.

    Args:
        org: The organisation.
        day: As-of day; everything until its evening has happened.
        n_paths: Number of futures, >= 1.
        seed: Seed of the futures; independent of the organisation's own.
        attrition: False: nobody leaves, as for labels that drop those who left.

    Returns:
        Final bookings per rep in seat on that evening and future. A rep who leaves in a future keeps what was booked
        until then; what the successor books is not in any row.

    Raises:
        UsageError: `day` is out of range or `n_paths` is not positive.
    """
    if n_paths < 1:
        raise UsageError(f"{n_paths} paths were asked for; ask for at least one")
    state = state_at(org, day)
    quarter = org.calendar.quarter_of(day + timedelta(days=1))
    steps = [step for step in org.calendar.steps(quarter) if step.day > day_number(day)]
    starts = range(0, n_paths, UNIVERSES_AT_ONCE)
    seeds = np.random.SeedSequence([seed, day_number(day)]).spawn(len(starts))
    parts = [
        _draw(state, steps, min(UNIVERSES_AT_ONCE, n_paths - start), np.random.default_rng(child), attrition=attrition)
        for start, child in zip(starts, seeds, strict=True)
    ]
    person = state.seats.person
    attained = _booked(org, person, quarter, day_number(day))
    paths = attained[:, None] + np.concatenate(parts, axis=1)
    return Futures(org.calendar.period(quarter), quarter, person, attained, paths)


def _booked(org: Organisation, person: Ints, quarter: int, number: int) -> Floats:
    rows = org.bookings
    rows = rows[(rows["quarter"] == quarter) & (rows["day"] <= number)]
    total = np.zeros(len(org.truth.people))
    np.add.at(total, rows["person"].to_numpy(dtype=np.int64), rows["amount"].to_numpy(dtype=np.float64))
    return np.asarray(total[person])


def _draw(state: World, steps: list[Step], universes: int, rng: np.random.Generator, *, attrition: bool) -> Floats:
    """Return what the reps of `state` still book, shape (n_seats, universes)."""
    count = state.seats.count
    world = World(
        Market(np.tile(state.market.macro, universes), np.tile(state.market.region, (universes, 1))),
        state.seats.repeated(universes),
        _copies(state.deals, count, universes),
    )
    total = np.zeros(count * universes)
    for step in steps:
        events = advance_day(world, step, rng, attrition=attrition)
        own = world.seats.person[events.won.seat] >= 0
        np.add.at(total, events.won.seat[own], events.won.value[own])
        if len(events.left):
            hired = day_number(next_workday(as_date(step.day)))
            world.seats.seat_newcomers(events.left, hired, 0.0, rng)
    return total.reshape(universes, count).T


def _copies(deals: Deals, seats: int, universes: int) -> Deals:
    """Return the open deals once per universe, each block on its own seats."""
    copies = deals.where(np.tile(np.arange(deals.count), universes))
    copies.seat = copies.seat + seats * np.repeat(np.arange(universes, dtype=np.int64), deals.count)
    return copies
