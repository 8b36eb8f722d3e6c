"""The forecaster for companies without a pipeline: monthly bookings of all reps, jointly, from their series alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import lightgbm as lgb
import numpy as np
import pandas as pd

from features.domain.errors import DataMissing, UsageError
from models.bundle.persists import array_bytes, arrays_from, json_bytes, json_from
from models.contracts import CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.series_model import SeriesModel
from models.forecasters.series_panel import build_panel
from models.forecasters.series_season import month_course
from models.forecasters.series_segments import Segments
from models.forecasters.series_spread import Spread
from models.forecasters.series_trees import BLOCK, BlockTrees

DAYS_A_MONTH = 30.4
FORMAT = 1


class SeriesForecaster:
    """Weighs simple and learned series methods by their past errors and replays whole past quarters of misses.

    Paths are drawn per stretch of days between all period bounds and summed, so that months add up to quarters and
    years in every path. All reps of a path replay the same past quarter, so that shared shocks survive. The company's
    season and the course of a month are pooled over reps; a rep without a series gets what newcomers usually book.
    """

    name = "series"
    coherent = True

    def __init__(self) -> None:
        self._models: dict[str, SeriesModel] | None = None
        self._refused: dict[str, str] = {}

    def fit(self, history: TrainingHistory) -> Self:
        """Learn one model per measure from the bookings known at the training as_of.

        Raises:
            DataMissing: No measure has enough months.
        """
        now = history.now
        models: dict[str, SeriesModel] = {}
        refused: dict[str, str] = {}
        for metric in sorted({str(metric) for metric in now.bookings["metric"]}):
            try:
                panel = build_panel(now.bookings, metric, now.as_of)
                models[metric] = SeriesModel.learn(now.bookings, metric, panel)
            except DataMissing as error:
                refused[metric] = str(error)
        if not models:
            raise DataMissing("; ".join(refused.values()) or "there are no bookings at all; import them first")
        self._models, self._refused = models, refused
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths for `state.targets`; everything still to come stands in `new_deals`.

        Raises:
            UsageError: Not fitted, or `n_paths` < 1.
            DataMissing: A target's measure had too few months to learn from.
        """
        models = self._fitted()
        if n_paths < 1:
            raise UsageError(f"n_paths is {n_paths}; at least one path is needed")
        targets = state.targets.reset_index(drop=True)
        rest = np.zeros((len(targets), n_paths))
        pooled = np.zeros(len(targets))
        told: dict[str, object] = {"measures_refused": dict(self._refused)}
        for metric, rows in targets.groupby("metric", sort=True):
            if str(metric) not in models:
                raise DataMissing(self._refused.get(str(metric), f"there were no bookings of {metric!r} to learn from"))
            model = models[str(metric)]
            part, notes = _rest_of_metric(model, state, str(metric), rows, n_paths=n_paths, seed=seed)
            rest[rows.index.to_numpy()] = part
            pooled[rows.index.to_numpy()] = _pooled_shares(model, state, str(metric), rows)
            told[str(metric)] = notes
        return ForecastPaths(
            targets=targets,
            booked=targets["attained"].to_numpy(dtype=np.float64),
            open_deals=np.zeros_like(rest),
            new_deals=rest,
            metadata={**told, "pooled_share": pooled.tolist()},
        )

    def weights(self) -> dict[str, dict[str, float]]:
        """Return the weight of each method per measure, for the model card."""
        return {metric: dict(model.weights) for metric, model in self._fitted().items()}

    def to_files(self) -> dict[str, bytes]:
        """Return the fitted models as JSON, arrays and LightGBM text."""
        files: dict[str, bytes] = {}
        described = []
        for number, (metric, model) in enumerate(sorted(self._fitted().items())):
            described.append(
                {
                    "metric": metric,
                    "weights": dict(model.weights),
                    "trees": sorted(model.trees),
                    "persistence": model.spread.persistence,
                    "origins": len(model.spread.blocks),
                }
            )
            files[f"series_{number}.npz"] = array_bytes(
                {f"block_{position:03d}": block for position, block in enumerate(model.spread.blocks)}
            )
            for name, trees in model.trees.items():
                files[f"series_{number}_{name}.txt"] = trees.booster.model_to_string().encode()
        files["series.json"] = json_bytes({"format": FORMAT, "measures": described, "refused": self._refused})
        return files

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """Return the forecaster that `to_files` described; other files of the bundle are ignored.

        Raises:
            BundleDamaged: A file is missing or cannot be read.
        """
        document = json_from(files, "series.json")
        loaded = cls()
        loaded._refused = {str(k): str(v) for k, v in document["refused"].items()}
        loaded._models = {}
        for number, entry in enumerate(document["measures"]):
            arrays = arrays_from(files[f"series_{number}.npz"])
            blocks = tuple(np.asarray(arrays[f"block_{i:03d}"], dtype=np.float64) for i in range(entry["origins"]))
            trees = {
                name: BlockTrees(lgb.Booster(model_str=files[f"series_{number}_{name}.txt"].decode()))
                for name in entry["trees"]
            }
            loaded._models[entry["metric"]] = SeriesModel(
                entry["weights"], trees, Spread(blocks, float(entry["persistence"]))
            )
        return loaded

    def _fitted(self) -> dict[str, SeriesModel]:
        if self._models is None:
            raise UsageError(f"the forecaster {self.name!r} is not fitted; call fit(history) before simulate")
        return self._models


def _rest_of_metric(
    model: SeriesModel, state: CompanyState, metric: str, targets: pd.DataFrame, *, n_paths: int, seed: int
) -> tuple[FloatArray, dict[str, object]]:
    """Return what is still to come per target and path, and what to tell about it."""
    panel = build_panel(state.bookings, metric, state.as_of)
    segments = Segments.of(targets, state.as_of, month_course(state.bookings, metric, state.as_of))
    expected, unspoken = model.monthly(panel, segments.n_months)
    scale, place = panel.scale(), {rep: row for row, rep in enumerate(panel.reps)}
    name = f"{metric}\x1f{state.as_of.isoformat()}"
    worlds = model.spread.worlds(seed, name, -(-segments.n_months // BLOCK), n_paths)
    rest, cold = np.zeros((len(targets), n_paths)), 0
    for rep_id, positions in targets.reset_index(drop=True).groupby("rep_id", sort=True).groups.items():
        rows = targets.iloc[positions]
        if (rows["status"] == "left").all():
            continue
        row = place.get(str(rep_id))
        cold += row is None
        if row is None:
            months = np.full(segments.n_months, model.silent(panel, rows["tenure_days"].max() / DAYS_A_MONTH))
            size = float(months[0])
        else:
            months, size = expected[row], float(scale[row])
        misses = model.spread.draw(seed, f"{rep_id}\x1f{name}", worlds)
        running = _running_total(segments, months, size * misses, returns_allowed=state.returns_allowed)
        for position, start, end in zip(positions, rows["period_start"], rows["period_end"], strict=True):
            inside = segments.inside(start.date(), end.date())
            rest[position] = running[inside.stop] - running[inside.start]
    weights = {method: round(weight, 4) for method, weight in model.weights.items()}
    return rest, {"weights": weights, "cold_start_reps": cold, "methods_without_a_forecast": unspoken}


def _pooled_shares(model: SeriesModel, state: CompanyState, metric: str, targets: pd.DataFrame) -> FloatArray:
    """Return per target how much of its forecast comes from other reps; 1.0 for a rep without a series."""
    panel = build_panel(state.bookings, metric, state.as_of)
    share = dict(zip(panel.reps, model.pooled_share(panel).tolist(), strict=True))
    return np.array([share.get(str(rep), 1.0) for rep in targets["rep_id"]])


def _running_total(segments: Segments, months: FloatArray, misses: FloatArray, *, returns_allowed: bool) -> FloatArray:
    """Return currency booked by the start of each segment and at the end, shape (n_segments + 1, n_paths).

    A segment brings its share of the month, with a miss that shrinks like a random walk's. Where nothing is ever
    taken back the total never falls: a month drawn below zero first eats what the next one brings, which keeps the
    middle of the sums where the misses put it; cutting every month at zero would lift them.
    """
    share = segments.share[:, None]
    drawn = share * months[segments.month][:, None] + np.sqrt(share) * misses[segments.month]
    total = np.concatenate([np.zeros((1, drawn.shape[1])), np.cumsum(drawn, axis=0)])
    return total if returns_allowed else np.asarray(np.maximum.accumulate(total, axis=0), dtype=np.float64)
