"""Loads the served model from its verified bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.bundle.champion import read_champion
from models.bundle.read import read_bundle, read_manifest
from models.forecasters.paceline import PacelineForecaster
from paceline.home import Home


@dataclass(frozen=True)
class LoadedChampion:
    """The served model and where it comes from.

    Attributes:
        model: Fitted forecaster.
        version: Its number in the registry.
        bundle: Hash of its bundle.
        trained_on: Moment of knowledge of its training.
    """

    model: PacelineForecaster
    version: str
    bundle: str
    trained_on: date


def load_champion(home: Home) -> LoadedChampion:
    """Return the served model, every byte of its bundle verified before it was parsed.

    Raises:
        NoModel: Nothing was promoted.
        BundleDamaged: The bundle does not match its manifest.
    """
    current = read_champion(home.bundles).current
    folder = home.bundles / current.sha256
    metadata = read_manifest(folder).metadata
    return LoadedChampion(
        model=PacelineForecaster.from_files(read_bundle(folder)),
        version=current.model_version,
        bundle=current.sha256,
        trained_on=date.fromisoformat(str(metadata["as_of"])),
    )
