"""`paceline models`: list, promote, roll back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from features.domain.errors import GateRefused
from models.bundle.champion import read_champion, roll_back
from paceline.console import say, say_json, say_table
from paceline.home import Home
from paceline.workspace import open_tracking
from training.tracking import CHAMPION
from training.train import promote_version


def list_versions(home: Home, *, as_json: bool) -> None:
    """Print all registered versions, newest first."""
    versions = open_tracking(home).versions()
    if as_json:
        say_json([vars(item) for item in versions])
        return
    rows = [
        [v.version, ", ".join(v.aliases), v.tags.get("as_of", ""), v.tags.get("gates", ""), v.bundle[:16]]
        for v in versions
    ]
    say_table(["version", "alias", "trained as of", "gates", "bundle"], rows)


def promote(home: Home, version: str, *, as_json: bool) -> None:
    """Serve `version`.

    Raises:
        GateRefused: Its gates did not agree.
    """
    tracking = open_tracking(home)
    chosen = tracking.version(version)
    if chosen.tags.get("gates") != "passed":
        raise GateRefused(f"version {version} was refused by its gates; see its model card and train again")
    promote_version(tracking, home.bundles, version, chosen.bundle, reason="promoted by hand")
    _tell(home, f"version {version} is served now", as_json=as_json)


def rollback(home: Home, *, as_json: bool) -> None:
    """Serve the model that was served before."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    champion = roll_back(home.bundles, now, "rolled back by hand")
    open_tracking(home).alias(CHAMPION, champion.current.model_version)
    _tell(home, f"rolled back; version {champion.current.model_version} is served now", as_json=as_json)


def _tell(home: Home, text: str, *, as_json: bool) -> None:
    champion = read_champion(home.bundles)
    if as_json:
        say_json(asdict(champion))
    else:
        say(f"{text} (bundle {champion.current.sha256[:16]}); run `paceline score` to speak with it")
