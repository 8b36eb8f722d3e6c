"""What was shown is collected, written in one go, and never twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from service.coaching.queue import Queue
from service.coaching.shown import ShownLog, shown_to
from service.storage.engine import Storage, reading
from service.storage.tables import suggestion_events
from tests.service.world import World, score
from tests.support.documents import CASES

T = TypeVar("T")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def card(*ids: str, audience: str = "rep") -> bytes:
    """Return a card with these suggestions."""
    return json.dumps({"suggestions": [{"suggestion_id": one, "audience": audience} for one in ids]}).encode()


def shown(storage: Storage) -> list[tuple[str, str]]:
    """Return (suggestion, moment) of what was recorded as shown."""
    with reading(storage.engine) as connection:
        query = select(suggestion_events).where(suggestion_events.c.state == "shown")
        return [(row.suggestion_id, row.recorded_at) for row in connection.execute(query)]


def test_what_is_noted_is_written_with_the_moment_of_the_clock(world: World) -> None:
    log = ShownLog(world.storage, lambda: NOON)
    log.note("u", "r-chen", card("r-chen-s1", "r-chen-s0"), own=True)

    asyncio.run(log.flush())

    moment = "2026-11-23T12:00:00.000000Z"
    assert shown(world.storage) == [("r-chen-s0", moment), ("r-chen-s1", moment)]


def test_the_same_card_is_not_asked_about_again(world: World) -> None:
    counted = CountingStorage(world.storage.engine)
    log = ShownLog(counted, lambda: NOON)
    for _ in range(3):
        log.note("u", "r-chen", card("r-chen-s0"), own=True)
        asyncio.run(log.flush())

    assert counted.writes == [1]


def test_another_process_finds_what_this_one_has_recorded(world: World) -> None:
    for person in ("u", "v"):
        log = ShownLog(world.storage, lambda: NOON)
        log.note(person, "r-chen", card("r-chen-s0"), own=True)
        asyncio.run(log.flush())

    assert [name for name, _ in shown(world.storage)] == ["r-chen-s0"]


def test_a_look_that_cannot_be_written_waits_for_the_next_time(world: World) -> None:
    failing = CountingStorage(world.storage.engine, fails=1)
    log = ShownLog(failing, lambda: NOON)
    log.note("u", "r-chen", card("r-chen-s0"), own=True)

    with pytest.raises(OperationalError):
        asyncio.run(log.flush())
    asyncio.run(log.flush())

    assert [name for name, _ in shown(world.storage)] == ["r-chen-s0"]


def test_a_suggestion_that_scoring_never_stored_is_left_out(world: World) -> None:
    log = ShownLog(world.storage, lambda: NOON)
    log.note("u", "r-chen", card("nothing"), own=True)

    asyncio.run(log.flush())

    assert shown(world.storage) == []


def test_the_list_of_a_team_shows_reps_their_own_card_and_managers_what_is_addressed_to_them(world: World) -> None:
    with world.client("wang") as client:
        assert client.get("/v1/teams/north/scorecards").status_code == 200
    assert "r-chen-s0" not in [name for name, _ in shown(world.storage)]  # it is addressed to the rep
    with world.client("chen") as client:
        assert client.get("/v1/teams/north/scorecards").status_code == 200
    assert "r-chen-s0" in [name for name, _ in shown(world.storage)]


@pytest.mark.parametrize("address", ["/teams/north", "/v1/teams/north/queue"])
def test_the_queue_shows_a_manager_what_it_asks_of_them_and_not_what_is_addressed_to_a_rep(
    world: World, address: str
) -> None:
    score(world.storage, 2, cases=(replace(CASES[0], suggestions=4), *CASES[1:3]))
    with world.client("chen") as client:  # what was best of chen's is done; the next best asks the manager
        for number in (0, 1):
            client.post(f"/v1/suggestions/r-chen-s{number}/feedback", json={"state": "done"})
    with world.client("wang") as client:
        assert client.get(address, headers={"Accept": "text/html"}).status_code == 200
        items = client.get("/v1/teams/north/queue").json()["items"]
    asked = {item["suggestion_id"]: item["audience"] for item in items}
    assert sorted(set(asked.values())) == ["manager", "rep"]
    assert {name for name, _ in shown(world.storage)} & set(asked) == {"r-chen-s3"}


def test_the_same_queue_is_not_asked_about_again(world: World) -> None:
    counted = CountingStorage(world.storage.engine)
    log = ShownLog(counted, lambda: NOON)
    with world.client("wang") as client:
        queue = Queue.model_validate(client.get("/v1/teams/north/queue").json())
    mine = queue.model_copy(update={"items": [item.model_copy(update={"audience": "manager"}) for item in queue.items]})
    for _ in range(3):
        log.note_queue("u", mine)
        asyncio.run(log.flush())

    assert counted.writes == [1]


@pytest.mark.parametrize(
    ("period", "seen"),
    [({}, True), ({"period_start": "2031-01-01"}, False)],
)
def test_what_another_system_attaches_is_shown_where_something_was_attached(
    world: World, period: dict[str, str], seen: bool
) -> None:
    with world.client("chen") as client:
        client.post("/v1/scorecards/attach", json={"scorecards": [{"rep_id": "r-chen", **period}, {"rep_id": "none"}]})
    assert ("r-chen-s0" in [name for name, _ in shown(world.storage)]) is seen


def test_an_empty_card_shows_nothing() -> None:
    assert shown_to("rep", card()) == []


@dataclass(frozen=True)
class CountingStorage(Storage):
    """A database that counts its writes and refuses the first `fails` of them."""

    fails: int = 0
    writes: list[int] = field(default_factory=list)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Count, then write or refuse."""
        self.writes.append(1)
        if len(self.writes) <= self.fails:
            raise OperationalError("no", None, Exception())
        return await super().write(change)
