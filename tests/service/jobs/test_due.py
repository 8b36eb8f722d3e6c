"""What is due is seen from what is there: newest facts, served model, newest snapshot."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from features.domain.errors import BundleDamaged
from models.bundle.champion import Promotion, write_champion
from service.jobs.due import Due, scoring_due
from service.storage.datasets import SqlDatasetLog
from service.storage.engine import open_engine
from service.storage.snapshots import Snapshot, SnapshotRepository
from tests.service.world import import_row

BUNDLE, OTHER = "ab" * 32, "cd" * 32


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine(tmp_path)


def _imported(engine: Engine, version: str, *, parent: str | None = None) -> None:
    row = import_row(f"i-{version}", f"c-{version}")
    SqlDatasetLog(engine).record(version, parent=parent, tables={}, info={}, import_row=row)


def _promoted(bundles: Path, sha256: str) -> None:
    bundles.mkdir(exist_ok=True)
    write_champion(bundles, Promotion(sha256, "1", "2026-11-01T00:00:00", "first"))


def _scored(engine: Engine, number: int, dataset: str, bundle: str, *, status: str = "complete") -> None:
    taken = Snapshot(f"s{number}", "2026-11-22T08:00:00", "2026-11-22", "1", dataset, bundle, status)
    SnapshotRepository(engine).add(taken, [], [], [], [])


def test_nothing_is_due_before_the_first_import(engine: Engine, tmp_path: Path) -> None:
    _promoted(tmp_path / "bundles", BUNDLE)
    assert scoring_due(engine, tmp_path / "bundles") is None


def test_nothing_is_due_before_a_model_is_promoted(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    assert scoring_due(engine, tmp_path / "bundles") is None


def test_the_first_facts_and_the_first_model_are_due(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    _promoted(tmp_path / "bundles", BUNDLE)
    assert scoring_due(engine, tmp_path / "bundles") == Due("d1", BUNDLE)


def test_what_the_newest_snapshot_has_brought_together_is_done(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    _promoted(tmp_path / "bundles", BUNDLE)
    _scored(engine, 1, "d1", BUNDLE)
    assert scoring_due(engine, tmp_path / "bundles") is None


def test_facts_that_are_undecidable_were_spoken_about_too(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    _promoted(tmp_path / "bundles", BUNDLE)
    _scored(engine, 1, "d1", BUNDLE, status="undecidable")
    assert scoring_due(engine, tmp_path / "bundles") is None


def test_newer_facts_are_due(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    _promoted(tmp_path / "bundles", BUNDLE)
    _scored(engine, 1, "d1", BUNDLE)
    _imported(engine, "d2", parent="d1")
    assert scoring_due(engine, tmp_path / "bundles") == Due("d2", BUNDLE)


def test_an_undone_import_makes_the_facts_before_it_due_again(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    _promoted(tmp_path / "bundles", BUNDLE)
    _scored(engine, 1, "d1", BUNDLE)
    _imported(engine, "d2", parent="d1")
    _scored(engine, 2, "d2", BUNDLE)
    SqlDatasetLog(engine).undo("d2")
    assert scoring_due(engine, tmp_path / "bundles") == Due("d1", BUNDLE)


def test_another_model_is_due(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    _promoted(tmp_path / "bundles", BUNDLE)
    _scored(engine, 1, "d1", BUNDLE)
    _promoted(tmp_path / "bundles", OTHER)
    assert scoring_due(engine, tmp_path / "bundles") == Due("d1", OTHER)


def test_a_damaged_champion_file_is_said_and_not_taken_for_none(engine: Engine, tmp_path: Path) -> None:
    _imported(engine, "d1")
    _promoted(tmp_path / "bundles", BUNDLE)
    (tmp_path / "bundles" / "champion.json").write_text("{")
    with pytest.raises(BundleDamaged, match=r"champion\.json cannot be read"):
        scoring_due(engine, tmp_path / "bundles")
