"""`paceline monitor` answers 3 on drift, tells what it found in both ways, and leaves it for the status page."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from models.accuracy.drift import DriftLine
from paceline.cli import main
from paceline.commands import monitor as command
from service.jobs.drift_note import read_drift_note
from training.drift.checks import Check
from training.drift.monitor import MonitorResult

FELL = DriftLine("inflow", "2024-04-01", -0.3, 0.1, 8, -3.0, flagged=True)
INPUTS = Check("features", passed=True, value=1.0, reason="1 of 9 features moved: pace 0.41")


def found(*since: str) -> MonitorResult:
    return MonitorResult((), (FELL,), since, INPUTS, "")


@pytest.fixture
def _stands(monkeypatch: pytest.MonkeyPatch) -> None:
    champion = SimpleNamespace(model=None, version="1", bundle="ab", trained_on=date(2024, 1, 1))
    monkeypatch.setattr(command, "open_history", lambda home, settings: None)
    monkeypatch.setattr(command, "load_champion", lambda home: champion)
    monkeypatch.setattr(command, "resolve_as_of", lambda history, day: date(2024, 8, 1))
    monkeypatch.setattr(command, "_backtest", lambda home, version: pd.DataFrame())


@pytest.mark.usefixtures("_stands")
@pytest.mark.parametrize(("since", "code"), [(("2024-04-01",), 3), ((), 0)])
def test_drift_fails_only_where_the_model_was_not_trained_on_it_since(
    since: tuple[str, ...],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "monitor", lambda *_, **__: found(*since))
    assert main(["--home", str(tmp_path), "monitor", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] is (code == 0)
    assert [(line["measure"], line["since_training"]) for line in told["outcome_drift"]] == [("inflow", bool(since))]
    assert told["input_drift"]["reason"] == INPUTS.reason
    note = read_drift_note(tmp_path)
    assert note is not None
    assert (note.passed, note.bundle, note.flagged) == (code == 0, "ab", (FELL,) if since else ())


@pytest.mark.usefixtures("_stands")
def test_the_table_tells_outcomes_and_inputs_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "monitor", lambda *_, **__: found("2024-04-01"))
    assert main(["--home", str(tmp_path), "monitor"]) == 3
    out, error = capsys.readouterr()
    line = next(line for line in out.splitlines() if "inflow" in line)
    assert line.split() == ["2024-04-01", "inflow", "DRIFT", "-30.0%", "10.0%", "-3.0", "8"]
    assert "a diagnosis, no alarm" in out
    assert "inflow 2024-04-01" in error
