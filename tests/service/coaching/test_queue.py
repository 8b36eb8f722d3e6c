"""The manager's queue goes by expected gain per hour, and never by who stands worst."""

from __future__ import annotations

from typing import Any

import pytest

from service.coaching.lifecycle import State
from service.coaching.queue import Queue, queue_of, suggestion_ids
from service.coaching.schemas import Step
from service.scoring.documents import ScorecardDoc
from tests.service.world import World, score


def move(name: str, mid: float, hours: float, *, kind: str = "gap", audience: str = "rep") -> dict[str, Any]:
    """Return a suggestion that brings `mid` points in so many hours."""
    words = {"en": name, "zh": name}
    return {
        "suggestion_id": name,
        "play_id": f"play_{name}",
        "kind": kind,
        "audience": audience,
        "title": words,
        "why": words,
        "effort_hours": hours,
        "effect_low": mid - 2.0,
        "effect_mid": mid,
        "effect_high": mid + 4.0,
    }


def card(rep_id: str, *moves: dict[str, Any]) -> ScorecardDoc:
    """Return what the queue reads of a scorecard."""
    return {"rep": {"rep_id": rep_id, "name": rep_id.upper()}, "suggestions": list(moves)}  # type: ignore[typeddict-item]  # the rest is not read


def queue(*cards: ScorecardDoc, budget: int = 5, own: str | None = None, **states: State) -> Queue:
    told = {
        name: Step(suggestion_id=name, state=state, reason=None, recorded_at="now") for name, state in states.items()
    }
    return queue_of("t", list(cards), told, budget=budget, own=own)


def test_the_hour_that_brings_most_comes_first() -> None:
    # 6 points in 4 hours are 1.5 an hour, 4 points in 2 hours are 2.
    found = queue(card("a", move("a1", 6.0, 4.0)), card("b", move("b1", 4.0, 2.0)))
    assert [(item.rep_id, item.gain_per_hour) for item in found.items] == [("b", 2.0), ("a", 1.5)]


def test_a_gain_comes_with_its_range_per_hour() -> None:
    item = queue(card("a", move("a1", 6.0, 4.0))).items[0]
    assert (item.low_per_hour, item.gain_per_hour, item.high_per_hour, item.hours) == (1.0, 1.5, 2.5, 4.0)
    assert (item.play_id, item.state, item.name) == ("play_a1", "proposed", "A")


def test_each_rep_stands_once_with_the_play_that_brings_most_per_hour() -> None:
    found = queue(card("a", move("a1", 6.0, 4.0), move("a2", 3.0, 1.0)))
    assert [item.suggestion_id for item in found.items] == ["a2"]


def test_a_week_has_room_for_so_many_tips() -> None:
    found = queue(*(card(f"r{n}", move(f"m{n}", float(n), 1.0)) for n in range(1, 8)), budget=3)
    assert [item.rep_id for item in found.items] == ["r7", "r6", "r5"]
    assert found.budget == 3


@pytest.mark.parametrize(
    ("state", "stays"),
    [("approved", True), ("shown", True), ("accepted", True), ("later", False), ("not_useful", False), ("done", False)],
)
def test_what_is_closed_takes_no_more_time(state: State, stays: bool) -> None:
    assert bool(queue(card("a", move("a1", 6.0, 4.0)), a1=state).items) is stays


def test_after_one_play_is_closed_the_next_one_counts() -> None:
    found = queue(card("a", move("a1", 6.0, 1.0), move("a2", 3.0, 1.0)), a1="done")
    assert [item.suggestion_id for item in found.items] == ["a2"]


def test_strengths_and_managers_themselves_are_no_part_of_the_queue() -> None:
    found = queue(card("a", move("a1", 0.0, 1.0, kind="strength")), card("m", move("m1", 9.0, 1.0)), own="m")
    assert found.items == []


def test_ties_are_broken_by_id_so_that_the_order_stays() -> None:
    found = queue(card("b", move("b1", 2.0, 1.0)), card("a", move("a1", 2.0, 1.0)))
    assert [item.rep_id for item in found.items] == ["a", "b"]


def test_all_suggestions_of_all_cards_are_asked_about() -> None:
    assert suggestion_ids([card("a", move("a1", 1.0, 1.0)), card("b", move("b1", 1.0, 1.0))]) == ["a1", "b1"]


def test_anonymous(shared: World) -> None:
    assert shared.client().get("/v1/teams/north/queue").status_code == 401


def test_a_team_is_queued_and_looking_is_noted(world: World) -> None:
    score(world.storage, 2)
    with world.client("wang") as client:
        found = Queue.model_validate(client.get("/v1/teams/north/queue").json())
        first = found.items[0]
        client.post(f"/v1/suggestions/{first.suggestion_id}/feedback", json={"state": "done"})
        then = Queue.model_validate(client.get("/v1/teams/north/queue").json())

    assert 1 <= len(found.items) <= found.budget
    gains = [item.gain_per_hour for item in found.items]
    assert gains == sorted(gains, reverse=True)
    assert first.suggestion_id not in [item.suggestion_id for item in then.items]


def test_the_team_page_shows_the_queue_in_both_languages(world: World) -> None:
    client = world.client("wang")
    headers = {"Accept": "text/html"}
    assert 'id="queue"' in client.get("/teams/north?lang=en", headers=headers).text
    assert "下一小时优先安排" in client.get("/teams/north?lang=zh", headers=headers).text
