"""`paceline ingest`: stage an export through a mapping, commit it whole, and say what was found."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from features.connectors.mapping import builtin_mappings, load_mapping
from features.connectors.misfits import Misfit
from features.connectors.stage import NothingAccepted, RowsRefused, stage
from features.domain.errors import MappingError, UsageError
from features.history.commit import commit_import, undo_import
from features.history.store import DeltaFactStore
from paceline.console import note, progress, say, say_json
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_log


def run(
    home: Home,
    settings: CommandSettings,
    source: Path,
    mapping: str | None,
    *,
    dry_run: bool,
    partial: bool,
    received_at: datetime | None,
    waive: tuple[str, ...],
    as_json: bool,
    lang: str = "en",
) -> None:
    """Import `source`; everything or nothing.

    Raises:
        UsageError: No mapping was named.
        ContractViolation: Rows break the contract; all faults are listed.
    """
    check_language(lang)
    if mapping is None:
        raise UsageError(
            f"say how to read the export: --mapping NAME_OR_FILE; built in: {', '.join(builtin_mappings())}; "
            "or draft one with --init-mapping"
        )
    log = open_log(home)
    arrived = received_at or datetime.now(UTC).replace(tzinfo=None)
    home.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.work) as scratch, progress("ingest") as step:
        try:
            chosen = load_mapping(mapping)
            staged = stage(source, chosen, Path(scratch), partial=partial, progress=lambda what: step(what, 0.3))
        except RowsRefused as refused:
            _tell_quarantine(_keep_quarantine(home, refused.quarantine, "refused"))
            raise RowsRefused(refused.report, refused.quarantine, lang) from None
        except NothingAccepted as empty:
            raise NothingAccepted(empty.name, empty.report, lang) from None
        except Misfit as misfit:
            raise MappingError(misfit.told(lang)) from None
        step("writing facts", 0.7)
        store = DeltaFactStore(home.facts)
        result = commit_import(staged, store, log, received_at=arrived, dry_run=dry_run, waive=waive)
        kept = _keep_quarantine(home, staged.quarantine, result.dataset_version)
    if as_json:
        say_json(result.as_json())
    else:
        say(result.as_text(lang))
    _tell_quarantine(kept)


def check_language(lang: str) -> None:
    """Check that reports can be told in a language.

    Raises:
        UsageError: They cannot.
    """
    if lang not in {"en", "zh"}:
        raise UsageError(f"--lang {lang!r} is not a language of the faults; use en or zh")


def _tell_quarantine(kept: Path | None) -> None:
    if kept is not None:
        note(f"refused rows are in {kept}")


def _keep_quarantine(home: Home, quarantine: Path | None, name: str) -> Path | None:
    if quarantine is None or not quarantine.exists():
        return None
    home.quarantine.mkdir(parents=True, exist_ok=True)
    kept = home.quarantine / f"{name}.csv"
    shutil.copyfile(quarantine, kept)
    return kept


def draft(source: Path, *, as_json: bool) -> None:
    """Print a mapping drafted from the header names."""
    from features.connectors.draft import draft_mapping

    text = draft_mapping(source)
    if as_json:
        say_json({"mapping": text})
    else:
        say(text)


def undo(home: Home, *, as_json: bool) -> None:
    """Take back the newest import."""
    undone, head = undo_import(open_log(home))
    if as_json:
        say_json({"undone": undone, "dataset_version": head})
    else:
        say(f"took back {undone}; the newest dataset is {head or 'none'}")
