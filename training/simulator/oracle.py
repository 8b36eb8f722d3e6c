"""The oracle: the true state of an organisation on any evening, and many futures drawn from it with true parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from features.domain.errors import UsageError
from features.domain.time import Period
from training.simulator.credit import Credit, recorded, still_to_come
from training.simulator.deals import LAST_STAGE, Deals, Rules, World
from training.simulator.latents import SKILLS, Seats
from training.simulator.market import Floats, Ints, Market, as_date, day_number
from training.simulator.organisation import Organisation
from training.simulator.paths import NEW, Wins, forward

UNIVERSES_AT_ONCE = 32
Start = Callable[[int, np.random.Generator], World]
"""Returns the state of so many universes, drawn with a generator."""


@dataclass(frozen=True)
class Futures:
    """Final bookings of everybody in seat, drawn jointly.

    Attributes:
        period: The quarter that contains the day after the as-of day.
        quarter: Its index.
        person: Who, shape (n_reps,); the row number is the seat.
        attained: Bookings of the quarter that the CRM shows in the evening of the as-of day, shape (n_reps,).
        paths: Bookings of the whole quarter as the CRM finally reports them, shape (n_reps, n_paths); one column is
            one possible future of all reps.
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
    state = deals.where(np.arange(deals.count))
    return World(market, _seats(org, number).repeated(1), state, Rules.of(org.settings))


def _seats(org: Organisation, number: int) -> Seats:
    truth, quarter = org.truth, org.calendar.quarter_of(as_date(number) + timedelta(days=1))
    holder = truth.tenures[truth.tenures["known"] <= number].sort_values(["seat", "known"], kind="stable")
    holder = holder.groupby("seat", sort=True).last()
    person, known = holder["person"].to_numpy(dtype=np.int64), holder["known"].to_numpy(dtype=np.int64)
    moved = int(truth.effort.loc[truth.effort["day"] <= number, "day"].iloc[-1])
    week = truth.effort[truth.effort["day"] == moved]
    drift = week["activity"].to_numpy(dtype=np.float64)
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
        gap=_gap(org, person, quarter, number),
        rushed=week["rushed"].to_numpy(dtype=np.bool_),
        **skills,
    )


def _gap(org: Organisation, person: Ints, quarter: int, number: int) -> Floats:
    """Return quota (0 where there is none) less what was signed so far, shape of `person`."""
    quotas = org.truth.quotas
    quota = quotas[quotas["quarter"] == quarter].set_index("person")["amount"].reindex(person, fill_value=0.0)
    return np.asarray(quota.to_numpy(dtype=np.float64) - _booked(org.bookings, person, quarter, number))


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
    return futures_of(org, day, n_paths, seed=seed, attrition=attrition, start=lambda n, _: copies(state, n))


def chances_at(org: Organisation, day: date, n_paths: int, *, seed: int) -> pd.Series:
    """Return what the true state makes of each open deal, see `chances_of`."""
    state = state_at(org, day)
    return chances_of(org, day, n_paths, seed=seed, start=lambda n, _: copies(state, n))


def futures_of(org: Organisation, day: date, n_paths: int, *, seed: int, attrition: bool, start: Start) -> Futures:
    """Draw futures of the open quarter from whatever states `start` returns.

    Args:
        org: The organisation.
        day: As-of day.
        n_paths: Number of futures.
        seed: Seed of the futures.
        attrition: False: nobody leaves.
        start: Returns a state of so many universes; the deals of each are those that are open on that evening, in the
            order of `state_at`.
    """
    number, quarter = day_number(day), org.calendar.quarter_of(day + timedelta(days=1))
    seats = _seats(org, number)
    end = day_number(org.calendar.period(quarter).end)
    parts = []
    for universes, wins, rng in _wins_of(org, day, n_paths, seed=seed, attrition=attrition, start=start):
        amount = recorded(org.settings.dirt, wins.amount, end - wins.day, rng)
        total = np.bincount(wins.seat, weights=amount, minlength=universes * seats.count)
        parts.append(total.reshape(universes, seats.count).T)
    shown = org.reported_until(number)
    attained = _booked(shown, seats.person, quarter, number)
    later = still_to_come(org, seats.person, number, n_paths, seed=seed)
    paths = attained[:, None] + np.concatenate(parts, axis=1) + later
    return Futures(org.calendar.period(quarter), quarter, seats.person, attained, paths)


def chances_of(org: Organisation, day: date, n_paths: int, *, seed: int, start: Start) -> pd.Series:
    """Return the chance of each open deal to be won until its quarter ends, nobody leaving.

    Args:
        org: The organisation.
        day: As-of day.
        n_paths: Number of futures.
        seed: Seed of the futures.
        start: Returns states, see `futures_of`.

    Returns:
        Share of the futures in which the deal is won, 0..1, by number of the deal, in the order of `state_at`.
    """
    deal = _open_deals(org.truth.deals, day_number(day)).deal
    won = np.zeros(len(deal))
    for _, wins, _ in _wins_of(org, day, n_paths, seed=seed, attrition=False, start=start):
        won += np.bincount(wins.deal[wins.deal != NEW], minlength=len(deal))
    return pd.Series(won / n_paths, index=pd.Index(deal, name="deal"), name="chance")


def _wins_of(
    org: Organisation, day: date, n_paths: int, *, seed: int, attrition: bool, start: Start
) -> Iterator[tuple[int, Wins, np.random.Generator]]:
    """Yield the wins until the quarter ends of some universes at a time: how many, their wins, and their generator."""
    number, quarter = day_number(day), org.calendar.quarter_of(day + timedelta(days=1))
    steps = [step for step in org.calendar.steps(quarter) if step.day > number]
    credit = Credit.at(org, _open_deals(org.truth.deals, number).deal, number)
    starts = range(0, n_paths, UNIVERSES_AT_ONCE)
    children = np.random.SeedSequence([seed, number]).spawn(len(starts))
    for first, child in zip(starts, children, strict=True):
        universes, rng = min(UNIVERSES_AT_ONCE, n_paths - first), np.random.default_rng(child)
        yield universes, forward(start(universes, rng), steps, rng, credit=credit, attrition=attrition), rng


def _booked(rows: pd.DataFrame, person: Ints, quarter: int, number: int) -> Floats:
    rows = rows[(rows["quarter"] == quarter) & (rows["day"] <= number)]
    total = rows.groupby("person")["amount"].sum().reindex(person, fill_value=0.0)
    return np.asarray(total.to_numpy(dtype=np.float64))


def copies(state: World, universes: int) -> World:
    """Return `universes` copies of a state of one universe, each block of deals on its own seats.

    In the copies `Deals.deal` is the row in `state.deals`.
    """
    rows = np.tile(np.arange(state.deals.count, dtype=np.int64), universes)
    deals = state.deals.where(rows)
    deals.deal = rows
    deals.seat = deals.seat + state.seats.count * np.repeat(np.arange(universes, dtype=np.int64), state.deals.count)
    market = Market(np.tile(state.market.macro, universes), np.tile(state.market.region, (universes, 1)))
    return World(market, state.seats.repeated(universes), deals, state.rules)
