"""`paceline status`: what is here, and how fresh it is."""

from __future__ import annotations

from features.domain.errors import NoModel
from models.bundle.champion import read_champion
from paceline.console import pairs, say, say_json
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history, open_log, resolve_as_of
from service.jobs.diary import read_diary


def run(home: Home, settings: CommandSettings, *, as_json: bool) -> None:
    """Print the state of the home folder."""
    document = describe(home, settings)
    if as_json:
        say_json(document)
    else:
        say(pairs({key.replace("_", " "): "none" if value is None else value for key, value in document.items()}))


def describe(home: Home, settings: CommandSettings) -> dict[str, object]:
    """Return what was imported, which model is served and what was scored."""
    document: dict[str, object] = {"home": str(home.root), "dataset_version": None, "imports": 0}
    if home.root.exists():
        log = open_log(home)
        document["dataset_version"] = log.head()
        document["imports"] = sum(not row["undone"] for row in log.imports())
    if document["dataset_version"] is not None:
        history = open_history(home, settings)
        document["data_grade"] = str(history.info.grade)
        document["newest_fact"] = str(resolve_as_of(history, None))
        document["faults"] = ", ".join(history.info.faults) or None
        document["simulated"] = home.is_simulated
    return {**document, **_model(home), **_worker(home)}


def _worker(home: Home) -> dict[str, object]:
    runs = read_diary(home.root)
    if not runs:
        return {"last_worker_run": None}
    last = runs[0]
    told = f"failed with exit code {last.exit_code}: {last.said}" if last.failed else "scored"
    return {"last_worker_run": f"{last.ended_at}, {last.dataset_version}: {told}", "next_try": last.next_at}


def _model(home: Home) -> dict[str, object]:
    try:
        current = read_champion(home.bundles).current
    except NoModel:
        return {"model_version": None}
    return {
        "model_version": current.model_version,
        "bundle": current.sha256[:16],
        "promoted_at": current.promoted_at,
        "promoted_because": current.reason,
    }
