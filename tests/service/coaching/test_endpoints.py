"""The states of suggestions over HTTP: who may move them, which steps are legal, what is kept of each."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from service.storage.engine import reading
from service.storage.tables import audit, suggestion_events
from service.storage.tables import users as user_table
from tests.service.world import PEOPLE, World, score

MINE = "r-chen-s0"
FEEDBACK, APPROVE = f"/v1/suggestions/{MINE}/feedback", f"/v1/suggestions/{MINE}/approve"


def steps(world: World, suggestion_id: str = MINE) -> list[tuple[str, str, str | None]]:
    """Return (who, state, reason) of every step of a suggestion, oldest first."""
    with reading(world.storage.engine) as connection:
        query = select(suggestion_events).where(suggestion_events.c.suggestion_id == suggestion_id)
        rows = connection.execute(query.order_by(suggestion_events.c.event_id)).all()
        users = {row.user_id: row.name for row in connection.execute(select(user_table))}
    return [(users.get(row.actor, row.actor), row.state, row.reason) for row in rows]


def test_anonymous(shared: World) -> None:
    assert shared.client().post(APPROVE).status_code == 401


def test_scoring_proposes_a_suggestion_once(world: World) -> None:
    score(world.storage, 2)

    assert steps(world) == [("scoring", "proposed", None)]


@pytest.mark.parametrize("caller", PEOPLE)
def test_only_those_who_lead_the_rep_approve(world: World, caller: str) -> None:
    answer = world.client(caller).post(APPROVE)

    assert answer.status_code == (200 if caller in {"wang", "boss", "admin"} else 404), caller


def test_approving_twice_is_approving_once(world: World) -> None:
    client = world.client("wang")

    first, again = client.post(APPROVE), client.post(APPROVE)

    assert first.json() == again.json()
    assert (first.json()["suggestion_id"], first.json()["state"]) == (MINE, "approved")
    assert steps(world) == [("scoring", "proposed", None), ("wang", "approved", None)]
    with reading(world.storage.engine) as connection:
        noted = connection.execute(select(audit.c.object).where(audit.c.action == "approve")).scalars().all()
    assert noted == [f"suggestion:{MINE}"]


def test_what_was_answered_cannot_be_approved_any_more(world: World) -> None:
    world.client("chen").post(FEEDBACK, json={"state": "not_useful", "reason": "no leads"})

    refused = world.client("wang").post(APPROVE)

    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert steps(world)[-1] == ("chen", "not_useful", "no leads")


def test_an_approval_stands_after_the_rep_has_seen_it(world: World) -> None:
    world.client("wang").post(APPROVE)
    with world.client("chen") as client:
        client.get("/v1/me/scorecard")

    again = world.client("wang").post(APPROVE)

    assert again.json()["state"] == "approved"
    assert [state for _, state, _ in steps(world)] == ["proposed", "approved", "shown"]


def test_a_useful_suggestion_is_accepted_and_then_done(world: World) -> None:
    client = world.client("chen")

    answers = [client.post(FEEDBACK, json={"state": state}).json()["state"] for state in ("accepted", "done")]

    assert answers == ["accepted", "done"]
    assert [state for _, state, _ in steps(world)] == ["proposed", "accepted", "done"]


@pytest.mark.parametrize("state", ["shown", "approved", "proposed"])
def test_feedback_cannot_forge_a_state_that_is_no_answer(shared: World, state: str) -> None:
    assert shared.client("chen").post(FEEDBACK, json={"state": state}).status_code == 422


def test_a_card_that_was_looked_at_is_shown_once_however_often(world: World) -> None:
    for _ in range(2):
        with world.client("chen") as client:
            for path in ("/v1/me/scorecard", "/v1/reps/r-chen/scorecard", "/me"):
                assert client.get(path).status_code == 200

    assert steps(world) == [("scoring", "proposed", None), ("chen", "shown", None)]


def test_a_manager_who_looks_is_shown_only_what_is_addressed_to_managers(world: World) -> None:
    with world.client("wang") as client:
        card = json.loads(client.get("/v1/reps/r-chen/scorecard").content)

    theirs = {one["suggestion_id"]: one["audience"] for one in card["suggestions"]}
    shown = {name for name in theirs if ("wang", "shown", None) in steps(world, name)}
    assert shown == {name for name, audience in theirs.items() if audience == "manager"}


def test_an_answered_suggestion_is_not_shown_anew(world: World) -> None:
    world.client("chen").post(FEEDBACK, json={"state": "later"})
    with world.client("chen") as client:
        client.get("/v1/me/scorecard")

    assert [state for _, state, _ in steps(world)] == ["proposed", "later"]
