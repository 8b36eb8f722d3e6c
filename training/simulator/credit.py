"""Who is credited for deals that are still open, and what a dirty CRM makes of amounts after the win."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.simulator.deals import Deals
from training.simulator.fates import (
    EDIT_DAYS,
    NEVER,
    REFUND_DAYS,
    chance_within,
    edit_factors,
    edited_amount,
    happens,
    mates,
    pending,
    refund_amount,
    refund_shares,
)
from training.simulator.market import Floats, Ints, Mask, as_date, day_number
from training.simulator.organisation import Organisation
from training.simulator.switches import Dirt


@dataclass(frozen=True)
class Credit:
    """Owners of the open deals of one evening.

    Attributes:
        rate: Share of deals that change owner in their life.
        number: The evening, days since 1970-01-01.
        born: Day of creation of each open deal, shape (n_deals,).
        holder: Seat that owns it, without universe, shape (n_deals,).
        passed: Whether it changed owner already, shape (n_deals,).
        team: Team of each seat, shape (n_seats,).
    """

    rate: float
    number: int
    born: Ints
    holder: Ints
    passed: Mask
    team: Ints

    @classmethod
    def at(cls, org: Organisation, deal: Ints, number: int) -> Credit:
        """Return who owns the open deals `deal` in the evening of day `number`."""
        truth, fates = org.truth, org.fates
        passed = (fates.handed[deal] != NEVER) & (fates.handed[deal] <= number)
        seat = truth.deals["seat"].to_numpy(dtype=np.int64)[deal]
        return cls(
            rate=org.settings.dirt.owner_changes,
            number=number,
            born=truth.deals["entered_0"].to_numpy(dtype=np.int64)[deal],
            holder=np.where(passed, fates.receiver[deal], seat),
            passed=passed,
            team=truth.seats["team"].to_numpy(dtype=np.int64),
        )

    def seats(self, won: Deals, day: int, rng: np.random.Generator) -> Ints:
        """Return which seat is credited for each deal won on `day`, universe included, shape (n_won,).

        Args:
            won: The deals; `deal` is the row in this object, or negative for one born after the evening.
            day: Day of the win.
            rng: Source of the changes of owner that come between the evening and the win.
        """
        if self.rate == 0.0:
            return won.seat
        block = won.seat // len(self.team) * len(self.team)
        chance, here, known = np.full(won.count, self.rate), won.seat - block, won.deal >= 0
        rows = won.deal[known]
        here[known] = self.holder[rows]
        # the change comes on a random one of the days from birth to the eve of the win
        life = day - self.born[rows]
        seen = (self.number - self.born[rows] + 1) / life
        ahead = pending(self.rate, seen, 1.0 - seen)
        chance[known] = np.where(self.passed[rows], 0.0, ahead)
        moves = rng.random(won.count) < chance
        other = mates(self.team, here, rng.random(won.count))
        return block + np.where(moves, other, here)


def recorded(dirt: Dirt, amount: Floats, days_left: Ints, rng: np.random.Generator) -> Floats:
    """Return what the CRM finally reports for deals won in forward paths, refunds of the same period taken off.

    Args:
        dirt: The switches.
        amount: What was signed, shape (n_wins,).
        days_left: Days from each win to the end of the period.
        rng: Source of edits and refunds.
    """
    if dirt.late_edits:
        edits = rng.random(len(amount)) < dirt.late_edits
        amount = np.where(edits, edited_amount(amount, edit_factors(rng, len(amount))), amount)
    if not dirt.refunds:
        return amount
    back = rng.random(len(amount)) < dirt.refunds * chance_within(0, days_left, *REFUND_DAYS)
    return amount - np.where(back, refund_amount(amount, refund_shares(rng, len(amount))), 0.0)


def still_to_come(org: Organisation, person: Ints, number: int, n_paths: int, *, seed: int) -> Floats:
    """Return what edits and refunds of deals already won still change, shape (n_people, n_paths).

    Args:
        org: The organisation.
        person: People in question, shape (n_people,).
        number: As-of day; what its evening shows is known.
        n_paths: Number of futures.
        seed: Seed of the futures.
    """
    dirt, row = org.settings.dirt, {int(p): i for i, p in enumerate(person)}
    quarter = org.calendar.quarter_of(as_date(number + 1))
    change = np.zeros((len(person), n_paths))
    if not max(dirt.late_edits, dirt.refunds):
        return change
    rng = np.random.default_rng(np.random.SeedSequence([seed, number, 1]))
    shown = org.reported_until(number)
    wins = shown[(shown["kind"] == "win") & (shown["quarter"] >= 0) & shown["person"].isin(row)]
    wins = wins[wins["day"] > number - REFUND_DAYS[1]]
    deal, day = wins["deal"].to_numpy(dtype=np.int64), wins["day"].to_numpy(dtype=np.int64)
    place = np.array([row[int(p)] for p in wins["person"]], dtype=np.int64)
    before = wins["amount"].to_numpy(dtype=np.float64)[:, None]
    age, last = number - day, day_number(org.last_day) - day
    known = (org.fates.edited[deal] != NEVER) & (org.fates.edited[deal] <= number)
    seen = chance_within(1, age, 1, EDIT_DAYS)
    coming = pending(dirt.late_edits, seen, chance_within(age + 1, last, 1, EDIT_DAYS))
    edits = happens(rng, np.where(known, 0.0, coming), n_paths)
    factor = edit_factors(rng, edits.size).reshape(edits.shape)
    after = np.where(edits, edited_amount(before, factor), before)
    mine = (wins["quarter"] == quarter).to_numpy()
    np.add.at(change, place[mine], (after - before)[mine])
    end = day_number(org.calendar.period(quarter).end)
    known = (org.fates.refunded[deal] != NEVER) & (org.fates.refunded[deal] <= number)
    seen = chance_within(0, age, *REFUND_DAYS)
    coming = pending(dirt.refunds, seen, chance_within(age + 1, end - day, *REFUND_DAYS))
    np.subtract.at(change, place, _paid_back(after, np.where(known, 0.0, coming), rng))
    return change


def _paid_back(amount: Floats, chance: Floats, rng: np.random.Generator) -> Floats:
    """Return refunds of wins that are each paid back with some chance, shape of `amount`."""
    backs = happens(rng, chance, amount.shape[1])
    share = refund_shares(rng, amount.size).reshape(amount.shape)
    return np.where(backs, refund_amount(amount, share), 0.0)
