"""The oracle and the ceiling as forecasters: what a simulator makes possible to know. They only exist here."""

from __future__ import annotations

from functools import partial
from typing import Self

import numpy as np
import pandas as pd

from models.contracts import CompanyState, ForecastPaths, TrainingHistory
from training.simulator.ceiling import Ceiling
from training.simulator.crm_people import manager_ids
from training.simulator.crm_values import identifiers
from training.simulator.oracle import continue_from
from training.simulator.organisation import Organisation

ORACLE, CEILING = "oracle", "ceiling"
"""Knows every hidden number; knows every law but sees only the CRM. No honest forecast beats either but by luck."""


class KnowingForecaster:
    """Turns futures that only a simulator can draw into paths of a company's targets."""

    def __init__(self, organisation: Organisation, name: str) -> None:
        self.name = name
        self._first = len(manager_ids(organisation))
        self._draws = partial(continue_from, organisation) if name == ORACLE else Ceiling(organisation).continue_from

    def fit(self, history: TrainingHistory) -> Self:
        """Return itself: there is nothing left to learn."""
        del history
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths of the quarter that holds the day after the as_of."""
        futures = self._draws(state.as_of, n_paths, seed=seed)
        people = identifiers("005", futures.person + self._first)
        row = np.asarray(pd.Index(people).get_indexer(state.targets["rep_id"]), dtype=np.int64)
        rest = np.where((row >= 0)[:, None], (futures.paths - futures.attained[:, None])[row], 0.0)
        return ForecastPaths(
            targets=state.targets.reset_index(drop=True),
            booked=state.targets["attained"].to_numpy(dtype=np.float64),
            open_deals=rest,
            new_deals=np.zeros_like(rest),
        )
