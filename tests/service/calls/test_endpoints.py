"""A person's own number is kept beside the forecast: who may call and read it, and that nothing of it is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from service.storage.engine import reading
from service.storage.tables import audit, calls
from tests.service.auth.test_authz_matrix import SCORED, SUBJECTS, _may_see
from tests.service.world import NORTH, PEOPLE, World, score
from tests.support.documents import row

PATH = "/v1/reps/r-chen/calls"
TARGET = {name: str(row(NORTH[0])[name]) for name in ("period_start", "period_end", "metric")}
BODY: dict[str, Any] = {**TARGET, "amount": 840_000, "note": "two renewals are signed"}


def _stored(world: World) -> list[tuple[str, float]]:
    with reading(world.storage.engine) as connection:
        found = connection.execute(select(calls.c.rep_id, calls.c.amount).order_by(calls.c.call_id))
        return [(line.rep_id, line.amount) for line in found]


def test_an_anonymous_caller_gets_nothing(shared: World) -> None:
    assert shared.client().get(PATH).status_code == 401
    assert shared.client().put(PATH, json=BODY).status_code == 401


@pytest.mark.parametrize("caller", PEOPLE)
def test_calls_are_read_and_made_by_those_who_see_the_rep_and_by_nobody_else(world: World, caller: str) -> None:
    client = world.client(caller)
    for subject in SUBJECTS:
        seen = subject in SCORED and _may_see(caller, subject)
        assert client.get(f"/v1/reps/{subject}/calls").status_code == (200 if seen else 404), subject
        assert client.put(f"/v1/reps/{subject}/calls", json=BODY).status_code == (200 if seen else 404), subject
    assert {rep for rep, _ in _stored(world)} == {rep for rep in SCORED if _may_see(caller, rep)}


def test_the_call_of_the_rep_and_that_of_the_manager_stand_side_by_side_newest_first(world: World) -> None:
    first = world.client("chen").put(PATH, json=BODY).json()
    assert (first["amount"], first["by"], first["note"]) == (840_000.0, "chen", "two renewals are signed")
    world.client("wang").put(PATH, json={**BODY, "amount": 700_000, "note": ""})
    world.client("chen").put(PATH, json={**BODY, "amount": 860_000})

    found = world.client("chen").get(PATH).json()["calls"]
    assert [(call["by"], call["amount"]) for call in found] == [
        ("chen", 860_000.0),
        ("wang", 700_000.0),
        ("chen", 840_000.0),
    ]


def test_the_same_call_again_adds_nothing(world: World) -> None:
    client = world.client("chen")
    assert client.put(PATH, json=BODY).json() == client.put(PATH, json=BODY).json()
    assert _stored(world) == [("r-chen", 840_000.0)]
    with reading(world.storage.engine) as connection:
        assert len(connection.execute(select(audit.c.seq).where(audit.c.action == "call")).all()) == 1


def test_an_earlier_number_called_again_is_a_new_call(world: World) -> None:
    client = world.client("chen")
    for amount in (1.0, 2.0, 1.0):
        client.put(PATH, json={**BODY, "amount": amount})
    assert [amount for _, amount in _stored(world)] == [1.0, 2.0, 1.0]


@pytest.mark.parametrize(
    "change",
    [{"period_start": "2031-01-01", "period_end": "2031-03-31"}, {"metric": "units"}, {"period_end": "2026-10-31"}],
)
def test_a_period_that_is_not_open_can_not_be_called(world: World, change: dict[str, str]) -> None:
    assert world.client("wang").put(PATH, json={**BODY, **change}).status_code == 404
    assert _stored(world) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"amount": "a lot"},
        {"amount": None},
        {"amount": 1e16},
        {"period_start": "soon"},
        {"note": "x" * 1_001},
    ],
)
def test_a_call_that_is_no_call_is_refused_by_name(world: World, fault: dict[str, object]) -> None:
    answer = world.client("wang").put(PATH, json={**BODY, **fault})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/body/{next(iter(fault))}"


def test_a_call_remembers_the_forecast_that_was_served(world: World) -> None:
    world.client("chen").put(PATH, json=BODY)
    score(world.storage, 2)
    world.client("chen").put(PATH, json={**BODY, "amount": 1.0})
    with reading(world.storage.engine) as connection:
        assert connection.execute(select(calls.c.snapshot_id).order_by(calls.c.call_id)).scalars().all() == ["s1", "s2"]
