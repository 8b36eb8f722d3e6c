"""The forecaster that is served: booked + open deals + deals not born yet, jointly simulated and recalibrated."""

from __future__ import annotations

from typing import Self

import numpy as np

from features.domain.errors import UsageError
from models.contracts import CompanyState, ForecastPaths, TrainingHistory
from models.simulation.pipeline import PipelineModel, learn_pipeline
from models.simulation.shocks import Shocks


class PacelineForecaster:
    """Deal roll-up where there is a pipeline, the series forecaster where there is none."""

    name = "paceline"

    def __init__(self) -> None:
        self._pipeline: PipelineModel | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn the deal model, the tempo, the shocks and the recalibration from past cutoffs."""
        self._pipeline = learn_pipeline(history, months=3, shocks=Shocks())
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths for `state.targets`."""
        if self._pipeline is None:
            raise UsageError("simulate() was called before fit(); fit the forecaster first")
        ahead = self._pipeline.look_ahead(state)
        opened, new = self._pipeline.segments(ahead, n_paths=n_paths, seed=seed, as_of=state.as_of.isoformat())
        return ForecastPaths(
            targets=state.targets.reset_index(drop=True),
            booked=state.targets["attained"].to_numpy(dtype=np.float64),
            open_deals=ahead.windows.sums(opened, ahead.rep_row) + ahead.pending[:, None],
            new_deals=ahead.windows.sums(new, ahead.rep_row),
        )
