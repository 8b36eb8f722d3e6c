"""Calls, e-mails and meetings that sellers log: on their deals and on strangers, as far as they log them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.simulator.market import Floats, Ints
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
    steps = org.truth.shocks["day"].to_numpy(dtype=np.int64)
    week_first = np.searchsorted(steps, org.truth.effort["day"].drop_duplicates().to_numpy(dtype=np.int64))
    logging = _logging(org, rng)
    seat, deal, index = _merge(
        _on_deals(org, deals, steps, week_first, logging, rng), _prospecting(org, steps, week_first, logging, rng)
    )
    day = steps[index]
    recorded = day >= steps[np.searchsorted(steps, (org.settings.start.toordinal() - 719_163))]
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


def _logging(org: Organisation, rng: np.random.Generator) -> Floats:
    """Return the multiplier on logged activity per week and seat: true effort, noise and what is forgotten."""
    seats = len(org.truth.seats)
    drift = org.truth.effort["activity"].to_numpy(dtype=np.float64).reshape(-1, seats)
    day = org.truth.effort["day"].to_numpy(dtype=np.int64)
    person = org.owner(org.truth.effort["seat"].to_numpy(dtype=np.int64), day).reshape(-1, seats)
    mean = org.truth.people["activity_mean"].to_numpy(dtype=np.float64)[person]
    noise = OBSERVED_NOISE * rng.standard_normal(drift.shape)
    return np.asarray(np.exp(drift + mean + noise) * (1 - FORGOTTEN))


def _on_deals(
    org: Organisation, deals: pd.DataFrame, steps: Ints, week_first: Ints, logging: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    created = np.searchsorted(steps, deals["entered_0"].to_numpy(dtype=np.int64))
    closed_day = deals["closed"].to_numpy(dtype=np.int64)
    closed = np.where(closed_day >= 0, np.searchsorted(steps, closed_day), len(steps) - 1)
    first, last = (np.searchsorted(week_first, x, side="right") - 1 for x in (created, closed))
    length = last - first + 1
    row = np.repeat(np.arange(len(deals)), length)
    week = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length) + first[row]
    ends = np.append(week_first[1:], len(steps)) - 1
    begin, end = np.maximum(week_first[week], created[row]), np.minimum(ends[week], closed[row])
    engagement = deals["quality"].to_numpy() + rng.standard_normal(len(deals))
    seat = deals["seat"].to_numpy(dtype=np.int64)
    share = (end - begin + 1) / (ends[week] - week_first[week] + 1)
    rate = PER_DEAL_WEEK * np.exp(ENGAGEMENT_PULL * engagement)[row] * logging[week, seat[row]] * share
    count = rng.poisson(rate)
    pick = np.repeat(np.arange(len(row)), count)
    index = rng.integers(begin[pick], end[pick] + 1)
    return seat[row[pick]], deals["deal"].to_numpy(dtype=np.int64)[row[pick]], index


def _prospecting(
    org: Organisation, steps: Ints, week_first: Ints, logging: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    ends = np.append(week_first[1:], len(steps)) - 1
    count = rng.poisson(PROSPECTING_WEEK * logging)
    cell = np.repeat(np.arange(count.size), count.ravel())
    week, seat = cell // count.shape[1], cell % count.shape[1]
    index = rng.integers(week_first[week], ends[week] + 1)
    return seat.astype(np.int64), np.full(len(seat), NO_DEAL, dtype=np.int64), index


def _merge(one: tuple[Ints, Ints, Ints], other: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    seat, deal, index = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    return seat, deal, index
