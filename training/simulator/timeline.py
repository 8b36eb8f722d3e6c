"""The recorded working days of an organisation up to an evening, with who sat where: what filters run along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.simulator.latents import QUARTER_DAYS, ramp
from training.simulator.market import Floats, Ints, Step
from training.simulator.organisation import Organisation


@dataclass(frozen=True)
class Timeline:
    """Working days from the first recorded one to an evening; everything here stands in the CRM or the calendar.

    Attributes:
        day: Days since 1970-01-01, shape (n_days,).
        week: Index of the engine week, 0, 1, 2 ..., shape (n_days,).
        length: Length in engine weeks, shape (n_days,).
        season: Multiplier on creation, shape (n_days,).
        rush: Multiplier on the win rate, shape (n_days,).
        person: Who works each seat, shape (n_days, n_seats).
        log_ramp: Logarithm of that person's ramp, shape (n_days, n_seats).
        segment: Segment of each seat, shape (n_seats,).
        region: Region of each seat, shape (n_seats,).
        noise: The organisation's multiplier on spreads.
    """

    day: Ints
    week: Ints
    length: Floats
    season: Floats
    rush: Floats
    person: Ints
    log_ramp: Floats
    segment: Ints
    region: Ints
    noise: float

    @classmethod
    def until(cls, org: Organisation, number: int) -> Timeline:
        """Return the timeline up to the evening of day `number`, which lies after the first recorded working day."""
        steps = [s for q in range(org.settings.quarters) for s in org.calendar.steps(q) if s.day <= number]
        day = np.array([step.day for step in steps], dtype=np.int64)
        seats = org.truth.seats
        grid = np.broadcast_to(np.arange(len(seats), dtype=np.int64), (len(day), len(seats)))
        person = org.owner(grid, np.broadcast_to(day[:, None], grid.shape))
        hired = org.truth.people["hired"].to_numpy(dtype=np.int64)[person]
        return cls(
            day=day,
            week=np.cumsum([step.new_week for step in steps]).astype(np.int64) - 1,
            length=_column(steps, "length"),
            season=_column(steps, "season"),
            rush=_column(steps, "rush"),
            person=person,
            log_ramp=np.log(ramp((day[:, None] - hired) / QUARTER_DAYS)),
            segment=seats["segment"].to_numpy(dtype=np.int64),
            region=seats["region"].to_numpy(dtype=np.int64),
            noise=org.settings.noise,
        )

    @property
    def weeks(self) -> int:
        """Number of weeks, the open one included."""
        return int(self.week[-1]) + 1

    def place(self, day: Ints) -> Ints:
        """Return how many working days lie up to and including each day, shape as given."""
        return np.searchsorted(self.day, day, side="right").astype(np.int64)

    def by_week(self, values: Floats) -> Floats:
        """Return sums over the days of each week, shape (n_weeks, ...)."""
        first = np.searchsorted(self.week, np.arange(self.weeks))
        return np.asarray(np.add.reduceat(values, first, axis=0))

    def occupants(self) -> Ints:
        """Return who sat where on the first day of each week, shape (n_weeks, n_seats)."""
        return self.person[np.searchsorted(self.week, np.arange(self.weeks))]


def _column(steps: list[Step], name: str) -> Floats:
    return np.array([getattr(step, name) for step in steps], dtype=np.float64)
