"""`paceline report`: a team, a rep or the served model as one HTML file."""

from __future__ import annotations

import asyncio
import base64
from html import escape
from pathlib import Path

from fastapi import FastAPI

from features.domain.errors import UsageError
from models.bundle.champion import read_champion
from paceline.console import say, say_json
from paceline.home import Home
from paceline.workspace import open_tracking
from service.app import create_app
from service.settings import ServeSettings
from service.web.capture import rep_file, team_file

STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}img{max-width:100%}"


def team(home: Home, team_id: str, *, out: Path | None, lang: str, as_json: bool) -> None:
    """Write the team review."""
    html = asyncio.run(team_file(_app(home), team_id, lang=checked(lang)))
    _write(html, out or home.reports / f"team-{team_id}.{lang}.html", as_json=as_json)


def rep(home: Home, rep_id: str, *, out: Path | None, lang: str, as_json: bool) -> None:
    """Write one rep's scorecard."""
    html = asyncio.run(rep_file(_app(home), rep_id, lang=checked(lang)))
    _write(html, out or home.reports / f"rep-{rep_id}.{lang}.html", as_json=as_json)


def model(home: Home, *, out: Path | None, as_json: bool) -> None:
    """Write the served model's card and pictures."""
    champion = read_champion(home.bundles).current
    folder = open_tracking(home).report_folder(champion.model_version)
    card = escape((folder / "model_card.md").read_text(encoding="utf-8"))
    pictures = "".join(_picture(path) for path in sorted(folder.glob("*.png")))
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Model {champion.model_version}</title>'
        f"<style>{STYLE}</style></head><body><pre>{card}</pre>{pictures}</body></html>"
    )
    _write(html, out or home.reports / f"model-{champion.model_version}.html", as_json=as_json)


def _app(home: Home) -> FastAPI:
    return create_app(ServeSettings(database=home.root, simulated=home.is_simulated))


def checked(lang: str) -> str:
    """Return `lang` if there are pages in it.

    Raises:
        UsageError: There are none.
    """
    if lang not in {"en", "zh"}:
        raise UsageError(f"--lang {lang!r} is not a language of the pages; use en or zh")
    return lang


def _picture(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    title = escape(path.stem.replace("_", " "))
    return f'<h2>{title}</h2><img alt="{title}" src="data:image/png;base64,{data}">'


def _write(html: str, path: Path, *, as_json: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")
    if as_json:
        say_json({"path": str(path), "bytes": len(html.encode())})
    else:
        say(str(path))
