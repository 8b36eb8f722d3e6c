"""Run a simulated sales organisation from its settings and hand back what was seen and what was true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from training.simulator.deals import Deals, Rules, World, advance_day
from training.simulator.fates import NEVER, Fates, draw_fates, edited_amount, refund_amount
from training.simulator.latents import draw_seats
from training.simulator.market import Calendar, Floats, Ints, Step, as_date, day_number, draw_market, next_workday
from training.simulator.quotas import (
    LEAST_EXPOSURE,
    Quota,
    Record,
    draw_noise,
    exposure,
    leave_rates,
    planned_season,
    published_on,
    quota_ramp,
    rounded,
)
from training.simulator.recorder import Recorder
from training.simulator.settings import SimulatorSettings
from training.simulator.truth import Truth, read_tables, write_tables


@dataclass(frozen=True)
class Organisation:
    """A simulated company: its settings, its calendar and the truth about it."""

    settings: SimulatorSettings
    truth: Truth

    @cached_property
    def calendar(self) -> Calendar:
        """Quarters and working days."""
        return Calendar.of(self.settings)

    @property
    def last_day(self) -> date:
        """Last simulated day."""
        return self.calendar.periods[-1].end

    @property
    def mid_quarter(self) -> date:
        """Middle of the last quarter, where a demo may stand: half of it is known, the other half arrives later."""
        return self.calendar.middle(self.settings.quarters - 1)

    @cached_property
    def bookings(self) -> pd.DataFrame:
        """Deals as they were signed, with who signed: deal, person, seat, day, quarter, amount; by day, then deal."""
        won = self.truth.deals.loc[self.truth.deals["won"], ["deal", "seat", "closed", "booked"]]
        won = won.sort_values(["closed", "deal"], kind="stable").reset_index(drop=True)
        day = won["closed"].to_numpy(dtype=np.int64)
        person = self.owner(won["seat"].to_numpy(dtype=np.int64), day)
        return pd.DataFrame(
            {
                "deal": won["deal"],
                "person": person,
                "seat": won["seat"],
                "day": day,
                "quarter": self.quarter_index(day),
                "amount": won["booked"],
            }
        )

    @cached_property
    def fates(self) -> Fates:
        """What the CRM does to the credit of each deal."""
        return draw_fates(
            self.settings.dirt,
            self.truth.deals,
            self.truth.seats["team"].to_numpy(dtype=np.int64),
            (day_number(self.settings.start), day_number(self.last_day)),
            self.settings.seed,
        )

    @cached_property
    def recorded_amounts(self) -> Floats:
        """Amount of each deal as the CRM finally records it, 0 unless won, shape (n_deals,)."""
        signed, won = self.truth.deals["booked"].to_numpy(dtype=np.float64), self.truth.deals["won"].to_numpy()
        edits = won & (self.fates.edited != NEVER)
        return np.where(edits, edited_amount(signed, self.fates.factor), signed)

    @cached_property
    def reported(self) -> pd.DataFrame:
        """Bookings as the CRM finally reports them: what attainment, labels and the oracle count.

        Columns as of `bookings`, `day` being the day of the win or of the refund and `seat` the one that is credited,
        and kind, `win` or `refund` (a negative amount for the person who won). A clean CRM reports what was signed.
        """
        wins, fates = self.bookings, self.fates
        deal, day = wins["deal"].to_numpy(dtype=np.int64), wins["day"].to_numpy(dtype=np.int64)
        seat = fates.credited(deal, wins["seat"].to_numpy(dtype=np.int64), day)
        wins = wins.assign(person=self.owner(seat, day), seat=seat, amount=self.recorded_amounts[deal], kind="win")
        back = wins[fates.refunded[deal] != NEVER]
        returned = fates.refunded[back["deal"].to_numpy(dtype=np.int64)]
        share = fates.share[back["deal"].to_numpy(dtype=np.int64)]
        refunds = back.assign(
            day=returned,
            quarter=self.quarter_index(returned),
            amount=-refund_amount(back["amount"].to_numpy(dtype=np.float64), share),
            kind="refund",
        )
        rows = pd.concat([wins, refunds], ignore_index=True)
        return rows.sort_values(["day", "deal"], kind="stable").reset_index(drop=True)

    def reported_until(self, day: int) -> pd.DataFrame:
        """Return the rows of `reported` that the CRM shows in the evening of `day`, with their amounts of then."""
        rows = self.reported[self.reported["day"] <= day]
        deal = rows["deal"].to_numpy(dtype=np.int64)
        # a refund never comes before the edit of its deal
        later = (self.fates.edited[deal] > day) & (rows["kind"] == "win").to_numpy()
        signed = self.truth.deals["booked"].to_numpy(dtype=np.float64)[deal]
        return rows.assign(amount=rows["amount"].where(~later, signed))

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row per quota of a recorded quarter, with its final result as the CRM reports it.

        Columns: person, seat, segment, team, quarter, quota, booked, attained (booked / quota), full (whether the
        person was in seat from the first to the last day).
        """
        quotas = self.truth.quotas[self.truth.quotas["quarter"] >= 0]
        booked = self.reported.groupby(["person", "quarter"])["amount"].sum().rename("booked").reset_index()
        rows = quotas.merge(booked, on=["person", "quarter"], how="left").fillna({"booked": 0.0})
        tenures = self.truth.tenures
        person = rows["person"].to_numpy(dtype=np.int64)
        first = tenures.groupby("person")["first"].min().to_numpy(dtype=np.int64)[person]
        gone = tenures.groupby("person")["last"].last().to_numpy(dtype=np.int64)[person]
        start = np.array([day_number(self.calendar.period(int(q)).start) for q in rows["quarter"]])
        end = np.array([day_number(self.calendar.period(int(q)).end) for q in rows["quarter"]])
        seat = self.seat_of(person, np.maximum(start, first))
        seats = self.truth.seats
        return pd.DataFrame(
            {
                "person": person,
                "seat": seat,
                "segment": seats["segment"].to_numpy()[seat],
                "team": seats["team"].to_numpy()[seat],
                "quarter": rows["quarter"],
                "quota": rows["amount"],
                "booked": rows["booked"],
                "attained": rows["booked"] / rows["amount"],
                "full": (first <= start) & ((gone < 0) | (gone >= end)),
            }
        )

    def quarter_index(self, day: Ints) -> Ints:
        """Return the quarter index of each day, shape as given."""
        starts = np.array([day_number(p.start) for p in self.calendar.periods])
        place: Ints = np.searchsorted(starts, day, side="right").astype(np.int64) - 1
        return place - self.calendar.burn_in

    def owner(self, seat: Ints, day: Ints) -> Ints:
        """Return who owns the deals of each seat on each day, shape as given."""
        tenures = self.truth.tenures.sort_values(["seat", "known"], kind="stable")
        key = tenures["seat"].to_numpy(dtype=np.int64) * 1_000_000 + tenures["known"].to_numpy(dtype=np.int64)
        # a successor owns the seat's deals from the evening of `known`, so work done that day is the predecessor's
        place = np.searchsorted(key, seat * 1_000_000 + day, side="left") - 1
        first_of_seat = np.searchsorted(key, seat * 1_000_000, side="left")
        people: Ints = tenures["person"].to_numpy(dtype=np.int64)
        return people[np.maximum(place, first_of_seat)]

    def seat_of(self, person: Ints, day: Ints) -> Ints:
        """Return the seat that each person holds on each day, shape as given."""
        tenures = self.truth.tenures.sort_values(["person", "first"], kind="stable")
        key = tenures["person"].to_numpy(dtype=np.int64) * 1_000_000 + tenures["first"].to_numpy(dtype=np.int64)
        place = np.searchsorted(key, person * 1_000_000 + day, side="right") - 1
        seats: Ints = tenures["seat"].to_numpy(dtype=np.int64)
        return seats[place]


def simulate(settings: SimulatorSettings) -> Organisation:
    """Run the company that `settings` describe; the same settings give the same organisation.

    Args:
        settings: Size, calendar and seed.

    Returns:
        The organisation, with full quarters up to the last one.

    Examples:
        >>> tiny = simulate(SimulatorSettings(reps=3, quarters=1))
        >>> tiny.last_day.isoformat()
        '2021-03-31'
    """
    return _Run(settings).finish()


class _Run:
    """One pass over the calendar; holds what only the run itself needs."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self.calendar = Calendar.of(settings)
        engine, plans = np.random.SeedSequence([settings.seed, 1]).spawn(2)
        self.rng, self.plan_rng = np.random.default_rng(engine), np.random.default_rng(plans)
        seats = draw_seats(self.rng, settings, day_number(self.calendar.periods[0].start))
        regions = int(seats.region.max()) + 1
        self.world = World(draw_market(self.rng, regions), seats, Deals.none(), Rules.of(settings))
        self.recorder = Recorder(seats)
        self.record = Record()
        self.quotas: dict[tuple[int, int], Quota] = {}
        self.ramps: dict[tuple[int, int], float] = {}
        self.booked: dict[int, float] = {}

    def finish(self) -> Organisation:
        """Run all quarters."""
        for quarter in range(-self.settings.burn_in_quarters, self.settings.quarters):
            self._quarter(quarter)
        return Organisation(self.settings, self.recorder.truth(self.world.seats, self.settings.team_size))

    def _quarter(self, quarter: int) -> None:
        seats = self.world.seats
        seats.leave_rate[:] = leave_rates(seats.person, self.record, self.settings.attrition)
        self.recorder.quarter(quarter, seats)
        seats.gap[:] = 0.0
        for seat in range(seats.count):
            self._publish(seat, quarter)
        start = self.calendar.period(quarter).start
        stayed = {int(p) for p, hired in zip(seats.person, seats.hired, strict=True) if as_date(hired) <= start}
        self.booked = dict.fromkeys(map(int, seats.person), 0.0)
        for step in self.calendar.steps(quarter):
            self._day(step)
        self._settle(quarter, stayed & {int(p) for p in seats.person})
        self._moves(quarter)

    def _publish(self, seat: int, quarter: int) -> None:
        """Set one quota; those who can hardly work in the quarter get none."""
        seats, period = self.world.seats, self.calendar.period(quarter)
        person, hired = int(seats.person[seat]), as_date(int(seats.hired[seat]))
        share = exposure(hired, period)
        noise = draw_noise(self.plan_rng)
        if share < LEAST_EXPOSURE:
            return
        ramp = quota_ramp(hired, period)
        self.ramps[person, quarter] = ramp
        full = self.record.full_quota(person, int(seats.segment[seat]), quarter, self.ramps)
        full *= self.calendar.quota_factor(quarter)
        amount = rounded(full * planned_season(period) * noise * ramp * share)
        quota = Quota(person, quarter, amount, published_on(hired, period))
        self.quotas[person, quarter] = quota
        self.recorder.quota(quota)
        seats.gap[seat] = amount

    def _day(self, step: Step) -> None:
        events = advance_day(self.world, step, self.rng)
        self.recorder.day(step, self.world, events)
        for seat, value in zip(events.won.seat, events.won.value, strict=True):
            person = int(self.world.seats.person[seat])
            self.booked[person] = self.booked.get(person, 0.0) + float(value)
        if len(events.left):
            self._succeed(events.left, step)

    def _succeed(self, left: Ints, step: Step) -> None:
        hired = day_number(next_workday(as_date(step.day)))
        base = self.settings.attrition / 13.0
        spread = self.settings.discounts.propensity_sd
        self.world.seats.seat_newcomers(left, hired, base, self.rng, propensity_sd=spread)
        for seat in map(int, left):
            self.recorder.leave(seat, step.day)
            self.recorder.hire(self.world.seats, seat, known=step.day)
            if self.calendar.quarter_of(as_date(hired)) == step.quarter:
                self._publish(seat, step.quarter)

    def _settle(self, quarter: int, people: set[int]) -> None:
        seats = self.world.seats
        segment = {int(p): int(s) for p, s in zip(seats.person, seats.segment, strict=True)}
        booked = {person: self.booked[person] for person in sorted(people)}
        quotas = {person: self.quotas[person, quarter] for person in people if (person, quarter) in self.quotas}
        self.record.settle(quarter, self.calendar.period(quarter), booked, segment, quotas)

    def _moves(self, quarter: int) -> None:
        """Let some pairs of the same segment swap territories from the next quarter's first day."""
        seats, period = self.world.seats, self.calendar.period(quarter)
        for _ in range(self.plan_rng.poisson(self.settings.moves * seats.count / 2)):
            one = int(self.plan_rng.integers(seats.count))
            others = np.flatnonzero((seats.segment == seats.segment[one]) & (np.arange(seats.count) != one))
            if not len(others):
                continue
            other = int(self.plan_rng.choice(others))
            settled = day_number(period.start) > max(seats.hired[one], seats.hired[other])
            if settled and quarter + 1 < self.settings.quarters:
                self._swap(one, other, period.end)

    def _swap(self, one: int, other: int, last: date) -> None:
        seats, end = self.world.seats, day_number(last)
        seats.swap(one, other)
        for seat in (one, other):
            self.recorder.leave(seat, end)
            self.recorder.sit(seats, seat, first=end + 1, known=end)


def write_truth(org: Organisation, folder: Path) -> None:
    """Write settings and truth of an organisation to a folder of their own, never beside what `ingest` reads.

    Beside the tables of `Truth` stands `reported.parquet`, the bookings that its CRM finally reports, for readers who
    do not run the simulator; `read_truth` derives them anew.
    """
    write_tables(org.truth, org.settings, folder)
    org.reported.to_parquet(folder / "reported.parquet", index=False)


def read_truth(folder: Path) -> Organisation:
    """Return the organisation that `write_truth` wrote; an oracle on it gives what it gave on the original.

    Raises:
        DataMissing: `folder` holds no truth.
    """
    truth, settings = read_tables(folder)
    return Organisation(settings, truth)
