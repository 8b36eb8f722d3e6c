"""`paceline monitor`: does the served model still fit the world?"""

from __future__ import annotations

from features.domain.errors import CheckFailed
from paceline.champion import load_champion
from paceline.console import progress, say, say_json, say_table
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history, resolve_as_of
from training.drift.monitor import monitor


def run(home: Home, settings: CommandSettings, *, as_json: bool) -> None:
    """Print the comparison.

    Raises:
        CheckFailed: A closed period was nothing the model could have expected.
    """
    history = open_history(home, settings)
    champion = load_champion(home)
    with progress("monitor") as step:
        step("forecasting the periods that have closed since", 0.2)
        result = monitor(history, champion.model, trained_on=champion.trained_on, as_of=resolve_as_of(history, None))
    if as_json:
        say_json({"passed": result.passed, "note": result.note, "checks": [vars(check) for check in result.checks]})
    elif result.note:
        say(result.note)
    else:
        rows = [[check.name, "ok" if check.passed else "LOOK", check.reason] for check in result.checks]
        say_table(["check", "", "what was found"], rows)
    if not result.passed:
        failed = [check.name for check in result.checks if not check.passed]
        raise CheckFailed(f"the served model no longer fits: {', '.join(failed)}; train again and compare")
