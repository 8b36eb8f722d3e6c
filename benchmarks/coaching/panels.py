"""From the logs of simulated managers to rep-periods that an effect can be estimated from, beside the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.coaching.rankings import View, Watcher
from models.coaching.learning.panel import Panel
from models.contracts import FloatArray
from training.simulator.coaching import NOTHING, CoachingWorld
from training.simulator.coaching_logs import LoggedQuarter, logged_quarters

POINTS = 100.0


@dataclass(frozen=True)
class Truth:
    """What is true of the rows of a panel.

    Attributes:
        effect: Individual effect of the play, points, shape (n,).
        propensity: Chance of the play against nothing, shape (n,).
        change: Attainment less that of the period before, points, shape (n,): what a naive look compares.
    """

    effect: FloatArray
    propensity: FloatArray
    change: FloatArray


class Logs:
    """All quarters in which the managers of one company coached, with what was forecast of each."""

    def __init__(self, world: CoachingWorld) -> None:
        self.watcher = Watcher.of(world)
        self.quarters: list[LoggedQuarter] = logged_quarters(world)
        self.views: list[View] = [self.watcher.view(quarter.before) for quarter in self.quarters]
        self.residuals = np.stack(
            [
                POINTS * (quarter.attainment - view.attainment)
                for quarter, view in zip(self.quarters, self.views, strict=True)
            ]
        )
        self.metric = world.truths.metric

    def panel(self, play: int) -> tuple[Panel, Truth]:
        """Return the rep-periods with one play and with nothing, from the third quarter on."""
        parts = [self._part(play, index) for index in range(2, len(self.quarters))]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        panel = Panel(
            columns[0].astype(np.int64),
            columns[1].astype(np.int64),
            columns[2].astype(np.int64),
            *columns[3:8],
        )
        return panel, Truth(*columns[8:])

    def _part(self, play: int, index: int) -> tuple[npt.NDArray[np.float64], ...]:
        quarter, view = self.quarters[index], self.views[index]
        rows = np.flatnonzero((quarter.actions == play) | (quarter.actions == NOTHING))
        column = self.metric[play]
        last = quarter.before.attainment[:, -1]
        recent = quarter.before.actions[:, -1]
        again = (recent != NOTHING) & (self.metric[recent] == column)
        known = np.column_stack(
            [
                view.attainment,
                last,
                quarter.before.metrics[:, -1, column],
                view.forecast[:, column],
                again,
                (quarter.before.actions[:, -3:] != NOTHING).sum(axis=1),
            ]
        )
        modifiers = np.column_stack([view.contexts.gap[:, play], view.contexts.rank])
        chance = quarter.propensities[:, play]
        nothing = 1.0 - quarter.propensities.sum(axis=1)
        return (
            rows.astype(np.float64),
            np.full(len(rows), float(index)),
            (quarter.actions[rows] == play).astype(np.float64),
            self.residuals[index][rows],
            self.residuals[index - 1][rows],
            self.residuals[index - 2][rows],
            known[rows].astype(np.float64),
            modifiers[rows],
            quarter.effects[rows, play],
            (chance / (chance + nothing))[rows],
            POINTS * (quarter.attainment - last)[rows],
        )
