"""Calls over HTTP: who may give and read them, that they are added and never changed, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from features.domain.vocabulary import Role
from service.app import create_app
from service.settings import ServeSettings
from service.storage.engine import reading
from service.storage.tables import audit, calls
from tests.service.auth.test_authz_matrix import SCORED, SUBJECTS, _may_see
from tests.service.world import NORTH, PEOPLE, World, score

PATH = "/v1/reps/r-chen/calls"
BODY: dict[str, Any] = {"amount": 2_000_000.0, "note": "two large deals are nearly signed"}


def _rows(world: World) -> list[dict[str, Any]]:
    with reading(world.storage.engine) as connection:
        return [dict(row._mapping) for row in connection.execute(select(calls).order_by(calls.c.call_id))]


def test_an_anonymous_caller_gets_nothing(shared: World) -> None:
    assert shared.client().get(PATH).status_code == 401
    assert shared.client().put(PATH, json=BODY).status_code == 401


def test_another_rep_gets_nothing_and_learns_nothing(world: World) -> None:
    world.client("chen").put(PATH, json=BODY)
    other = world.client("nair")
    answers = [other.get(PATH), other.put(PATH, json=BODY), other.get("/v1/reps/nobody/calls")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].content == answers[2].content
    assert len(_rows(world)) == 1


@pytest.mark.parametrize("caller", PEOPLE)
def test_those_who_see_the_rep_read_and_those_who_are_or_lead_the_rep_give(world: World, caller: str) -> None:
    client, role = world.client(caller), PEOPLE[caller][0]
    for subject in SUBJECTS:
        seen = subject in SCORED and _may_see(caller, subject)
        assert client.get(f"/v1/reps/{subject}/calls").status_code == (200 if seen else 404), (caller, subject)
        gives = seen and role in {Role.REP, Role.MANAGER}
        answer = client.put(f"/v1/reps/{subject}/calls", json=BODY)
        assert answer.status_code == (200 if gives else 404), (caller, subject)
        if gives:
            assert answer.json()["side"] == ("rep" if subject == PEOPLE[caller][1] else "manager")


def test_a_number_is_kept_with_who_when_and_what_was_known(tmp_path: Path) -> None:
    world = World.build(tmp_path)
    moment = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    world.app = create_app(ServeSettings(database=tmp_path), storage=world.storage, now=lambda: moment)
    kept = world.client("wang").put(PATH, json={**BODY, "category": "commit"}).json()
    assert kept == {
        "call_id": 1,
        "rep_id": "r-chen",
        "period_start": "2026-10-01",
        "period_end": "2026-12-31",
        "metric": "revenue",
        "category": "commit",
        "amount": 2_000_000.0,
        "currency": NORTH[0].currency,
        "note": BODY["note"],
        "side": "manager",
        "by": "wang",
        "as_of": "2026-11-22",
        "recorded_at": "2026-11-24T09:30:00.000000Z",
    }
    world.storage.engine.dispose()


def test_a_new_number_is_added_and_the_one_before_stays(world: World) -> None:
    client = world.client("chen")
    client.put(PATH, json=BODY)
    client.put(PATH, json={"amount": 2_100_000})
    found = client.get(PATH).json()
    assert [item["amount"] for item in found["items"]] == [2_100_000.0, 2_000_000.0]
    assert [item["amount"] for item in found["standing"]] == [2_100_000.0]


def test_the_same_number_again_changes_nothing(world: World) -> None:
    client = world.client("chen")
    first, again = client.put(PATH, json=BODY), client.put(PATH, json=BODY)
    assert first.json() == again.json()
    assert len(_rows(world)) == 1


def test_the_same_number_of_another_manager_is_another_call(world: World) -> None:
    for name in ("wang", "boss"):
        world.client(name).put(PATH, json=BODY)
    assert [row["side"] for row in _rows(world)] == ["manager", "manager"]
    assert world.client("chen").get(PATH).json()["standing"][0]["by"] == "boss"


def test_the_numbers_of_rep_and_manager_stand_beside_each_other_by_category(world: World) -> None:
    world.client("chen").put(PATH, json=BODY)
    world.client("chen").put(PATH, json={"amount": 1_700_000.0, "category": "commit"})
    world.client("wang").put(PATH, json={"amount": 1_800_000.0})
    standing = world.client("chen").get(PATH).json()["standing"]
    assert {(item["category"], item["side"], item["amount"]) for item in standing} == {
        ("most_likely", "rep", 2_000_000.0),
        ("commit", "rep", 1_700_000.0),
        ("most_likely", "manager", 1_800_000.0),
    }


def test_the_history_comes_in_pages(world: World) -> None:
    client = world.client("chen")
    for amount in range(5):
        client.put(PATH, json={"amount": float(amount)})
    first = client.get(f"{PATH}?limit=2").json()
    second = client.get(f"{PATH}?limit=2&before={first['next']}").json()
    last = client.get(f"{PATH}?limit=2&before={second['next']}").json()
    assert [[item["amount"] for item in part["items"]] for part in (first, second, last)] == [
        [4.0, 3.0],
        [2.0, 1.0],
        [0.0],
    ]
    assert last["next"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"amount": -1.0},
        {"amount": 1e16},
        {"amount": "a lot"},
        {"category": "gut"},
        {"note": "x" * 501},
        {"note": "a\x00b"},
        {"period_start": "2026-01-01"},
        {"period_end": "2026-11-30"},
        {"metric": "units"},
        {"mood": "good"},
    ],
)
def test_what_does_not_fit_is_refused_and_not_kept(world: World, change: dict[str, Any]) -> None:
    assert world.client("chen").put(PATH, json={**BODY, **change}).status_code == 422
    assert _rows(world) == []


def test_an_amount_without_end_is_no_json(world: World) -> None:
    sent = world.client("chen").put(PATH, content=b'{"amount": Infinity}', headers={"Content-Type": "application/json"})
    assert sent.status_code in {400, 422}
    assert _rows(world) == []


def test_a_period_that_is_not_running_any_more_takes_no_number(tmp_path: Path) -> None:
    world = World.build(tmp_path)
    # The same company two quarters on; its scorecards speak about the quarter of the tests again, so that only the
    # day asked for decides.
    score(world.storage, 2, as_of="2026-11-29")
    answer = world.client("chen").put(PATH, json={**BODY, "period_start": "2026-07-01"})
    assert answer.json()["errors"] == [{"pointer": "/body/period_start", "code": "not_running"}]
    world.storage.engine.dispose()


def test_a_call_is_in_the_audit_trail_without_its_number(world: World) -> None:
    world.client("chen").put(PATH, json={"amount": 1_234_567.0, "note": "between us"})
    with reading(world.storage.engine) as connection:
        entries = [dict(row._mapping) for row in connection.execute(select(audit))]
    assert [(entry["action"], entry["object"]) for entry in entries if entry["action"] == "call"] == [
        ("call", "rep:r-chen")
    ]
    assert "1234567" not in str(entries)
    assert "between us" not in str(entries)


def test_two_calls_in_one_moment_keep_their_order(tmp_path: Path) -> None:
    world = World.build(tmp_path)
    moment = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(hours=1)
    world.app = create_app(ServeSettings(database=tmp_path), storage=world.storage, now=lambda: moment)
    for amount in (3.0, 1.0, 2.0):
        world.client("chen").put(PATH, json={"amount": amount})
    assert world.client("chen").get(PATH).json()["standing"][0]["amount"] == 2.0
    world.storage.engine.dispose()
