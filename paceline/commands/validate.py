"""`paceline validate`: can this data carry a forecast?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from features.domain.errors import CheckFailed
from features.domain.time import AsOf
from features.quality.faults import faults_at
from paceline.commands import ingest
from paceline.console import say, say_json
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history, resolve_as_of


def run(home: Home, settings: CommandSettings, source: Path | None, mapping: str | None, *, as_json: bool) -> None:
    """Check an export without importing it, or the imported data.

    Raises:
        CheckFailed: The imported data has a fault that was not waived.
    """
    if source is not None:
        ingest.run(
            home,
            settings,
            source,
            mapping,
            dry_run=True,
            partial=False,
            received_at=datetime.now(UTC).replace(tzinfo=None),
            waive=(),
            as_json=as_json,
        )
        return
    history = open_history(home, settings)
    as_of = resolve_as_of(history, None)
    with history.known_by(AsOf(as_of, history.info.calendar.zone)) as known:
        found = [fault for fault in faults_at(known) if fault.code not in history.info.waived]
    if as_json:
        say_json({"as_of": as_of, "faults": [vars(fault) for fault in found], "waived": list(history.info.waived)})
    else:
        say(f"dataset {history.info.dataset_version}, data grade {history.info.grade}, facts to {as_of}")
        for fault in found:
            say(f"fault {fault.code}: {fault.sentence}")
        say(
            "no fault was found"
            if not found
            else f"{len(found)} faults; scoring declines until they are mended or waived"
        )
    if found:
        raise CheckFailed(f"faults: {', '.join(fault.code for fault in found)}")
