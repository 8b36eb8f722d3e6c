"""`paceline demo`: a simulated company through the front door, from its CRM export to its scorecards."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from features.domain.errors import CheckFailed
from features.domain.time import Grain, WorkCalendar, period_containing
from paceline.commands import ingest, score, train
from paceline.console import note, progress
from paceline.home import SIMULATED, Home
from paceline.settings import CommandSettings
from paceline.workspace import open_log
from training.backtest.folds import lead_day
from training.simulator.crm_export import write_crm_export
from training.simulator.organisation import Organisation, simulate, write_truth
from training.simulator.settings import SimulatorSettings


def run(
    home: Home,
    settings: CommandSettings,
    *,
    reps: int,
    quarters: int,
    seed: int,
    serve: bool,
    port: int,
    as_json: bool,
) -> None:
    """Simulate, ingest, train, score and serve.

    Raises:
        CheckFailed: The home folder holds a real company.
    """
    _refuse_real_data(home)
    export = home.simulated / f"export-{reps}-{quarters}-{seed}"
    with progress("simulate") as step:
        step(f"{reps} reps, {quarters} quarters", 0.1)
        organisation = simulate(SimulatorSettings(reps=reps, quarters=quarters, seed=seed))
        today = demo_day(organisation)
        step("writing its CRM export", 0.8)
        write_crm_export(organisation, export, until=today)
        write_truth(organisation, home.simulated / f"truth-{reps}-{quarters}-{seed}")
    described = {"simulated": True, "reps": reps, "quarters": quarters, "seed": seed, "today": today.isoformat()}
    (home.simulated / SIMULATED).write_text(json.dumps(described), encoding="utf-8")
    note(f"a simulated company of {reps} reps; its today is {today}")
    ingest.run(
        home,
        settings,
        export,
        "salesforce",
        dry_run=False,
        partial=False,
        received_at=datetime.combine(today, datetime.max.time(), UTC).replace(tzinfo=None, microsecond=0),
        waive=(),
        as_json=as_json,
    )
    train.run(home, settings, as_of=today, promote=True, cutoffs=None, as_json=as_json)
    score.run(home, settings, as_of=today, out=None, as_json=as_json)
    if serve:
        from paceline.commands.serve import run as serve_pages

        serve_pages(home, host="127.0.0.1", port=port, demo=True)


def demo_day(organisation: Organisation) -> date:
    """Return the day on which the demonstration stands: the middle of the last simulated quarter."""
    end = organisation.last_day
    quarter = period_containing(end, Grain.QUARTER)
    return lead_day(quarter, 0.5, WorkCalendar())


def _refuse_real_data(home: Home) -> None:
    """The demo must never mix a simulated company into a real one.

    Raises:
        CheckFailed: Something else was imported into this home folder.
    """
    if not home.root.exists() or home.is_simulated:
        return
    if open_log(home).head() is not None:
        raise CheckFailed(
            f"{home.root} holds an imported company; give the demo a folder of its own: paceline --home DIR demo"
        )
