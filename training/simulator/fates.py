"""What a dirty CRM does to single deals: handed to a team mate, edited after the win, partly paid back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.simulator.market import Floats, Ints, Mask
from training.simulator.switches import Dirt

NEVER = -1
EDIT_DAYS, EDIT_SD = 10, 0.2
REFUND_DAYS = (28, 84)
LEAST_REFUND = 0.25


@dataclass(frozen=True)
class Fates:
    """What becomes of each deal on paper, arrays of shape (n_deals,); days count from 1970-01-01, `NEVER` is no day.

    Attributes:
        handed: Day in whose evening the deal goes to a team mate.
        receiver: Seat of the team mate; the deal's own seat if it is never handed over.
        edited: Day on which the amount of the won deal is edited.
        factor: Recorded amount after the edit, as a multiple of what was signed.
        refunded: Day on which some of it is paid back.
        share: Share of the recorded amount that is paid back.
    """

    handed: Ints
    receiver: Ints
    edited: Ints
    factor: Floats
    refunded: Ints
    share: Floats

    def credited(self, deal: Ints, seat: Ints, day: Ints) -> Ints:
        """Return the seat that owns each deal during the working hours of each day, shape as given."""
        gone = (self.handed[deal] != NEVER) & (self.handed[deal] < day)
        return np.where(gone, self.receiver[deal], seat)


def draw_fates(dirt: Dirt, deals: pd.DataFrame, team: Ints, recorded: tuple[int, int], seed: int) -> Fates:
    """Draw the fate of every deal; each kind has a stream of its own, so that no switch changes another's draws.

    Args:
        dirt: The switches.
        deals: `Truth.deals`.
        team: Team of each seat, shape (n_seats,); teams are blocks of neighbouring seats.
        recorded: First and last recorded day; nothing happens later, and what was won before is never paid back.
        seed: Seed of the organisation.
    """
    hand_rng, edit_rng, refund_rng = (np.random.default_rng(s) for s in np.random.SeedSequence([seed, 3]).spawn(3))
    seat, born = deals["seat"].to_numpy(dtype=np.int64), deals["entered_0"].to_numpy(dtype=np.int64)
    closed, won = deals["closed"].to_numpy(dtype=np.int64), deals["won"].to_numpy(dtype=np.bool_)
    start, last_day = recorded
    end = np.where(closed >= 0, closed, last_day)
    count = len(deals)
    mate = mates(team, seat, hand_rng.random(count))
    hands = (hand_rng.random(count) < dirt.owner_changes) & (mate != seat) & (end > born)
    handed = born + (hand_rng.random(count) * (end - born)).astype(np.int64)
    edits = won & (edit_rng.random(count) < dirt.late_edits)
    edited = closed + edit_rng.integers(1, EDIT_DAYS + 1, size=count)
    edits &= edited <= last_day
    factor = edit_factors(edit_rng, count)
    backs = won & (refund_rng.random(count) < dirt.refunds)
    refunded = closed + refund_rng.integers(REFUND_DAYS[0], REFUND_DAYS[1] + 1, size=count)
    backs &= (refunded <= last_day) & (closed >= start)
    return Fates(
        handed=np.where(hands, handed, NEVER),
        receiver=np.where(hands, mate, seat),
        edited=np.where(edits, edited, NEVER),
        factor=np.where(edits, factor, 1.0),
        refunded=np.where(backs, refunded, NEVER),
        share=np.where(backs, refund_shares(refund_rng, count), 0.0),
    )


def mates(team: Ints, seat: Ints, draw: Floats) -> Ints:
    """Return a random other seat of the same team for each seat; the seat itself where it is alone.

    Args:
        team: Team of every seat, ascending, shape (n_seats,).
        seat: Any seats, shape (n,).
        draw: Uniform draws, shape (n,).

    Examples:
        >>> team = np.array([0, 0, 0, 1])
        >>> mates(team, np.array([0, 0, 2, 3]), np.array([0.0, 0.9, 0.9, 0.5])).tolist()
        [1, 2, 1, 3]
    """
    own = team[seat]
    first, size = np.searchsorted(team, own, side="left"), np.bincount(team)[own]
    step = 1 + (draw * (size - 1)).astype(np.int64)
    return np.where(size > 1, first + (seat - first + step) % size, seat)


def edit_factors(rng: np.random.Generator, count: int) -> Floats:
    """Return by what an edit multiplies a won amount, shape (count,)."""
    return np.asarray(np.exp(EDIT_SD * rng.standard_normal(count)))


def refund_shares(rng: np.random.Generator, count: int) -> Floats:
    """Return which share of a won amount is paid back, shape (count,)."""
    return rng.uniform(LEAST_REFUND, 1.0, count)


def edited_amount(amount: Floats, factor: Floats) -> Floats:
    """Return amounts as recorded after an edit, in whole units, at least 1."""
    return np.maximum(np.round(amount * factor), 1.0)


def refund_amount(amount: Floats, share: Floats) -> Floats:
    """Return what is paid back of recorded amounts, in whole units, at least 1."""
    return np.maximum(np.round(amount * share), 1.0)


def chance_within(first: Ints | int, last: Ints | int, low: int, high: int) -> Floats:
    """Return the chance that a delay, uniform on the whole days low..high, lies in first..last.

    Examples:
        >>> float(chance_within(9, 20, 1, 10))
        0.2
    """
    days = np.minimum(last, high) - np.maximum(first, low) + 1
    return np.asarray(np.maximum(days, 0) / (high - low + 1), dtype=np.float64)


def pending(rate: float, seen: Floats, ahead: Floats) -> Floats:
    """Return the chance that something of a known rate still comes, given that it has not come so far.

    Args:
        rate: Chance that it ever comes.
        seen: Chance that it would have come by now, if it comes at all.
        ahead: Chance that it comes in the time that is asked for, if it comes at all.

    Examples:
        >>> float(pending(0.5, np.array(0.5), np.array(0.5))).__round__(4)
        0.3333
    """
    return rate * ahead / (1.0 - rate * seen)


def happens(rng: np.random.Generator, chance: Floats, columns: int) -> Mask:
    """Return independent events of given chances in `columns` universes, shape (n, columns)."""
    return rng.random((len(chance), columns)) < chance[:, None]
