"""The 1:1 over HTTP: who sees the agenda, and that what the two write stays with the two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from features.domain.vocabulary import Role
from service.storage.engine import reading, writing
from service.storage.snapshots import replace_hierarchy
from service.storage.tables import audit, one_on_ones
from tests.service.auth.test_authz_matrix import SCORED, SUBJECTS, _may_see
from tests.service.world import EAST, NORTH, PEOPLE, World, lines, score

PATH = "/v1/reps/r-chen/one-on-one?week=2026-11-25"
SECRET = "the two only"
BODY: dict[str, Any] = {
    "revision": 0,
    "idea": f"my idea, {SECRET}",
    "notes": f"our notes, {SECRET}",
    "commitments": [{"text": f"call the buyer, {SECRET}", "who": "rep", "due": "2026-12-01", "state": "open"}],
}


def test_an_anonymous_caller_gets_nothing(shared: World) -> None:
    assert shared.client().get(PATH).status_code == 401
    assert shared.client().put(PATH, json=BODY).status_code == 401


@pytest.mark.parametrize("caller", PEOPLE)
def test_those_who_see_the_rep_see_the_agenda_and_only_the_two_may_write(world: World, caller: str) -> None:
    client = world.client(caller)
    for subject in SUBJECTS:
        seen = subject in SCORED and PEOPLE[caller][0] is not Role.DATA_SCIENTIST and _may_see(caller, subject)
        answer = client.get(f"/v1/reps/{subject}/one-on-one")
        assert answer.status_code == (200 if seen else 404), (caller, subject)
    two = caller in {"chen", "wang"}
    assert client.get(PATH).status_code in ({200} if two or caller in {"boss", "admin"} else {404})
    assert client.put(PATH, json=BODY).status_code == (200 if two else 404)


@pytest.mark.parametrize("writer", ["chen", "wang"])
def test_what_the_two_write_is_read_by_both_and_by_nobody_else(world: World, writer: str) -> None:
    assert world.client(writer).put(PATH, json=BODY).status_code == 200
    for reader in ("chen", "wang"):
        found = world.client(reader).get(PATH).json()
        assert found["may_write"]
        assert (found["notes"]["idea"], found["notes"]["revision"]) == (BODY["idea"], 1)
        assert found["notes"]["commitments"][0]["due"] == "2026-12-01"
    for reader in ("boss", "admin", "east", "nair", "lab"):
        for path in (PATH, "/v1/reps/r-chen/one-on-one?week=2026-12-02"):
            assert SECRET not in world.client(reader).get(path).text
    for reader in ("boss", "admin"):
        found = world.client(reader).get(PATH).json()
        assert (found["notes"], found["last"], found["may_write"]) == (None, None, False)


def test_notes_that_were_opened_are_read_by_those_who_see_the_rep_and_not_by_other_managers(world: World) -> None:
    world.client("wang").put(PATH, json={**BODY, "open_to_line": True})
    for reader in ("boss", "admin"):
        assert world.client(reader).get(PATH).json()["notes"]["notes"] == BODY["notes"]
    assert world.client("east").get(PATH).status_code == 404


def test_the_week_after_shows_what_was_agreed_on(world: World) -> None:
    world.client("chen").put(PATH, json=BODY)
    found = world.client("wang").get("/v1/reps/r-chen/one-on-one?week=2026-12-02").json()
    assert (found["week"], found["last"]["week"]) == ("2026-11-30", "2026-11-23")
    assert found["last"]["commitments"][0]["text"] == BODY["commitments"][0]["text"]
    assert found["notes"]["commitments"] == []


def test_a_write_from_an_old_revision_is_a_conflict_and_changes_nothing(world: World) -> None:
    client = world.client("chen")
    assert client.put(PATH, json=BODY).json()["revision"] == 1
    answer = client.put(PATH, json={**BODY, "notes": "late"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert client.put(PATH, json={**BODY, "revision": 1, "notes": "better"}).json()["revision"] == 2
    assert client.get(PATH).json()["notes"]["notes"] == "better"


def test_a_new_manager_does_not_read_what_was_written_with_the_one_before(world: World) -> None:
    world.client("wang").put(PATH, json=BODY)
    moved = [replace(line, manager_rep_id="m-east") if line.rep_id == "r-chen" else line for line in lines()]
    with writing(world.storage.engine) as connection:
        replace_hierarchy(connection, moved)
    assert SECRET not in world.client("east").get(PATH).text
    assert world.client("east").get(PATH).json()["may_write"]
    assert world.client("wang").get(PATH).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"commitments": [{"text": ""}]},
        {"commitments": [{"text": "x"}] * 5},
        {"notes": "x" * 5001},
        {"idea": "a\x00b"},
        {"mood": "good"},
    ],
)
def test_what_does_not_fit_is_refused(world: World, change: dict[str, Any]) -> None:
    assert world.client("chen").put(PATH, json={**BODY, **change}).status_code == 422


def test_a_write_is_in_the_audit_trail_without_its_content(world: World) -> None:
    world.client("chen").put(PATH, json=BODY)
    with reading(world.storage.engine) as connection:
        entries = [tuple(row) for row in connection.execute(audit.select())]
        kept = connection.execute(one_on_ones.select()).all()
    assert len(kept) == 1
    assert [entry for entry in entries if "one-on-one.write" in entry]
    assert SECRET not in str(entries)


def test_the_agenda_starts_with_what_works_and_asks_at_most_four_questions(shared: World) -> None:
    found = shared.client("wang").get(PATH).json()
    assert found["works"][0]["en"].startswith("Wins 31%")
    assert [question["en"] for question in found["questions"]] == [
        "What has worked best lately, and where could you use it next?",
        "r-chen-d1: what does it need next, and from whom?",
        "Open pipeline ÷ amount left: what have you seen work elsewhere that we could try here?",
        "What stands in your way that I can take care of?",
    ]
    assert len(found["actions"]) == 4
    assert found["actions"][3]["title"]["en"] == "Agree the next step of r-chen-d1"
    assert found["open_actions"]


def test_what_changed_since_last_time_is_part_of_it(tmp_path: Path) -> None:
    world = World.build(tmp_path, scored=False)
    score(world.storage, 1, as_of="2026-11-15")
    score(world.storage, 2, cases=(*(replace(case, middle=case.middle + 0.03) for case in NORTH), *EAST))
    found = world.client("chen").get(PATH).json()
    assert found["changed"]["change_points"] == pytest.approx(3.0)
    assert world.client("chen").get("/v1/reps/r-chen/one-on-one?week=soon").status_code == 422
