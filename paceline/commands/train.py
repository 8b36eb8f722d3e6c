"""`paceline train`: backtest, fit, log, gate, promote."""

from __future__ import annotations

from datetime import date

from paceline.console import note, pairs, progress, say, say_json, say_table
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_backtests, open_history, open_tracking, resolve_as_of
from training.promotion.gates import GateSettings
from training.train import TrainingResult, train


def run(
    home: Home, settings: CommandSettings, *, as_of: date | None, promote: bool, cutoffs: int | None, as_json: bool
) -> TrainingResult:
    """Train on what was known at `as_of` and print what came of it."""
    history = open_history(home, settings)
    with progress("train") as step:
        step("opening the experiment store", 0.0)
        result = train(
            history,
            open_tracking(home),
            open_backtests(home),
            bundles=home.bundles,
            as_of=resolve_as_of(history, as_of),
            cutoffs=cutoffs,
            promote=promote,
            gates=GateSettings(),
            progress=step,
        )
    if as_json:
        say_json(as_document(result))
    else:
        show(home, result)
    return result


def as_document(result: TrainingResult) -> dict[str, object]:
    """Return the result as JSON values."""
    return {
        "version": result.version,
        "run_id": result.run_id,
        "bundle": result.bundle,
        "promoted": result.promoted,
        "gates": [vars(gate) for gate in result.gates],
        "summary": result.summary.to_dict("records"),
        "skill": result.skill.to_dict("records"),
    }


def show(home: Home, result: TrainingResult) -> None:
    """Print the backtest, the gates and where to look further."""
    if len(result.summary):
        columns = ["forecaster", "lead", "rows", "mae", "crps", "bias", "coverage_80", "brier", "auc"]
        rows = [[cell(value) for value in line] for line in result.summary[columns].to_numpy()]
        say_table(columns, rows, title="Rolling backtest, attainment (1.00 = quota)")
    if len(result.skill):
        rows = [[line.lead, line.measure, f"{line.gain:+.1%}", line.best_name] for line in result.skill.itertuples()]
        say_table(["lead", "measure", "better than", "the best baseline"], rows)
    for gate in result.gates:
        say(f"gate {gate.gate}: {'passed' if gate.passed else 'REFUSED'}: {gate.reason}")
    served = "served now (champion)" if result.promoted else "registered as challenger, not served"
    say(pairs({"model version": f"{result.version}, {served}", "bundle": result.bundle[:16], "run": result.run_id}))
    note(f"look at the run: .venv/bin/mlflow ui --backend-store-uri '{home.mlflow_uri}'")


def cell(value: object) -> str:
    """Return a table cell: three decimals for fractions, none for counts.

    Examples:
        >>> cell(0.12345), cell(256.0), cell("pace")
        ('0.123', '256', 'pace')
    """
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) >= 2 else f"{value:.3f}"
    return str(value)
