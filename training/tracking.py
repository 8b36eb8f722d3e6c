"""The only module that speaks to MLflow: runs, artifacts, registered versions and their aliases."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from features.domain.errors import UnknownReference

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

EXPERIMENT = "paceline"
MODEL_NAME = "paceline-attainment"
CHAMPION, CHALLENGER = "champion", "challenger"


@dataclass(frozen=True)
class Version:
    """One registered model version.

    Attributes:
        version: Number given by the registry.
        run_id: Run that made it.
        bundle: Hash of its bundle.
        aliases: `champion`, `challenger` or none.
        tags: What the run said about itself.
    """

    version: str
    run_id: str
    bundle: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]


class Tracking:
    """A tracking store and registry at one address.

    Args:
        uri: MLflow tracking address, e.g. `sqlite:////data/mlflow.db`.
        artifacts: Folder for artifacts when the experiment is made here.
    """

    def __init__(self, uri: str, artifacts: Path) -> None:
        self.uri = uri
        self._artifacts = artifacts
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        self._client = MlflowClient(tracking_uri=uri, registry_uri=uri)

    def _experiment_id(self) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        self._artifacts.mkdir(parents=True, exist_ok=True)
        return str(self._client.create_experiment(EXPERIMENT, artifact_location=self._artifacts.resolve().as_uri()))

    @contextmanager
    def run(self, name: str, params: Mapping[str, object]) -> Iterator[str]:
        """Open a run (the one of `mlflow run` if there is one), log `params`, and yield its id."""
        given = os.environ.get("MLFLOW_RUN_ID")
        started = (
            mlflow.start_run(run_id=given)
            if given
            else mlflow.start_run(experiment_id=self._experiment_id(), run_name=name)
        )
        with started as active:
            already = set(self._client.get_run(active.info.run_id).data.params)
            mlflow.log_params({key: value for key, value in params.items() if key not in already})
            yield str(active.info.run_id)

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Log the finite ones of `metrics` on the open run; keys may use letters, digits, `_ - . /` and blanks."""
        mlflow.log_metrics({key: value for key, value in metrics.items() if value == value})  # noqa: PLR0124 drops NaN

    def log_folder(self, folder: Path, name: str) -> None:
        """Log all files of `folder` below artifact path `name` on the open run."""
        mlflow.log_artifacts(str(folder), artifact_path=name)

    def register(self, run_id: str, bundle: str, tags: Mapping[str, str]) -> str:
        """Register the bundle of a run as the next version and return its number.

        The registry holds names and hashes only: what is served is read from the content-addressed bundle, never
        through MLflow's loaders, which would run code.
        """
        try:
            self._client.get_registered_model(MODEL_NAME)
        except MlflowException:
            self._client.create_registered_model(MODEL_NAME, description="Forecasts of quota attainment")
        source = f"{self._client.get_run(run_id).info.artifact_uri}/bundle"
        made = self._client.create_model_version(
            MODEL_NAME, source=source, run_id=run_id, tags={**tags, "bundle": bundle}
        )
        return str(made.version)

    def alias(self, name: str, version: str) -> None:
        """Point alias `name` at `version`."""
        self._client.set_registered_model_alias(MODEL_NAME, name, version)

    def versions(self) -> list[Version]:
        """Return all registered versions, newest first."""
        found = self._client.search_model_versions(f"name='{MODEL_NAME}'")
        versions = [self._version(str(item.version)) for item in found]
        return sorted(versions, key=lambda item: int(item.version), reverse=True)

    def version(self, number: str) -> Version:
        """Return one version.

        Raises:
            UnknownReference: There is no such version.
        """
        for item in self.versions():
            if item.version == number:
                return item
        known = ", ".join(item.version for item in self.versions()) or "none"
        raise UnknownReference(f"no model version {number!r}; there are: {known}; see `paceline models list`")

    def aliased(self, name: str) -> Version | None:
        """Return the version that alias `name` points at, or None."""
        return next((item for item in self.versions() if name in item.aliases), None)

    def report_folder(self, number: str) -> Path:
        """Return a local folder with the report of the run that made version `number`."""
        run_id = self.version(number).run_id
        return Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="report"))

    def _version(self, number: str) -> Version:
        full = self._client.get_model_version(MODEL_NAME, number)
        return Version(
            version=number,
            run_id=str(full.run_id),
            bundle=str(full.tags.get("bundle", "")),
            aliases=tuple(sorted(str(alias) for alias in full.aliases)),
            tags=dict(full.tags),
        )
