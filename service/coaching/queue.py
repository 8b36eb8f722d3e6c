"""With whom a manager spends the next hour: by what it is expected to bring, not by who stands worst."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from service.auth.principal import Scope
from service.coaching.lifecycle import CLOSED, State
from service.coaching.repository import FeedbackRepository
from service.coaching.schemas import Step
from service.scorecards.repository import ScorecardRepository
from service.scoring.documents import ScorecardDoc, SuggestionDoc


class QueueItem(BaseModel):
    """One rep with the play that is worth an hour."""

    rep_id: str
    name: str
    suggestion_id: str
    play_id: str
    audience: str = Field(description="Who acts: `rep`, with the manager's help, or `manager`.")
    title: dict[str, str] = Field(description="In English and Chinese.")
    why: dict[str, str] = Field(description="In English and Chinese.")
    state: State
    hours: float = Field(description="Time that the play takes.")
    gain_per_hour: float = Field(description="Expected gain, points of quota per hour.")
    low_per_hour: float = Field(description="Lower end of the plausible range, points per hour.")
    high_per_hour: float = Field(description="Upper end of the plausible range, points per hour.")


class Queue(BaseModel):
    """A team's next hours, the one that brings most first."""

    team_id: str
    budget: int = Field(description="Most tips for one week.")
    items: list[QueueItem]


def read_queue(connection: Connection, scope: Scope, team_id: str, budget: int) -> Queue | None:
    """Return the queue of a team, None where nobody of it is in scope.

    Args:
        connection: An open connection.
        scope: Who asks.
        team_id: The team.
        budget: Most tips for one week.
    """
    stored = ScorecardRepository(connection, scope).of_team(team_id)
    if not stored:
        return None
    cards: list[ScorecardDoc] = [json.loads(document) for _, document in stored]
    states = FeedbackRepository(connection, scope).states(suggestion_ids(cards))
    return queue_of(team_id, cards, states, budget=budget, own=scope.own)


def queue_of(
    team_id: str, cards: Sequence[ScorecardDoc], states: Mapping[str, Step], *, budget: int, own: str | None
) -> Queue:
    """Return with whom to spend the next hours.

    Args:
        team_id: The team.
        cards: Scorecards of its reps that are in scope.
        states: State of their suggestions; those that are absent count as proposed.
        budget: Most tips for one week.
        own: The rep that the manager is, who is no member of their own queue.

    Returns:
        At most `budget` reps, each with the open play that brings most per hour. Reps without an open play that
        closes a gap are left out, whatever their forecast.
    """
    best = [
        max(found, key=lambda item: (item.gain_per_hour, item.suggestion_id))
        for found in (_items(card, states) for card in cards if card["rep"]["rep_id"] != own)
        if found
    ]
    best.sort(key=lambda item: (-item.gain_per_hour, item.rep_id))
    return Queue(team_id=team_id, budget=budget, items=best[:budget])


def suggestion_ids(cards: Sequence[ScorecardDoc]) -> list[str]:
    """Return the ids of all suggestions on some cards."""
    return [suggestion["suggestion_id"] for card in cards for suggestion in card["suggestions"]]


def gain_per_hour(suggestion: SuggestionDoc) -> float | None:
    """Return what a suggestion is expected to bring, points of quota per hour; None where it closes no gap."""
    hours = suggestion["effort_hours"]
    return suggestion["effect_mid"] / hours if suggestion["kind"] == "gap" and hours > 0 else None


def _items(card: ScorecardDoc, states: Mapping[str, Step]) -> list[QueueItem]:
    found = []
    for suggestion in card["suggestions"]:
        step = states.get(suggestion["suggestion_id"])
        state: State = "proposed" if step is None else step.state
        gain = gain_per_hour(suggestion)
        if gain is not None and state not in CLOSED:
            found.append(_item(card, suggestion, state, gain))
    return found


def _item(card: ScorecardDoc, suggestion: SuggestionDoc, state: State, gain: float) -> QueueItem:
    hours = suggestion["effort_hours"]
    return QueueItem(
        rep_id=card["rep"]["rep_id"],
        name=card["rep"]["name"],
        suggestion_id=suggestion["suggestion_id"],
        play_id=suggestion["play_id"],
        audience=suggestion["audience"],
        title={"en": suggestion["title"]["en"], "zh": suggestion["title"]["zh"]},
        why={"en": suggestion["why"]["en"], "zh": suggestion["why"]["zh"]},
        state=state,
        hours=hours,
        gain_per_hour=gain,
        low_per_hour=suggestion["effect_low"] / hours,
        high_per_hour=suggestion["effect_high"] / hours,
    )
