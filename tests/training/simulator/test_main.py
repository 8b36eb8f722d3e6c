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
