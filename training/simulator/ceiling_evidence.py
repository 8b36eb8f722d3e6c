"""What a clean CRM shows on an evening, put into arrays for the filters behind the observable ceiling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.simulator.activities import FORGOTTEN, NO_DEAL, OBSERVED_NOISE, PER_DEAL_WEEK
from training.simulator.crm_records import CrmRecords
from training.simulator.deal_filter import DealEvidence
from training.simulator.deals import AMOUNT_SD, LAST_STAGE, LOG_AMOUNT
from training.simulator.latents import PRICE_SD
from training.simulator.market import Floats, Ints
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import AMOUNT_BIAS, AMOUNT_NOISE, CORRECTION_PULL, DAY, WON_STAGE
from training.simulator.timeline import Timeline

WEEKEND_SHIFT = 3 / 7
LEAST_ERROR = 0.01


@dataclass(frozen=True)
class Seen:
    """What the CRM shows in the evening of day `number`.

    Attributes:
        number: The evening.
        deals: Rows of the truth, of which only identity, seat and dates up to the evening are read.
        history: History of deals up to the evening.
        activities: Activities logged up to the evening.
        sources: Lead source of each deal of `deals`, shape (n_deals,).
    """

    number: int
    deals: pd.DataFrame
    history: pd.DataFrame
    activities: pd.DataFrame
    sources: Ints

    @classmethod
    def at(cls, org: Organisation, records: CrmRecords, number: int) -> Seen:
        """Cut the records at an evening."""
        kept = records.deals[records.deals["created"] < (number + 1) * DAY]
        truth = org.truth.deals.loc[kept["deal"]].reset_index(drop=True)
        cut = (number + 1) * DAY
        return cls(
            number=number,
            deals=truth,
            history=records.history[records.history["moment"] < cut],
            activities=records.activities[records.activities["logged"] < cut],
            sources=kept["source"].to_numpy(dtype=np.int64),
        )

    def day_of(self, name: str) -> Ints:
        """Return a day of each deal, -1 where it has not come yet."""
        day = self.deals[name].to_numpy(dtype=np.int64)
        return np.where(day <= self.number, day, -1)


def counts(timeline: Timeline, seen: Seen) -> tuple[Floats, Floats, Floats]:
    """Return activities per week and seat, open deals per day and seat, and new deals per day and seat."""
    seats, days = len(timeline.segment), len(timeline.day)
    tasks = seen.activities
    row = timeline.place(tasks["moment"].to_numpy(dtype=np.int64) // DAY) - 1
    logged = np.zeros((timeline.weeks, seats))
    np.add.at(logged, (timeline.week[np.maximum(row, 0)], tasks["seat"].to_numpy(dtype=np.int64)), 1.0)
    seat, born, closed = seen.deals["seat"].to_numpy(dtype=np.int64), seen.day_of("entered_0"), seen.day_of("closed")
    first, inside = timeline.place(born) - 1, born >= timeline.day[0]
    new = np.zeros((days, seats))
    np.add.at(new, (first[inside], seat[inside]), 1.0)
    change = np.zeros((days + 1, seats))
    np.add.at(change, (np.maximum(first, 0), seat), 1.0)
    np.subtract.at(change, (np.where(closed >= 0, timeline.place(closed), days), seat), 1.0)
    return logged, np.cumsum(change, axis=0)[:-1], new


def deal_evidence(timeline: Timeline, seen: Seen, effort: Floats) -> DealEvidence:
    """Return what each deal shows.

    Args:
        timeline: Recorded days.
        seen: The CRM of the evening.
        effort: Log level of activity per week and seat, shape (n_weeks, n_seats).
    """
    seat = seen.deals["seat"].to_numpy(dtype=np.int64)
    closed = seen.day_of("closed")
    identity = seen.deals["deal"].to_numpy(dtype=np.int64)
    usual = (
        (1 - FORGOTTEN)
        * PER_DEAL_WEEK
        * np.exp((OBSERVED_NOISE * timeline.noise) ** 2 / 2)
        * np.exp(effort)[timeline.week]
    )
    summed = np.vstack([np.zeros((1, len(timeline.segment))), np.cumsum(usual * timeline.length[:, None], axis=0)])
    first = np.maximum(timeline.place(seen.day_of("entered_0")) - 1, 0)
    last = np.where(closed >= 0, timeline.place(closed), len(timeline.day))
    touches = seen.activities["deal"]
    touched = touches[touches != NO_DEAL].value_counts().reindex(identity, fill_value=0)
    return DealEvidence(
        deal=identity,
        seat=seat,
        entered=np.stack([seen.day_of(f"entered_{i}") for i in range(LAST_STAGE + 1)]),
        closed=closed,
        won=seen.deals["won"].to_numpy(dtype=np.bool_) & (closed >= 0),
        source=seen.sources,
        touched=touched.to_numpy(dtype=np.float64),
        exposed=summed[last, seat] - summed[first, seat],
        target=_corrected_targets(seen, identity),
    )


def _corrected_targets(seen: Seen, identity: Ints) -> Floats:
    """Return the decision day that corrections of close dates give away, NaN where there is none, shape of identity.

    A seller who moves a date that has not passed moves it by a known share of the way to the true day.
    """
    rows = seen.history.sort_values(["deal", "moment"], kind="stable")
    old, same = rows["close_day"].shift(), rows["deal"].eq(rows["deal"].shift())
    moved = same & (rows["close_day"] != old) & (rows["stage"] < WON_STAGE) & (old >= rows["moment"] // DAY)
    shift = rows["close_day"] - WEEKEND_SHIFT - old
    days = (old + shift / CORRECTION_PULL)[moved]
    found = days.groupby(rows.loc[moved, "deal"]).mean().reindex(identity)
    return np.asarray(found.to_numpy(dtype=np.float64))


@dataclass(frozen=True)
class AmountBelief:
    """Posterior of prices and amounts, logarithms.

    Attributes:
        price: Mean and standard deviation of each person's price skill, shape (2, n_people).
        value: Mean and standard deviation of each deal's amount, shape (2, n_deals).
    """

    price: Floats
    value: Floats


def believe_amounts(org: Organisation, seen: Seen) -> AmountBelief:
    """Combine the estimates that sellers wrote down with what deals of the segment and the seller are worth."""
    seat = seen.deals["seat"].to_numpy(dtype=np.int64)
    person = org.owner(seat, seen.day_of("entered_0"))
    segment = org.truth.seats["segment"].to_numpy(dtype=np.int64)[seat]
    noise = org.settings.noise
    spread = (AMOUNT_SD[segment] * noise) ** 2
    mean, precision = _estimates(seen, noise)
    surplus, variance = mean - LOG_AMOUNT[segment], spread + 1.0 / precision
    people = len(org.truth.people)
    weight = np.bincount(person, 1.0 / variance, minlength=people) + PRICE_SD**-2
    price = np.bincount(person, surplus / variance, minlength=people) / weight
    own = 1.0 / (spread + 1.0 / weight[person])
    centre = LOG_AMOUNT[segment] + price[person]
    value = (own * centre + precision * mean) / (own + precision)
    return AmountBelief(np.stack([price, weight**-0.5]), np.stack([value, (own + precision) ** -0.5]))


def _estimates(seen: Seen, noise: float) -> tuple[Floats, Floats]:
    """Return mean and precision of the logarithm of each deal's amount as its sellers' estimates tell it."""
    rows = seen.history[seen.history["stage"] < WON_STAGE].sort_values(["deal", "moment"], kind="stable")
    first = rows.drop_duplicates(["deal", "stage"])
    table = first.pivot(index="deal", columns="stage", values="amount").reindex(seen.deals["deal"])
    total, precision, last = np.zeros(len(table)), np.zeros(len(table)), np.full(len(table), np.nan)
    for stage in (0, 2, 3):
        amount = table[stage].to_numpy(dtype=np.float64) if stage in table else np.full(len(table), np.nan)
        fresh = ~np.isnan(amount) & (amount != last)
        error = max(AMOUNT_NOISE[stage] * noise, LEAST_ERROR)
        total += np.where(fresh, (np.log(np.where(fresh, amount, 1.0)) - AMOUNT_BIAS[stage]) / error**2, 0.0)
        precision += np.where(fresh, error**-2, 0.0)
        last = np.where(np.isnan(amount), last, amount)
    return total / precision, precision
