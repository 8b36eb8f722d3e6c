"""`paceline validate`: can this data carry a forecast?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from features.connectors.misfits import Saying
from features.domain.errors import CheckFailed
from features.domain.time import AsOf
from features.quality.fault_words import fault_sentence
from features.quality.faults import faults_at
from paceline.commands import ingest
from paceline.console import say, say_json
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history, resolve_as_of


def run(
    home: Home, settings: CommandSettings, source: Path | None, mapping: str | None, *, as_json: bool, lang: str = "en"
) -> None:
    """Check an export without importing it, or the imported data.

    Raises:
        UsageError: There is no such language.
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
            lang=lang,
        )
        return
    ingest.check_language(lang)
    history = open_history(home, settings)
    as_of = resolve_as_of(history, None)
    with history.known_by(AsOf(as_of, history.info.calendar.zone)) as known:
        found = [fault for fault in faults_at(known) if fault.code not in history.info.waived]
    if as_json:
        say_json({"as_of": as_of, "faults": [vars(fault) for fault in found], "waived": list(history.info.waived)})
    else:
        info = history.info
        say(_say("validated", lang, version=info.dataset_version, grade=info.grade, day=as_of))
        for fault in found:
            sentence = fault_sentence(fault.code, fault.figures, lang)
            say(_say("a dataset fault", lang, name=fault.code, sentence=sentence))
        say(_say("scoring declines", lang, count=len(found)) if found else _say("no fault found", lang))
    if found:
        raise CheckFailed(f"faults: {', '.join(fault.code for fault in found)}")


def _say(code: str, lang: str, **params: object) -> str:
    return Saying(code, params).told(lang)
