"""`paceline monitor`: does the served model still fit the world?"""

from __future__ import annotations

from datetime import date

import pandas as pd

from features.domain.errors import CheckFailed
from models.accuracy.drift import DriftLine
from paceline.champion import load_champion
from paceline.console import progress, say, say_json, say_table
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history, open_tracking, resolve_as_of
from service.jobs.drift_note import DriftNote, write_drift_note
from training.drift.monitor import MonitorResult, monitor
from training.train import SERVED

ROWS = "backtest.parquet"


def run(home: Home, settings: CommandSettings, *, as_json: bool) -> None:
    """Print the comparison.

    Raises:
        CheckFailed: A closed period was nothing the model, or the periods before it, could have made one expect.
    """
    history = open_history(home, settings)
    champion = load_champion(home)
    with progress("monitor") as step:
        step("reading the backtest of the served model", 0.1)
        rows = _backtest(home, champion.version)
        step("forecasting the periods that have closed since", 0.2)
        as_of = resolve_as_of(history, None)
        result = monitor(history, champion.model, trained_on=champion.trained_on, as_of=as_of, backtest=rows)
    write_drift_note(home.root, _note(result, champion.bundle, as_of))
    if as_json:
        say_json(_document(result))
    else:
        _tell(result)
    if not result.passed:
        failed = [check.name for check in result.checks if not check.passed]
        failed += [f"{line.measure} {line.period_start}" for line in result.flagged]
        raise CheckFailed(f"the served model no longer fits: {', '.join(failed)}; train again and compare")


def _backtest(home: Home, version: str) -> pd.DataFrame:
    """Return the served forecaster's rows of the backtest of its training; empty where too little had closed."""
    path = open_tracking(home).report_folder(version) / ROWS
    if not path.exists():
        return pd.DataFrame()
    rows = pd.read_parquet(path)
    return rows[rows["forecaster"] == SERVED].reset_index(drop=True)


def _note(result: MonitorResult, bundle: str, as_of: date) -> DriftNote:
    """Return what the status page tells of the comparison."""
    surprises = tuple(check.name for check in result.checks if not check.passed)
    return DriftNote(as_of.isoformat(), bundle, result.since, result.passed, result.flagged, surprises)


def _document(result: MonitorResult) -> dict[str, object]:
    return {
        "passed": result.passed,
        "note": result.note,
        "checks": [vars(check) for check in result.checks],
        "outcome_drift": [
            {**vars(line), "since_training": line.period_start in result.since} for line in result.outcomes
        ],
        "input_drift": vars(result.inputs) if result.inputs else None,
    }


def _tell(result: MonitorResult) -> None:
    if result.note:
        say(result.note)
    if result.checks:
        rows = [[check.name, "ok" if check.passed else "LOOK", check.reason] for check in result.checks]
        say_table(["check", "", "what was found"], rows)
    if result.outcomes:
        lines = [_row(result, line) for line in result.outcomes]
        columns = ["period", "measure", "", "off by", "usual sd", "sd off", "earlier periods"]
        say_table(columns, lines, title="Drift of outcomes, beside what earlier periods varied by")
    if result.inputs:
        say(f"Drift of inputs (a diagnosis, no alarm): {result.inputs.reason}")


def _row(result: MonitorResult, line: DriftLine) -> list[str]:
    """Return one line of the table; a flagged period that the served model was trained on is told, not acted on."""
    flagged = "DRIFT" if line.period_start in result.since else "drift, trained on since"
    told = [f"{line.value:+.1%}", f"{line.sd:.1%}", f"{line.z:+.1f}", str(line.periods)]
    return [line.period_start, line.measure, flagged if line.flagged else "ok", *told]
