"""Collects what the engine did, day by day, and turns it into the tables of the truth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from training.simulator.deals import DayEvents, Deals, World
from training.simulator.latents import SKILLS, Seats
from training.simulator.market import Floats, Ints, Mask, Step
from training.simulator.quotas import Quota
from training.simulator.truth import Truth

DEAL_COLUMNS = ("deal", "seat", "quality", "value", "target", "since")


class Recorder:
    """The log of one universe."""

    def __init__(self, seats: Seats) -> None:
        self.n_deals = 0
        self._created: list[Deals] = []
        self._advanced: list[tuple[Ints, Ints, int]] = []
        self._won: list[tuple[Deals, int]] = []
        self._lost: list[tuple[Ints, int]] = []
        self._shocks: list[tuple[int, Floats]] = []
        self._effort: list[tuple[int, Floats]] = []
        self._rushed: list[Mask] = []
        self._rates: list[tuple[int, Floats]] = []
        self._quotas: list[Quota] = []
        self._people: list[tuple[int, ...] | tuple[float, ...]] = []
        self._tenures: list[list[int]] = []
        self._arrived: list[float] = []
        self._open_tenure: dict[int, int] = {}
        for seat in range(seats.count):
            self.hire(seats, seat, known=int(seats.hired[seat]))

    def hire(self, seats: Seats, seat: int, *, known: int) -> int:
        """Give the newcomer on `seat` an identity, note the skills, and open a tenure; return the identity."""
        person = len(self._people)
        seats.person[seat] = person
        self._people.append((int(seats.hired[seat]), *(float(getattr(seats, name)[seat]) for name in SKILLS)))
        self.sit(seats, seat, first=int(seats.hired[seat]), known=known)
        return person

    def sit(self, seats: Seats, seat: int, *, first: int, known: int) -> None:
        """Open a tenure of the occupant of `seat`; the one before it must have ended."""
        self._open_tenure[seat] = len(self._tenures)
        self._tenures.append([seat, int(seats.person[seat]), first, -1, known])
        self._arrived.append(float(seats.activity[seat]))

    def leave(self, seat: int, last: int) -> None:
        """Close the open tenure of `seat`."""
        self._tenures[self._open_tenure[seat]][3] = last

    def day(self, step: Step, world: World, events: DayEvents) -> None:
        """Note the events and shocks of one day; new deals receive their identity."""
        count = events.created.count
        # new deals stand at the end of the open ones
        identities = np.arange(self.n_deals, self.n_deals + count, dtype=np.int64)
        events.created.deal[:] = identities
        world.deals.deal[world.deals.count - count :] = identities
        self.n_deals += count
        self._created.append(events.created.where(np.arange(count)))
        self._advanced.append((events.advanced.deal, events.advanced.stage, step.day))
        self._won.append((events.won, step.day))
        self._lost.append((events.lost.deal, step.day))
        self._shocks.append((step.day, np.concatenate([world.market.macro, world.market.region[0]])))
        if step.new_week:
            self._effort.append((step.day, world.seats.activity.copy()))
            self._rushed.append(world.seats.rushed.copy())

    def quarter(self, quarter: int, seats: Seats) -> None:
        """Note the hazards of leaving that hold from a quarter's start."""
        self._rates.append((quarter, seats.leave_rate.copy()))

    def quota(self, quota: Quota) -> None:
        """Note a published quota."""
        self._quotas.append(quota)

    def _deals(self) -> pd.DataFrame:
        columns = {name: np.concatenate([getattr(created, name) for created in self._created]) for name in DEAL_COLUMNS}
        entered = np.full((4, self.n_deals), -1, dtype=np.int64)
        entered[0] = columns.pop("since")
        for deal, stage, day in self._advanced:
            entered[stage, deal] = day
        closed, booked = np.full(self.n_deals, -1, dtype=np.int64), np.zeros(self.n_deals)
        for deal, day in self._lost:
            closed[deal] = day
        for won, day in self._won:
            closed[won.deal], booked[won.deal] = day, won.value
        stages = {f"entered_{i}": entered[i] for i in range(4)}
        return pd.DataFrame({**columns, **stages, "closed": closed, "won": booked > 0, "booked": booked})

    def truth(self, seats: Seats, team_size: int) -> Truth:
        """Return everything noted so far as tables."""
        count = seats.count
        shocks = np.array([values for _, values in self._shocks])
        names = ["macro", *(f"region_{i}" for i in range(shocks.shape[1] - 1))]
        index = np.arange(count, dtype=np.int64)
        return Truth(
            people=pd.DataFrame(self._people, columns=["hired", *SKILLS]).astype({"hired": "int64"}),
            seats=pd.DataFrame(
                {
                    "seat": index,
                    "segment": seats.segment,
                    "region": seats.region,
                    "team": index // team_size,
                    "log_territory": seats.log_territory,
                }
            ),
            tenures=pd.DataFrame(self._tenures, columns=["seat", "person", "first", "last", "known"]).assign(
                activity=self._arrived
            ),
            deals=self._deals(),
            shocks=pd.DataFrame(shocks, columns=names).assign(day=[day for day, _ in self._shocks]),
            effort=_long(self._effort, "day", "activity").assign(rushed=np.concatenate(self._rushed)),
            leave_rates=_long(self._rates, "quarter", "rate"),
            quotas=pd.DataFrame(
                [(q.person, q.quarter, q.amount, _number(q.published)) for q in self._quotas],
                columns=["person", "quarter", "amount", "published"],
            ),
        )


def _number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _long(rows: list[tuple[int, Floats]], when: str, what: str) -> pd.DataFrame:
    """Return one row per moment and seat."""
    count = len(rows[0][1])
    return pd.DataFrame(
        {
            when: np.repeat(np.array([moment for moment, _ in rows], dtype=np.int64), count),
            "seat": np.tile(np.arange(count, dtype=np.int64), len(rows)),
            what: np.concatenate([values for _, values in rows]),
        }
    )
