"""`paceline score`: speak about every rep with the promoted model, and keep what was said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.coaching.learning.outcomes import measured
from models.coaching.playbook import default_playbook
from models.coaching.proofs import effects
from paceline.champion import load_champion
from paceline.console import note, pairs, progress, say, say_json
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.tables import require_ending, write_rows
from paceline.workspace import open_engine, open_history, resolve_as_of
from service.coaching.effects import keep_effects
from service.coaching.log import admitted_policy, settled_decisions, taken_up
from service.coaching.recording import metric_values, record_measured, waiting_suggestions
from service.scoring.job import Scored, ScoringJob
from service.scoring.outcomes import attained_in
from service.scoring.repository import past_suggestions, served_snapshot
from service.scoring.settings import ScoringSettings
from service.storage.engine import writing
from service.storage.settling import keep_outcomes, targets_without_outcome
from service.storage.tables import calls, coaching_decisions, coaching_outcomes, outcomes

if TYPE_CHECKING:
    from sqlalchemy import Engine

SETTLING = ((calls, outcomes), (coaching_decisions, coaching_outcomes))
"""What waits for the result of its period, and where the result is kept."""


def run(home: Home, settings: CommandSettings, *, as_of: date | None, out: Path | None, as_json: bool) -> None:
    """Score, store a snapshot, and write the rows to `out`."""
    if out is not None:
        require_ending(out)
    history = open_history(home, settings)
    champion = load_champion(home)
    day, engine = resolve_as_of(history, as_of), open_engine(home)
    with progress("score") as step:
        job = ScoringJob(
            history=history,
            model=champion.model,
            model_version=champion.version,
            bundle=champion.bundle,
            settings=ScoringSettings(),
            scored_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
            past=past_suggestions(engine, day),
            before=served_snapshot(engine),
            learned=admitted_policy(engine, default_playbook()),
        )
        scored = job.run(day, step)
        step("storing the snapshot", 0.9)
        snapshot_id = job.store(scored, engine, home.paths)
        for waiting, kept in SETTLING:
            targets = targets_without_outcome(engine, waiting, kept, day)
            keep_outcomes(engine, kept, targets, attained_in(history, targets, day), day)
        record_coaching(engine, scored)
    if out is not None:
        write_rows(scored.rows, out)
        note(f"{len(scored.rows)} rows written to {out}")
    counts = {f"status {key}": int(value) for key, value in scored.rows["status"].value_counts().sort_index().items()}
    bands = {f"band {key}": int(value) for key, value in scored.rows["risk_band"].value_counts().sort_index().items()}
    told = {
        "snapshot": snapshot_id,
        "as_of": scored.as_of.isoformat(),
        "rows": len(scored.rows),
        "reps": len(scored.scorecards),
        "teams": len(scored.teams),
        **counts,
        **bands,
        "suggestions": sum(len(card["suggestions"]) for card in scored.scorecards),
    }
    if as_json:
        say_json(told)
    else:
        say(pairs(told))


def record_coaching(engine: Engine, scored: Scored) -> None:
    """Keep what this run shows about earlier suggestions, and judge all plays anew."""
    day = scored.as_of
    waiting = waiting_suggestions(engine, day)
    record_measured(engine, measured(waiting, metric_values(scored.metrics), default_playbook(), day))
    told = effects(default_playbook(), settled_decisions(engine), taken_up(engine), day)
    with writing(engine) as connection:
        keep_effects(connection, told)
