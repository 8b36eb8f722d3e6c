"""The time that a simulated company lives in: working days, quarters, season, quarter-end rush and shared shocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from features.domain.time import Grain, Period, add_months, days_of, period_containing
from training.simulator.settings import SimulatorSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

WEEKS = 13
SEASON = (0.90, 1.00, 0.97, 1.13)
RUSH = (0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95, 1.00, 1.15, 1.50, 2.20, 3.40)
MACRO_MEMORY, MACRO_SD = 0.94, 0.045
REGION_MEMORY, REGION_SD = 0.92, 0.035


def day_number(day: date) -> int:
    """Return days since 1970-01-01, the unit of every day in the simulator.

    Examples:
        >>> day_number(date(1970, 1, 31))
        30
    """
    return day.toordinal() - 719_163


def as_date(number: int) -> date:
    """Return the day that lies `number` days after 1970-01-01.

    Examples:
        >>> as_date(30)
        datetime.date(1970, 1, 31)
    """
    return date.fromordinal(int(number) + 719_163)


def is_workday(day: date) -> bool:
    """Whether the simulated company works: weekdays but New Year's Day and Christmas Day."""
    return day.weekday() < 5 and (day.month, day.day) not in {(1, 1), (12, 25)}


@dataclass(frozen=True)
class Step:
    """One working day of the engine.

    Attributes:
        day: Days since 1970-01-01.
        quarter: Index of the quarter; 0 is the first recorded one.
        week: Week of the quarter, 0 to 12.
        length: Length of the day in engine weeks; the days of a quarter sum to 13.
        new_week: Whether slow states (shocks, activity) move before this day.
        season: Multiplier on creation: the season, and the regime where it changed.
        rush: Multiplier on the win rate.
        skill: Added to everybody's skill at winning.
    """

    day: int
    quarter: int
    week: int
    length: float
    new_week: bool
    season: float
    rush: float
    skill: float = 0.0


@dataclass(frozen=True)
class Calendar:
    """Quarters and working days of one organisation, burn-in included.

    Attributes:
        periods: All quarters in order.
        burn_in: How many of them lie before the first recorded one.
        changed_from: Index of the first quarter under the changed regime.
        changed_creation: Multiplier on creation from then on.
        changed_skill: Added to everybody's skill at winning from then on.
        changed_quota: Multiplier on quotas from then on.
    """

    periods: tuple[Period, ...]
    burn_in: int
    changed_from: int
    changed_creation: float
    changed_skill: float = 0.0
    changed_quota: float = 1.0

    @classmethod
    def of(cls, settings: SimulatorSettings) -> Calendar:
        """Return the calendar that `settings` ask for."""
        first = add_months(settings.start, -3 * settings.burn_in_quarters)
        count = settings.burn_in_quarters + settings.quarters
        return cls(
            tuple(period_containing(add_months(first, 3 * i), Grain.QUARTER) for i in range(count)),
            settings.burn_in_quarters,
            settings.quarters - settings.regime_quarters,
            settings.regime_creation,
            settings.regime_skill,
            settings.regime_quota,
        )

    @property
    def recorded(self) -> tuple[Period, ...]:
        """Quarters that are exported."""
        return self.periods[self.burn_in :]

    def period(self, quarter: int) -> Period:
        """Return the quarter of an index; burn-in quarters are negative."""
        return self.periods[quarter + self.burn_in]

    def quota_factor(self, quarter: int) -> float:
        """Return what the quotas of a quarter are multiplied by."""
        return self.changed_quota if quarter >= self.changed_from else 1.0

    def quarter_of(self, day: date) -> int:
        """Return the index of the quarter that contains `day`, also past the last one."""
        start = self.periods[self.burn_in].start
        return (day.year - start.year) * 4 + (day.month - 1) // 3 - (start.month - 1) // 3

    def middle(self, quarter: int) -> date:
        """Return the day on whose evening half of a quarter's working days are gone."""
        steps = self.steps(quarter)
        return as_date(steps[len(steps) // 2 - 1].day)

    def steps(self, quarter: int) -> tuple[Step, ...]:
        """Return the working days of a quarter in order."""
        period = self.period(quarter)
        days = [day_number(day) for day in days_of(period) if is_workday(day)]
        season, skill = SEASON[(period.start.month - 1) // 3], 0.0
        if quarter >= self.changed_from:
            season, skill = season * self.changed_creation, self.changed_skill
        weeks = [index * WEEKS // len(days) for index in range(len(days))]
        return tuple(
            Step(day, quarter, week, WEEKS / len(days), i == 0 or weeks[i - 1] != week, season, RUSH[week], skill)
            for i, (day, week) in enumerate(zip(days, weeks, strict=True))
        )


def next_workday(day: date) -> date:
    """Return the first working day after `day`.

    Examples:
        >>> next_workday(date(2021, 12, 24))
        datetime.date(2021, 12, 27)
    """
    following = day + timedelta(days=1)
    while not is_workday(following):
        following += timedelta(days=1)
    return following


def weekday(day: Ints) -> Ints:
    """Move days that fall on a weekend to the Monday after; 1970-01-01 was a Thursday.

    Examples:
        >>> weekday(np.array([1, 2, 3, 4])).tolist()
        [1, 4, 4, 4]
    """
    place = (day + 3) % 7
    return day + np.where(place >= 5, 7 - place, 0)


@dataclass
class Market:
    """Shared shocks on the log scale; several universes may run side by side.

    Attributes:
        macro: shape (n_universes,).
        region: shape (n_universes, n_regions).
    """

    macro: Floats
    region: Floats

    def move(self, rng: np.random.Generator) -> None:
        """Let one week pass."""
        self.macro = MACRO_MEMORY * self.macro + MACRO_SD * rng.standard_normal(self.macro.shape)
        self.region = REGION_MEMORY * self.region + REGION_SD * rng.standard_normal(self.region.shape)


def draw_market(rng: np.random.Generator, regions: int) -> Market:
    """Return one universe whose shocks are drawn from their long-run distribution."""
    macro_sd = MACRO_SD / np.sqrt(1 - MACRO_MEMORY**2)
    region_sd = REGION_SD / np.sqrt(1 - REGION_MEMORY**2)
    return Market(rng.normal(0.0, macro_sd, 1), rng.normal(0.0, region_sd, (1, regions)))
