"""The engineers' command writes the export and the truth to folders of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.simulator.__main__ import main
from training.simulator.crm_export import HEADERS


def test_the_command_writes_both_folders_and_prints_the_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--reps", "8", "--quarters", "2", "--seed", "3", "--until", "2021-05-14", "--out", str(tmp_path)]
    assert main(asked) == 0
    counts = json.loads(capsys.readouterr().out)
    assert set(counts) == set(HEADERS)
    assert {path.stem for path in (tmp_path / "crm").iterdir()} == set(HEADERS)
    assert (tmp_path / "truth" / "truth.json").is_file()
    assert not any("truth" in path.name for path in (tmp_path / "crm").iterdir())


def test_the_command_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--reps", "8"])
    assert stop.value.code == 2
    assert "--out" in capsys.readouterr().err


def test_a_preset_brings_its_own_tables_and_truth_says_which_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--preset", "no-pipeline", "--reps", "8", "--quarters", "2", "--discounts", "--out", str(tmp_path)]
    assert main(asked) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"reps", "team_assignments", "quotas", "bookings"}
    settings = json.loads((tmp_path / "truth" / "truth.json").read_text(encoding="utf-8"))["settings"]
    assert settings["pipeline"] is False
    assert settings["discounts"]["rush"] > 0


def test_a_preset_keeps_its_own_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--preset", "tiny", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    settings = json.loads((tmp_path / "truth" / "truth.json").read_text(encoding="utf-8"))["settings"]
    assert (settings["reps"], settings["quarters"]) == (8, 6)


def test_an_unknown_preset_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--preset", "brutal", "--out", "nowhere"])
    assert "hostile" in capsys.readouterr().err
