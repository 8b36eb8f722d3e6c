"""Who sits where: territories with their potential, people with hidden skills, ramp, and who takes over from whom."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from training.simulator.market import Floats, Ints, Mask, weekday
from training.simulator.settings import SEGMENTS, SimulatorSettings

TERRITORY_SD = 0.25
PROSPECTING_SD, WIN_SKILL_SD, PRICE_SD, ACTIVITY_SD = 0.25, 0.35, 0.12, 0.25
ACTIVITY_MEMORY, ACTIVITY_NOISE = 0.85, 0.15
QUARTER_DAYS = 91.3125
SKILLS = ("prospecting", "win_skill", "price", "activity_mean", "propensity")
LATENTS = (*SKILLS, "activity", "hired", "leave_rate", "person", "gap")


@dataclass
class Seats:
    """Territories and whoever works them; arrays of shape (n_seats,), one block per universe.

    Attributes:
        segment: Index into `SEGMENTS`.
        region: Index of the region.
        universe: Index into the market's first axis.
        log_territory: Potential of the territory, log scale.
        prospecting: Skill at creating deals, log scale.
        win_skill: Skill at winning, added to the score of each deal.
        price: Skill at pricing, log scale of amounts.
        activity_mean: Long-run level of activity, log scale.
        activity: Current deviation from it.
        hired: Day of hire, days since 1970-01-01.
        leave_rate: Hazard of leaving, per week.
        person: Identity of the occupant; -1 for somebody who was not there at the start of a path.
        propensity: Discount that the occupant gives beside the company's.
        gap: Quota of the open quarter (0 where there is none) less bookings so far.
        rushed: Whether there was a gap when the last two weeks of the latest quarter began; it stays with the seat.
    """

    segment: Ints
    region: Ints
    universe: Ints
    log_territory: Floats
    prospecting: Floats
    win_skill: Floats
    price: Floats
    activity_mean: Floats
    activity: Floats
    hired: Ints
    leave_rate: Floats
    person: Ints
    propensity: Floats
    gap: Floats
    rushed: Mask

    @property
    def count(self) -> int:
        """Number of seats over all universes."""
        return len(self.segment)

    def move(self, rng: np.random.Generator) -> None:
        """Let activity drift by one week."""
        self.activity = ACTIVITY_MEMORY * self.activity + ACTIVITY_NOISE * rng.standard_normal(self.count)

    def effort(self) -> Floats:
        """Return the true log level of activity, shape (n_seats,)."""
        return self.activity + self.activity_mean

    def ramp(self, day: int) -> Floats:
        """Return how productive each occupant is on `day`, shape (n_seats,), in (0, 1)."""
        return ramp((day - self.hired) / QUARTER_DAYS)

    def seat_newcomers(
        self, seats: Ints, hired: int, leave_rate: float, rng: np.random.Generator, *, propensity_sd: float = 0.0
    ) -> None:
        """Put new people with fresh latents and no quota on `seats`; they are nobody's `person` yet."""
        for name, values in draw_people(rng, len(seats), propensity_sd=propensity_sd).items():
            getattr(self, name)[seats] = values
        self.gap[seats] = 0.0
        self.hired[seats] = hired
        self.leave_rate[seats] = leave_rate
        self.person[seats] = -1

    def swap(self, one: int, other: int) -> None:
        """Let the occupants of two seats change places; territories and open deals stay."""
        for name in LATENTS:
            column = getattr(self, name)
            column[[one, other]] = column[[other, one]]

    def repeated(self, universes: int) -> Self:
        """Return `universes` copies of a single universe, one block after the other."""
        copies = {f.name: np.tile(getattr(self, f.name), universes) for f in fields(self)}
        copies["universe"] = np.repeat(np.arange(universes, dtype=np.int64), self.count)
        return replace(self, **copies)


def ramp(quarters: Floats) -> Floats:
    """Return productivity after `quarters` of tenure, in (0, 1).

    Examples:
        >>> ramp(np.array([0.0, 1.0, 4.0])).round(2).tolist()
        [0.31, 0.7, 0.98]
    """
    return 1.0 - 0.85 * np.exp(-(np.maximum(quarters, 0.0) + 0.25) / 1.2)


def draw_people(rng: np.random.Generator, count: int, *, propensity_sd: float = 0.0) -> dict[str, Floats]:
    """Return the hidden skills of `count` people by name, each of shape (count,)."""
    return {
        "prospecting": rng.normal(0.0, PROSPECTING_SD, count),
        "win_skill": rng.normal(0.0, WIN_SKILL_SD, count),
        "price": rng.normal(0.0, PRICE_SD, count),
        "activity_mean": rng.normal(0.0, ACTIVITY_SD, count),
        "activity": rng.normal(0.0, ACTIVITY_NOISE / np.sqrt(1 - ACTIVITY_MEMORY**2), count),
        # a company of list prices draws nothing here, so that its numbers do not depend on this switch
        "propensity": rng.normal(0.0, propensity_sd, count) if propensity_sd > 0 else np.zeros(count),
    }


def apportion(total: int, shares: tuple[float, ...]) -> list[int]:
    """Split `total` into whole parts by largest remainder.

    Examples:
        >>> apportion(8, (0.4, 0.4, 0.2))
        [3, 3, 2]
    """
    exact = [total * share for share in shares]
    parts = [int(value) for value in exact]
    # later segments win a tie, so that a small company still has enterprise sellers
    order = sorted(range(len(shares)), key=lambda i: (parts[i] - exact[i], -i))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


def team_count(settings: SimulatorSettings) -> int:
    """Return how many teams the seats fill; the last may be smaller."""
    return -(-settings.reps // settings.team_size)


def segments_of(settings: SimulatorSettings) -> Ints:
    """Return the segment of each seat; whole teams share one where there are five teams or more, shape (n_reps,)."""
    teams = team_count(settings)
    units = teams if teams >= 5 else settings.reps
    parts = apportion(units, settings.segment_shares)
    # spreading the segments evenly over the units keeps every region mixed
    places = [((i + 0.5) / part, s) for s, part in enumerate(parts) for i in range(part)]
    each = np.array([segment for _, segment in sorted(places)], dtype=np.int64)
    return np.repeat(each, settings.team_size)[: settings.reps] if teams >= 5 else each


def draw_seats(rng: np.random.Generator, settings: SimulatorSettings, first_day: int) -> Seats:
    """Return the seats of one universe on `first_day`, with people of all tenures."""
    count = settings.reps
    team = np.arange(count, dtype=np.int64) // settings.team_size
    regions = min(settings.regions, team_count(settings))
    people = draw_people(rng, count, propensity_sd=settings.discounts.propensity_sd)
    tenure = np.minimum(rng.exponential(8.0, count), 32.0) * QUARTER_DAYS
    return Seats(
        segment=segments_of(settings),
        region=team % regions,
        universe=np.zeros(count, dtype=np.int64),
        log_territory=rng.normal(0.0, TERRITORY_SD, count),
        hired=weekday(first_day - tenure.astype(np.int64)),
        leave_rate=np.full(count, settings.attrition / 13.0),
        person=np.arange(count, dtype=np.int64),
        gap=np.zeros(count),
        rushed=np.zeros(count, dtype=np.bool_),
        **people,
    )


def by_segment(name: str) -> Floats:
    """Return one constant of all segments, shape (n_segments,)."""
    return np.array([getattr(segment, name) for segment in SEGMENTS], dtype=np.float64)
