"""Calls, e-mails and meetings that sellers log: on their deals and on strangers, as far as they log them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.simulator.market import Floats, Ints, day_number
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY

PER_DEAL_WEEK, ENGAGEMENT_PULL = 0.5, 0.25
PROSPECTING_WEEK = 3.5
OBSERVED_NOISE, FORGOTTEN = 0.25, 0.08
KINDS = ("Call", "Email", "Meeting")
KIND_SHARES = (0.35, 0.50, 0.15)
NO_DEAL = -1


def activity_log(org: Organisation, deals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what sellers logged from the first recorded day on.

    Args:
        org: The organisation.
        deals: Rows of its truth that stand in the CRM.
        rng: Source of every draw.

    Returns:
        Columns seat, deal (`NO_DEAL` for prospecting), moment and logged (seconds since 1970-01-01), kind (index into
        `KINDS`), done; sorted by logged.
    """
    weeks = _weeks(org, rng)
    seat, deal, index = _merge(_on_deals(deals, weeks, rng, org.settings.noise), _prospecting(weeks, rng))
    day = weeks.days[index]
    recorded = day >= day_number(org.settings.start)
    seat, deal, day = seat[recorded], deal[recorded], day[recorded]
    moment = day * DAY + 8 * 3_600 + rng.integers(9 * 3_600, size=len(day))
    delay = np.minimum(rng.exponential(1_200.0, len(day)), 5_400.0).astype(np.int64)
    frame = pd.DataFrame(
        {
            "seat": seat,
            "deal": deal,
            "moment": moment,
            "logged": moment + delay,
            "kind": rng.choice(len(KINDS), p=KIND_SHARES, size=len(day)),
            "done": rng.random(len(day)) < 0.96,
        }
    )
    return frame.sort_values(["logged", "seat", "deal"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class _Weeks:
    """The simulated weeks as ranges of working days.

    Attributes:
        days: Every working day, shape (n_days,).
        first: Index into `days` of each week's first day, shape (n_weeks,).
        last: Index of its last day, shape (n_weeks,).
        logging: Multiplier on logged activity, shape (n_weeks, n_seats).
    """

    days: Ints
    first: Ints
    last: Ints
    logging: Floats


def _weeks(org: Organisation, rng: np.random.Generator) -> _Weeks:
    """Return the weeks with what each seat logs in them: true effort, noise, less what is forgotten."""
    seats, effort = len(org.truth.seats), org.truth.effort
    days = org.truth.shocks["day"].to_numpy(dtype=np.int64)
    moved = effort["day"].to_numpy(dtype=np.int64)
    drift = effort["activity"].to_numpy(dtype=np.float64).reshape(-1, seats)
    person = org.owner(effort["seat"].to_numpy(dtype=np.int64), moved).reshape(-1, seats)
    mean = org.truth.people["activity_mean"].to_numpy(dtype=np.float64)[person]
    noise = OBSERVED_NOISE * org.settings.noise * rng.standard_normal(drift.shape)
    first = np.searchsorted(days, moved[::seats]).astype(np.int64)
    last = np.append(first[1:], len(days)) - 1
    return _Weeks(days, first, last, np.asarray(np.exp(drift + mean + noise) * (1 - FORGOTTEN)))


def _on_deals(deals: pd.DataFrame, weeks: _Weeks, rng: np.random.Generator, noise: float) -> tuple[Ints, Ints, Ints]:
    """Return seat, deal and index of day of activities on deals, more of them where the customer engages."""
    created = np.searchsorted(weeks.days, deals["entered_0"].to_numpy(dtype=np.int64))
    closed_on = deals["closed"].to_numpy(dtype=np.int64)
    closed = np.where(closed_on >= 0, np.searchsorted(weeks.days, closed_on), len(weeks.days) - 1)
    first, last = (np.searchsorted(weeks.first, index, side="right") - 1 for index in (created, closed))
    length = last - first + 1
    row = np.repeat(np.arange(len(deals)), length)
    week = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length) + first[row]
    begin, end = np.maximum(weeks.first[week], created[row]), np.minimum(weeks.last[week], closed[row])
    engagement = deals["quality"].to_numpy() + noise * rng.standard_normal(len(deals))
    seat, share = deals["seat"].to_numpy(dtype=np.int64), (end - begin + 1) / (weeks.last - weeks.first + 1)[week]
    rate = PER_DEAL_WEEK * np.exp(ENGAGEMENT_PULL * engagement)[row] * weeks.logging[week, seat[row]] * share
    pick = np.repeat(np.arange(len(row)), rng.poisson(rate))
    index = rng.integers(begin[pick], end[pick] + 1)
    return seat[row[pick]], deals["deal"].to_numpy(dtype=np.int64)[row[pick]], index


def _prospecting(weeks: _Weeks, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Return seat, `NO_DEAL` and index of day of activities on strangers."""
    count = rng.poisson(PROSPECTING_WEEK * weeks.logging)
    cell = np.repeat(np.arange(count.size), count.ravel())
    week, seat = cell // count.shape[1], cell % count.shape[1]
    index = rng.integers(weeks.first[week], weeks.last[week] + 1)
    return seat.astype(np.int64), np.full(len(seat), NO_DEAL, dtype=np.int64), index


def _merge(one: tuple[Ints, Ints, Ints], other: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    seat, deal, index = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    return seat, deal, index
