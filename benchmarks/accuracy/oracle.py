"""The oracle as a forecaster: forward simulation from the true state with the true parameters. It only exists here."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd

from models.contracts import CompanyState, ForecastPaths, TrainingHistory
from training.simulator.crm_people import manager_ids
from training.simulator.crm_values import identifiers
from training.simulator.oracle import continue_from
from training.simulator.organisation import Organisation


class OracleForecaster:
    """What somebody would say who knows every hidden number of the simulated company.

    No honest forecast can be better but by luck: one that is, leaks.
    """

    name = "oracle"

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    def fit(self, history: TrainingHistory) -> Self:
        """Return itself: there is nothing left to learn."""
        del history
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths of the quarter that holds the day after the as_of."""
        futures = continue_from(self._organisation, state.as_of, n_paths, seed=seed)
        people = identifiers("005", futures.person + len(manager_ids(self._organisation)))
        row = np.asarray(pd.Index(people).get_indexer(state.targets["rep_id"]), dtype=np.int64)
        rest = np.where((row >= 0)[:, None], (futures.paths - futures.attained[:, None])[row], 0.0)
        return ForecastPaths(
            targets=state.targets.reset_index(drop=True),
            booked=state.targets["attained"].to_numpy(dtype=np.float64),
            open_deals=rest,
            new_deals=np.zeros_like(rest),
        )
