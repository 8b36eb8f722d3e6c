"""How often plays were shown and taken up, and what may be said about their effects: never about one rep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from pydantic import BaseModel, Field
from sqlalchemy import Connection, func, insert, select

from models.coaching.effect_docs import EffectsDoc, PlayEffectDoc
from service.storage.clock import utc_now
from service.storage.snapshots import packed, unpacked
from service.storage.tables import coaching_effects, suggestion_events, suggestions

LEAST_PEOPLE = 5
"""Reps behind a count; smaller groups could be told apart by those who know them."""
COARSE = 100
"""Where so few stand behind a count that it is not told, what is missing is told in steps of this: exact, it would tell
the count."""
COUNTED = ("shown", "accepted", "done")


class EffectEstimate(BaseModel):
    """An effect with its interval, points of quota."""

    effect: float
    low: float
    high: float
    placebo_p: float | None = Field(description="Of the same comparison two periods earlier, which must show nothing.")


class PlayEffect(BaseModel):
    """What is known about one play, over all reps together."""

    play_id: str
    title: dict[str, str] = Field(description="In English and Chinese.")
    shown: int | None = Field(description="Reps who were shown it; null where fewer than five were.")
    accepted: int | None = Field(description="Reps who took it up; null where fewer than five did.")
    done: int | None = Field(description="Reps who did it; null where fewer than five did.")
    rep_periods: int | None = Field(description="Settled rep-periods with the play; null where fewer than five.")
    refused: Literal["too_few", "no_overlap", "placebo"] | None = Field(description="Why no effect may be stated.")
    needs: int = Field(
        description="Rep-periods missing to see an effect worth seeing; rounded up where fewer than five had the play."
    )
    matched: EffectEstimate | None = Field(description="Against similar rep-periods without a play.")
    robust: EffectEstimate | None = Field(description="Doubly robust, where both groups overlap.")
    helps: bool = Field(description="The whole interval of the matched comparison lies above zero.")


class Effects(BaseModel):
    """What is known about every play."""

    as_of: str | None = Field(description="Day of the last judgement; null before the first scoring.")
    level: float | None = Field(description="Coverage that intervals promise.")
    plays: list[PlayEffect]


def keep_effects(connection: Connection, document: EffectsDoc) -> None:
    """Keep what may be said from now on."""
    row = {"as_of": document["as_of"], "recorded_at": utc_now(), "document": packed(dict(document))}
    connection.execute(insert(coaching_effects).values(**row))


def read_effects(connection: Connection) -> Effects:
    """Return the newest judgement with the counts of this moment."""
    query = select(coaching_effects.c.document).order_by(coaching_effects.c.seq.desc()).limit(1)
    stored = connection.execute(query).scalar_one_or_none()
    if stored is None:
        return Effects(as_of=None, level=None, plays=[])
    document = cast(EffectsDoc, unpacked(stored))
    counted = _counts(connection)
    plays = [_play(told, counted) for told in document["plays"]]
    return Effects(as_of=document["as_of"], level=document["level"], plays=plays)


def _counts(connection: Connection) -> dict[tuple[str, str], int]:
    """Return the number of reps by play and state that one of their suggestions has been in."""
    events = suggestion_events
    query = (
        select(suggestions.c.play_id, events.c.state, func.count(func.distinct(suggestions.c.rep_id)))
        .join_from(events, suggestions, events.c.suggestion_id == suggestions.c.suggestion_id)
        .where(events.c.state.in_(COUNTED))
        .group_by(suggestions.c.play_id, events.c.state)
    )
    return {(play_id, state): count for play_id, state, count in connection.execute(query)}


def _play(told: PlayEffectDoc, counted: Mapping[tuple[str, str], int]) -> PlayEffect:
    counts = {state: suppressed(counted.get((told["play_id"], state), 0)) for state in COUNTED}
    shown = {name: value for name, value in told.items() if name not in {"rep_periods", "without"}}
    periods = suppressed(told["rep_periods"])
    needs = told["needs"] if periods is not None else rounded_up(told["needs"])
    return PlayEffect.model_validate({**shown, **counts, "rep_periods": periods, "needs": needs})


def suppressed(count: int) -> int | None:
    """Return a count, None where so few people stand behind it that they could be told.

    Examples:
        >>> suppressed(5), suppressed(4)
        (5, None)
    """
    return count if count >= LEAST_PEOPLE else None


def rounded_up(count: int) -> int:
    """Return a count rounded up to whole steps of `COARSE`.

    Examples:
        >>> rounded_up(4_516), rounded_up(4_512), rounded_up(0)
        (4600, 4600, 0)
    """
    return -(-count // COARSE) * COARSE
