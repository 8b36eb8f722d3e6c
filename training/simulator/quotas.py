"""How the simulated company sets quotas: half own history, half segment, ahead of the period, ramped for new hires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from features.domain.time import Period
from training.simulator.latents import QUARTER_DAYS, by_segment
from training.simulator.market import SEASON, Floats, Ints

STRETCH, NOISE_SD = 0.97, 0.10
RAMP = (0.35, 0.65, 0.90, 1.0)
OWN_SHARE, TRAILING = 0.5, 4
PUBLISHED_BEFORE = timedelta(days=10)
LEAST_EXPOSURE = 0.2
SHRINKAGE = 4.0
STRUGGLING, STRUGGLING_LEAVES = 0.6, 2.2
TYPICAL = by_segment("typical_quarter")


@dataclass(frozen=True)
class Quota:
    """One quota of one person.

    Attributes:
        person: Identity of the person.
        quarter: Index of the quarter.
        amount: Quota in whole currency units, > 0.
        published: Day on which it was made known.
    """

    person: int
    quarter: int
    amount: float
    published: date


def planned_season(period: Period) -> float:
    """Return the season that planners expect in bookings.

    Deals are born with the season of their quarter and close in that quarter or the next, so it is the mean of the two.

    Examples:
        >>> planned_season(Period(date(2021, 1, 1), date(2021, 3, 31)))
        1.015
    """
    quarter = (period.start.month - 1) // 3
    return (SEASON[quarter] + SEASON[quarter - 1]) / 2


def quota_ramp(hired: date, period: Period) -> float:
    """Return the share of a full quota that a person of this tenure carries in `period`.

    Examples:
        >>> quota_ramp(date(2021, 1, 11), Period(date(2021, 4, 1), date(2021, 6, 30)))
        0.65
    """
    middle = period.start + timedelta(days=period.days // 2)
    quarters = int(max((middle - hired).days, 0) / QUARTER_DAYS)
    return RAMP[min(quarters, len(RAMP) - 1)]


def exposure(hired: date, period: Period) -> float:
    """Return the share of the period's days that a person hired on `hired` can be in seat, 0 to 1.

    Examples:
        >>> exposure(date(2021, 6, 16), Period(date(2021, 6, 1), date(2021, 6, 30)))
        0.5
    """
    return min(max((period.end - hired).days + 1, 0) / period.days, 1.0)


class Record:
    """Who booked how much in which quarter, as the people who set quotas see it."""

    def __init__(self) -> None:
        self._rate: dict[tuple[int, int], float] = {}
        self._segment: dict[int, int] = {}
        self._attained: dict[int, list[float]] = {}
        self._common: dict[tuple[int, int], float] = {}

    def settle(
        self, quarter: int, period: Period, booked: dict[int, float], segment: dict[int, int], quotas: dict[int, Quota]
    ) -> None:
        """Enter a finished quarter for people who were in seat from its first to its last day.

        Args:
            quarter: Index of the quarter.
            period: Its days.
            booked: Bookings by person, in currency.
            segment: Segment index by person.
            quotas: The quarter's quotas by person.
        """
        for person, amount in booked.items():
            quota = quotas.get(person)
            if quota is None:
                continue
            self._segment[person] = segment[person]
            self._rate[person, quarter] = amount / planned_season(period)
            self._attained.setdefault(person, []).append(amount / quota.amount)

    def struggles(self, person: int) -> bool:
        """Whether the last two settled quarters both ended below the mark."""
        last = self._attained.get(person, [])[-2:]
        return len(last) == 2 and max(last) < STRUGGLING

    def full_quota(self, person: int, segment: int, quarter: int, ramps: dict[tuple[int, int], float]) -> float:
        """Return a full quota before season, noise and ramp, from quarters settled when quotas are published.

        Args:
            person: Whose quota.
            segment: Index of the segment.
            quarter: Quarter that the quota is for; the one before it is not settled yet.
            ramps: Quota ramp by (person, quarter), which turns bookings in ramp into full-quota terms.
        """
        own = [self._rate[person, q] / ramps[person, q] for q in _window(quarter) if (person, q) in self._rate]
        common = self._segment_mean(segment, quarter, ramps)
        weight = OWN_SHARE * len(own) / TRAILING
        mean_own = sum(own) / len(own) if own else common
        return STRETCH * (weight * mean_own + (1 - weight) * common)

    def _segment_mean(self, segment: int, quarter: int, ramps: dict[tuple[int, int], float]) -> float:
        """Return the mean full-quota rate of a segment, pulled to its typical one where few quarters are known."""
        if (segment, quarter) not in self._common:
            window = _window(quarter)
            rates = [
                rate / ramps[person, q]
                for (person, q), rate in self._rate.items()
                if q in window and self._segment[person] == segment
            ]
            mean = (sum(rates) + SHRINKAGE * float(TYPICAL[segment])) / (len(rates) + SHRINKAGE)
            # the window was settled before the quarter began, so the mean cannot change any more
            self._common[segment, quarter] = mean
        return self._common[segment, quarter]


def _window(quarter: int) -> range:
    """Return the quarters that are settled when the quotas of `quarter` are published."""
    return range(quarter - 1 - TRAILING, quarter - 1)


def published_on(hired: date, period: Period) -> date:
    """Return the day on which a quota becomes known: ten days ahead, or at hire."""
    return max(period.start - PUBLISHED_BEFORE, hired)


def rounded(amount: float) -> float:
    """Return a quota rounded to hundreds, at least one hundred.

    Examples:
        >>> rounded(45_678.9)
        45700.0
    """
    return max(round(amount / 100.0) * 100.0, 100.0)


def leave_rates(seats_person: Ints, record: Record, attrition: float) -> Floats:
    """Return the weekly hazard of leaving per seat, raised after two poor quarters, shape (n_seats,)."""
    poor = np.array([record.struggles(int(person)) for person in seats_person], dtype=np.bool_)
    return np.where(poor, STRUGGLING_LEAVES, 1.0) * attrition / 13.0


def draw_noise(rng: np.random.Generator) -> float:
    """Return the multiplicative error of one quota."""
    return float(np.exp(NOISE_SD * rng.standard_normal()))
