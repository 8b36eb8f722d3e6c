"""Everything is kept below one folder."""

from pathlib import Path

import pytest

from paceline.home import Home


def test_every_path_lies_below_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    home = Home(Path("/somewhere"))
    paths = [home.facts, home.operations, home.bundles, home.artifacts, home.paths, home.reports, home.quarantine]
    assert all(path.is_relative_to(home.root) for path in [*paths, home.work, home.simulated])
    assert home.mlflow_uri == "sqlite:////somewhere/mlflow.db"


def test_an_experiment_store_given_from_outside_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////elsewhere/mlflow.db")
    assert Home(Path("/somewhere")).mlflow_uri == "sqlite:////elsewhere/mlflow.db"


def test_preparing_makes_the_root_and_nothing_else(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "b").prepare()
    assert home.root.is_dir()
    assert list(home.root.iterdir()) == []
