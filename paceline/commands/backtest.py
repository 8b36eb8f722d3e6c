"""`paceline backtest`: the forecast, every simple rule and every peer formula at past cutoffs, with the outcome."""

from __future__ import annotations

from pathlib import Path

from models.risk.alert_settings import AlertSettings
from paceline.commands.train import cell
from paceline.console import note, progress, say_json, say_table
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.tables import require_ending, write_rows
from paceline.workspace import open_history, resolve_as_of
from training.backtest.alert_summary import alert_summary
from training.backtest.summary import summarise
from training.plan import plan_training
from training.train import BASELINES, PEERS, SERVED, backtest

JUDGED = tuple(sorted({*BASELINES, *PEERS}))
"""Forecasters that stand beside the served one."""


def run(home: Home, settings: CommandSettings, *, cutoffs: int | None, out: Path | None, as_json: bool) -> None:
    """Backtest and print one line per forecaster and lead; write every row to `out`."""
    if out is not None:
        require_ending(out)
    history = open_history(home, settings)
    plan = plan_training(history, resolve_as_of(history, None), cutoffs)
    with progress("backtest") as step:
        rows = backtest(history, plan, step, JUDGED)
    summary = summarise(rows)
    if out is not None:
        write_rows(rows, out)
        note(f"{len(rows)} rows written to {out}")
    if as_json:
        say_json(summary.to_dict("records"))
        return
    say_table(list(summary.columns), [[cell(value) for value in line] for line in summary.to_numpy()])
    flags = alert_summary(rows[rows["forecaster"] == SERVED], AlertSettings())
    if len(flags):
        title = "The at-risk flag, as it would have stood"
        say_table(list(flags.columns), [[cell(value) for value in line] for line in flags.to_numpy()], title=title)
