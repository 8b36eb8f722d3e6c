"""The forecaster that is served: booked + open deals + deals not born yet, jointly simulated and recalibrated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Self

import numpy as np
import pandas as pd

from features.domain.errors import BundleDamaged, UsageError
from features.domain.vocabulary import REVENUE, Grade
from models.bundle.persists import json_bytes
from models.calibration.learn import learn_lessons
from models.calibration.recalibration import Recalibration
from models.contracts import STRUCTURE_COLUMNS, CompanyState, FloatArray, ForecastPaths, TrainingHistory
from models.forecasters.series import SeriesForecaster
from models.simulation.deal_parts import DealParts, deal_parts, part_of_state
from models.simulation.outlook import Outlook
from models.simulation.pipeline import PipelineModel, learn_pipeline
from models.simulation.stored_worlds import StoredWorlds, stored_worlds
from models.simulation.structure import structure_of

MODEL_JSON, MODEL_TEXT, SERIES_PREFIX = "paceline.json", "deal_model.txt", "series-"
FORMAT = 2


class PacelineForecaster:
    """Deal roll-up where there is a pipeline, the series forecaster where there is none.

    Revenue of a company with deals comes from the pipeline; other measures, and companies without deals, from their
    series. `metadata["answered_by"]` of the paths says which part answered each target.
    """

    name = "paceline"
    coherent = True

    def __init__(self) -> None:
        self._pipeline: PipelineModel | None = None
        self._recalibration = Recalibration()
        self._series: SeriesForecaster | None = None

    def fit(self, history: TrainingHistory) -> Self:
        """Learn deal model, tempo, shocks and recalibration from past cutoffs, and series where deals say nothing.

        Raises:
            DataMissing: There is neither a pipeline nor a series to learn from.
        """
        pipeline, recalibration = None, Recalibration()
        if has_pipeline(history.now):
            grain, months = rhythm(history)
            lessons = learn_lessons(history, grain=grain, months=months)
            pipeline = learn_pipeline(history, months=months, shocks=lessons.shocks)
            recalibration = lessons.recalibration
        metrics = set(history.now.targets["metric"]) | set(history.targets["metric"])
        series = None
        if pipeline is None or metrics - {REVENUE}:
            series = SeriesForecaster().fit(history)
        self._pipeline, self._recalibration, self._series = pipeline, recalibration, series
        return self

    def simulate(self, state: CompanyState, n_paths: int, seed: int) -> ForecastPaths:
        """Return joint paths for `state.targets`; same arguments, same bytes."""
        self._require_fitted()
        targets = state.targets.reset_index(drop=True)
        rows = self._by_pipeline(targets)
        opened, new = np.zeros((len(targets), n_paths)), np.zeros((len(targets), n_paths))
        pooled = np.full(len(targets), np.nan)
        metadata: dict[str, object] = {"deal_model": "none"}
        if rows.any() and self._pipeline is not None:
            part = replace(state, targets=targets[rows].reset_index(drop=True))
            opened[rows], new[rows], pooled[rows] = self._from_pipeline(part, n_paths, seed)
            metadata["deal_model"] = "learned" if self._pipeline.deal_model.learned else "pooled age curves"
            metadata["deal_model_wins"] = self._pipeline.deal_model.wins
        if (~rows).any() and self._series is not None:
            paths = self._series.simulate(replace(state, targets=targets[~rows].reset_index(drop=True)), n_paths, seed)
            opened[~rows], new[~rows] = paths.open_deals, paths.new_deals
            metadata["series"] = dict(paths.metadata)
        metadata["answered_by"] = np.where(rows, "pipeline", "series").tolist()
        metadata["pooled_share"] = pooled.tolist()
        booked = targets["attained"].to_numpy(dtype=np.float64)
        return ForecastPaths(targets=targets, booked=booked, open_deals=opened, new_deals=new, metadata=metadata)

    def structure(self, state: CompanyState, paths: ForecastPaths) -> pd.DataFrame:
        """Return `STRUCTURE_COLUMNS`, one row per target of `paths`, whose equation gives the paths' mean.

        Where a series answered, everything still to come is one booking of the expected size, sure and in time.
        """
        self._require_fitted()
        rows = self._by_pipeline(paths.targets)
        frame = _series_structure(paths)
        if rows.any() and self._pipeline is not None:
            mine = np.flatnonzero(rows)
            part = replace(state, targets=paths.targets.iloc[mine].reset_index(drop=True))
            served = ForecastPaths(
                targets=part.targets,
                booked=paths.booked[mine],
                open_deals=paths.open_deals[mine],
                new_deals=paths.new_deals[mine],
            )
            found = structure_of(self._recalibration.correct(self._pipeline.look_ahead(part)), served)
            frame.loc[mine, list(STRUCTURE_COLUMNS)] = found.to_numpy()
        return frame

    def deal_inputs(self, state: CompanyState) -> tuple[object, pd.DataFrame] | None:
        """Return the deal model's booster and its named inputs for the state's open deals; None where there is none."""
        self._require_fitted()
        return None if self._pipeline is None else self._pipeline.deal_inputs(state)

    def deal_chances(self, state: CompanyState) -> pd.Series:
        """Return the corrected chance that each open deal is won until the running period ends.

        Args:
            state: What is known.

        Returns:
            0..1 by opportunity_id; deals of people without a target are left out.

        Raises:
            UsageError: There is no pipeline to answer.
        """
        self._require_fitted()
        if self._pipeline is None:
            raise UsageError("this model has no pipeline; fit it on a company whose deals are known")
        ahead = self._recalibration.correct(self._pipeline.look_ahead(state))
        end = int(np.searchsorted(ahead.windows.horizons, ahead.period.ends[0]))
        chance = -np.expm1(-ahead.opened.hazard[:, end])
        return pd.Series(chance, index=pd.Index(ahead.deals["opportunity_id"], name="opportunity_id"), name="chance")

    def deal_parts(self, state: CompanyState, paths: ForecastPaths, rows: Sequence[int]) -> DealParts | None:
        """Return what each open deal adds to some targets; None where no pipeline answers any of them.

        Args:
            state: State that was forecast.
            paths: Its served paths.
            rows: Rows of the paths, at most one per rep, whose periods have begun.
        """
        self._require_fitted()
        answered = self._by_pipeline(paths.targets)
        asked = [row for row in rows if answered[row]]
        if not asked or self._pipeline is None:
            return None
        part = part_of_state(state, paths, asked)
        ahead = self._recalibration.correct(self._pipeline.look_ahead(part))
        return deal_parts(self._pipeline, ahead, part, paths, asked)

    def worlds(self, state: CompanyState, paths: ForecastPaths, rows: Sequence[int], seed: int) -> StoredWorlds | None:
        """Return what the worlds of some targets are drawn from; None where no pipeline answers any of them.

        Args:
            state: State that was forecast.
            paths: Its served paths.
            rows: Rows of the paths, at most one per rep, whose periods have begun.
            seed: Seed of the served paths.
        """
        self._require_fitted()
        answered = self._by_pipeline(paths.targets)
        asked = [row for row in rows if answered[row]]
        if not asked or self._pipeline is None:
            return None
        part = part_of_state(state, paths, asked)
        ahead = self._recalibration.correct(self._pipeline.look_ahead(part))
        return stored_worlds((self._pipeline, self._recalibration), ahead, part, paths, asked, seed=seed)

    def relearned(self, history: TrainingHistory) -> Self:
        """Return a forecaster that learns its pipeline model from `history` and keeps everything else.

        Raises:
            UsageError: It was asked before fit().
        """
        self._require_fitted()
        again = type(self)()
        again._recalibration, again._series, again._pipeline = self._recalibration, self._series, self._pipeline
        if self._pipeline is not None:
            _, months = rhythm(history)
            again._pipeline = learn_pipeline(history, months=months, shocks=self._pipeline.shocks)
        return again

    def to_files(self) -> dict[str, bytes]:
        """Return the fitted state as LightGBM text and JSON."""
        self._require_fitted()
        document = {
            "format": FORMAT,
            "pipeline": None if self._pipeline is None else self._pipeline.to_json(),
            "recalibration": self._recalibration.to_json(),
            "series": self._series is not None,
        }
        files = {MODEL_JSON: json_bytes(document)}
        if self._pipeline is not None and self._pipeline.deal_model.learned:
            files[MODEL_TEXT] = self._pipeline.deal_model.text.encode()
        if self._series is not None:
            files |= {f"{SERIES_PREFIX}{name}": content for name, content in self._series.to_files().items()}
        return files

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """Return the forecaster that `to_files` described; the bytes were verified before.

        Raises:
            BundleDamaged: Another release wrote it.
        """
        document = json.loads(files[MODEL_JSON])
        if document["format"] != FORMAT:
            raise BundleDamaged(f"the model has format {document['format']}, this release reads {FORMAT}; train again")
        model = cls()
        model._recalibration = Recalibration.from_json(document["recalibration"])
        if document["pipeline"] is not None:
            text = files.get(MODEL_TEXT, b"").decode()
            model._pipeline = PipelineModel.from_json(document["pipeline"], text)
        if document["series"]:
            own = {n.removeprefix(SERIES_PREFIX): c for n, c in files.items() if n.startswith(SERIES_PREFIX)}
            model._series = SeriesForecaster.from_files(own)
        return model

    def _from_pipeline(self, state: CompanyState, n_paths: int, seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        assert self._pipeline is not None  # noqa: S101 - the caller asked for rows that a pipeline answers
        ahead = self._recalibration.correct(self._pipeline.look_ahead(state))
        opened, new = self._pipeline.segments(ahead, n_paths=n_paths, seed=seed, as_of=state.as_of.isoformat())
        # In place: at 1,000 reps, 1,000 paths and a dozen segments each copy is 100 MB.
        factors = self._recalibration.factors(ahead, opened + new)
        opened *= factors
        new *= factors
        if ahead.returns.per_day.any():
            new -= ahead.returns.draw(
                ahead.reps["rep_id"], ahead.windows.horizons, n_paths=n_paths, seed=seed, as_of=state.as_of.isoformat()
            )
        from_open = ahead.windows.sums(opened, ahead.rep_row) + ahead.pending[:, None]
        from_new = ahead.windows.sums(new, ahead.rep_row)
        return from_open, from_new, pooled_share(ahead)

    def _by_pipeline(self, targets: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        revenue = (targets["metric"] == REVENUE).to_numpy(dtype=np.bool_)
        return revenue if self._pipeline is not None else np.zeros(len(targets), dtype=np.bool_)

    def _require_fitted(self) -> None:
        if self._pipeline is None and self._series is None:
            raise UsageError("the forecaster was asked before fit(); fit it, or load it from a bundle")


def has_pipeline(state: CompanyState) -> bool:
    """Whether there are deals to forecast from."""
    return state.grade is not Grade.D and bool((state.lifecycles["outcome"] == "won").any())


def rhythm(history: TrainingHistory) -> tuple[str, int]:
    """Return the grain, and its months, that sets the rhythm of wins: quarters unless only months carry targets."""
    grains = set(history.targets["grain"]) | set(history.now.targets["grain"])
    return ("month", 1) if grains == {"month"} else ("quarter", 3)


def pooled_share(ahead: Outlook) -> FloatArray:
    """Return how much of each target's forecast rests on similar reps: the borrowed part of what is not born yet.

    Open deals are the rep's own; what new deals bring is borrowed as far as the creation rate is.
    """
    opened = np.bincount(
        ahead.opened.rep_row,
        weights=(1.0 - np.exp(-ahead.opened.hazard[:, -1])) * ahead.mean_open if len(ahead.deals) else None,
        minlength=len(ahead.reps),
    )
    new = ahead.new.wins[:, -1] * ahead.mean_new if ahead.new.wins.shape[1] else np.zeros(len(ahead.reps))
    total = opened + new
    share = np.where(total > 0, (1.0 - ahead.own_share) * new / np.where(total > 0, total, 1.0), 1.0)
    return np.asarray(share[ahead.rep_row], dtype=np.float64)


def _series_structure(paths: ForecastPaths) -> pd.DataFrame:
    n = len(paths.targets)
    coming = paths.new_deals.mean(axis=1) + paths.open_deals.mean(axis=1)
    zeros, ones = np.zeros(n), np.ones(n)
    columns = {
        "volume_open": zeros,
        "volume_new": ones,
        "size": zeros,
        "size_new": coming,
        "win": zeros,
        "win_new": ones,
        "quality": zeros,
        "timing": zeros,
        "timing_new": ones,
        "booked": paths.booked,
        "quota": paths.targets["quota"].to_numpy(dtype=np.float64),
    }
    return pd.DataFrame(columns)[list(STRUCTURE_COLUMNS)]
