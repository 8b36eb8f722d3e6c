"""A forecaster that is watched: its joint totals of the company and of each team are kept, to be judged later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import pandas as pd

from features.domain.vocabulary import Status
from models.contracts import CompanyState, FloatArray, Forecaster, ForecastPaths, TrainingHistory

UNJUDGED = (Status.LEFT, Status.INSUFFICIENT_EXPOSURE)
COMPANY = ""
"""Name of the total over everybody."""


@dataclass(frozen=True)
class Total:
    """Joint paths of one team, or of the company, at one moment.

    Attributes:
        forecaster: Who forecast.
        as_of: Moment of knowledge.
        team: Team, or `COMPANY`.
        paths: Sum over its reps in each world, currency, shape (n_paths,).
        reps: Who is in it.
    """

    forecaster: str
    as_of: pd.Timestamp
    team: str
    paths: FloatArray
    reps: tuple[str, ...]


@dataclass
class Watched:
    """Passes everything on and notes the totals.

    Attributes:
        inner: The forecaster.
        name: Under which its totals are noted.
        totals: The notes, shared by all that are watched.
    """

    inner: Forecaster
    name: str
    totals: list[Total] = field(default_factory=list)

    def fit(self, history: TrainingHistory) -> Self:
        """Return the fitted forecaster, watched."""
        return replace(self, inner=self.inner.fit(history))

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return the forecaster's paths; note their sums over reps that are judged."""
        paths = self.inner.simulate(state, n_paths, seed)
        judged = ~paths.targets["status"].isin([str(status) for status in UNJUDGED])
        people = paths.targets[judged]
        groups = {COMPANY: people.index, **people.groupby("team_id", sort=True).groups}
        attained = paths.attained
        for team, rows in groups.items():
            reps = tuple(paths.targets.loc[rows, "rep_id"])
            as_of = pd.Timestamp(state.as_of)
            self.totals.append(Total(self.name, as_of, str(team), attained[rows].sum(axis=0), reps))
        return paths
