"""Reads the log of decisions with what came of them, and keeps what was learned from it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import cast

from sqlalchemy import Engine, and_, exists, insert, select

from features.domain.errors import UsageError
from models.coaching.decision_docs import DecisionDoc
from models.coaching.learning.fitting import Lesson, PlayOutcome, SettledDecision
from models.coaching.learning.posterior import EffectPosterior
from models.coaching.learning.ranking import Learned
from models.coaching.playbook import Playbook
from service.storage.clock import utc_now
from service.storage.engine import reading, writing
from service.storage.settling import TARGET
from service.storage.snapshots import canonical_json, packed, unpacked
from service.storage.tables import (
    coaching_decisions,
    coaching_outcomes,
    coaching_policies,
    proximal_outcomes,
    snapshots,
    suggestion_events,
    suggestions,
)

TAKEN_UP = ("accepted", "done")
"""States by which a rep has taken a play up."""
POINTS = 100.0


def play_outcomes(engine: Engine) -> list[PlayOutcome]:
    """Return every measured suggestion with the decision it came from, in order of suggestion ids."""
    decided = and_(
        coaching_decisions.c.snapshot_id == suggestions.c.first_snapshot_id,
        coaching_decisions.c.rep_id == suggestions.c.rep_id,
    )
    events = suggestion_events
    taken = exists().where(
        events.c.suggestion_id == suggestions.c.suggestion_id,
        events.c.state.in_(TAKEN_UP),
        events.c.recorded_at < proximal_outcomes.c.measured_on + "T99",
    )
    query = (
        select(
            suggestions.c.play_id,
            proximal_outcomes.c.surplus,
            proximal_outcomes.c.noise,
            coaching_decisions.c.document,
            taken.label("taken"),
        )
        .join_from(proximal_outcomes, suggestions, proximal_outcomes.c.suggestion_id == suggestions.c.suggestion_id)
        .join(coaching_decisions, decided)
        .order_by(suggestions.c.suggestion_id)
    )
    with reading(engine) as connection:
        return [
            PlayOutcome(
                decision=cast(DecisionDoc, unpacked(row.document)),
                play_id=row.play_id,
                taken=bool(row.taken),
                surplus=row.surplus,
                noise=row.noise,
            )
            for row in connection.execute(query)
        ]


def settled_decisions(engine: Engine) -> list[SettledDecision]:
    """Return the first decision of every rep and period that is over, with what came beyond its forecast."""
    same = and_(*(coaching_outcomes.c[name] == coaching_decisions.c[name] for name in TARGET))
    query = (
        select(coaching_decisions, coaching_outcomes.c.attained)
        .join_from(coaching_decisions, coaching_outcomes, same)
        .join(snapshots, snapshots.c.snapshot_id == coaching_decisions.c.snapshot_id)
        .where(coaching_decisions.c.quota > 0)
        .order_by(coaching_decisions.c.period_start, coaching_decisions.c.rep_id, snapshots.c.as_of, snapshots.c.seq)
    )
    found: dict[tuple[str, ...], SettledDecision] = {}
    with reading(engine) as connection:
        for row in connection.execute(query):
            key = tuple(str(row._mapping[name]) for name in TARGET)
            if key not in found:
                reward = POINTS * (row.attained - row.forecast) / row.quota
                found[key] = SettledDecision(cast(DecisionDoc, unpacked(row.document)), reward)
    return list(found.values())


def taken_up(engine: Engine) -> dict[tuple[str, str], set[str]]:
    """Return the plays that were taken up, by rep and first day of the period in which they were suggested."""
    decided = and_(
        coaching_decisions.c.snapshot_id == suggestions.c.first_snapshot_id,
        coaching_decisions.c.rep_id == suggestions.c.rep_id,
    )
    query = (
        select(suggestions.c.rep_id, coaching_decisions.c.period_start, suggestions.c.play_id)
        .distinct()
        .join_from(suggestion_events, suggestions, suggestion_events.c.suggestion_id == suggestions.c.suggestion_id)
        .join(coaching_decisions, decided)
        .where(suggestion_events.c.state.in_(TAKEN_UP))
    )
    found: dict[tuple[str, str], set[str]] = {}
    with reading(engine) as connection:
        for rep_id, period_start, play_id in connection.execute(query):
            found.setdefault((rep_id, period_start), set()).add(play_id)
    return found


def keep_lesson(engine: Engine, lesson: Lesson, as_of: date) -> str:
    """Keep what was learned and whether it was let in; the same lesson again is not kept twice.

    Returns:
        Its version.
    """
    learned = lesson.learned
    document: dict[str, object] = {
        "schema": 1,
        "posterior": learned.posterior.to_json(learned.play_ids),
        "seed": learned.seed,
        "outcomes": lesson.outcomes,
        "settled": lesson.settled,
        "gain": None if lesson.gain is None else vars(lesson.gain),
        "values": {name: vars(value) for name, value in lesson.values.items()},
    }
    digest = hashlib.sha256(canonical_json({**document, "admitted": lesson.admitted})).hexdigest()[:12]
    version = f"learned-{digest}"
    row = {
        "version": version,
        "as_of": as_of.isoformat(),
        "recorded_at": utc_now(),
        "admitted": lesson.admitted,
        "reason": lesson.reason,
        "document": packed(document),
    }
    with writing(engine) as connection:
        known = select(coaching_policies.c.seq).where(coaching_policies.c.version == version)
        if connection.execute(known).first() is None:
            connection.execute(insert(coaching_policies).values(**row))
    return version


def admitted_policy(engine: Engine, playbook: Playbook) -> Learned | None:
    """Return the newest policy that was let in, None where there is none or it is about another playbook."""
    query = (
        select(coaching_policies.c.version, coaching_policies.c.document)
        .where(coaching_policies.c.admitted.is_(True))
        .order_by(coaching_policies.c.seq.desc())
        .limit(1)
    )
    with reading(engine) as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    document = unpacked(row.document)
    play_ids = tuple(play.id for play in playbook.gaps)
    try:
        posterior = EffectPosterior.from_json(document["posterior"], play_ids)
    except UsageError:
        # Another playbook was learned about: the rule stays until `coach learn` has seen the new one.
        return None
    return Learned(play_ids, posterior, int(document["seed"]), version=str(row.version))
