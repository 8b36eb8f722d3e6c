"""The password-less demo stays on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from features.domain.errors import UsageError
from service.app import create_app
from service.settings import ServeSettings
from tests.service.world import World

LOCAL = "http://127.0.0.1:8000"


def _demo(world: World, tmp_path: Path) -> TestClient:
    app = create_app(ServeSettings(database=tmp_path, demo=True), storage=world.storage)
    return TestClient(app, base_url=LOCAL, follow_redirects=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com", "::"])  # noqa: S104 - refused here
def test_the_demo_refuses_an_address_that_others_reach(world: World, tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.1 only"):
        create_app(ServeSettings(database=tmp_path, demo=True, host=host), storage=world.storage)


def test_without_the_demo_any_address_is_fine(world: World, tmp_path: Path) -> None:
    app = create_app(ServeSettings(database=tmp_path, host="0.0.0.0"), storage=world.storage)  # noqa: S104
    assert app.state.context.settings.host == "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"])
def test_the_demo_answers_for_this_machine(world: World, tmp_path: Path, host: str) -> None:
    assert _demo(world, tmp_path).get("/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", ""])
def test_the_demo_refuses_a_name_that_was_rebound_to_this_machine(world: World, tmp_path: Path, host: str) -> None:
    answer = _demo(world, tmp_path).get("/v1/reps/r-chen/scorecard", headers={"Host": host})

    assert answer.status_code == 421
    assert answer.json()["code"] == "wrong-host"


def test_the_demo_begins_as_the_manager_of_the_largest_team(world: World, tmp_path: Path) -> None:
    client = _demo(world, tmp_path)

    # Both teams have three reps; the smaller id wins.
    assert client.get("/v1/reps/r-nair-e/scorecard").status_code == 200
    assert client.get("/v1/reps/r-chen/scorecard").status_code == 404


def test_the_persona_can_be_switched_and_sees_what_that_person_sees(world: World, tmp_path: Path) -> None:
    client = _demo(world, tmp_path)

    for persona, mine, other in (("r-chen", 200, 404), ("m-boss", 200, 200), ("admin", 200, 200)):
        assert client.post("/persona", data={"persona": persona}).status_code == 303
        assert client.get("/v1/reps/r-chen/scorecard").status_code == mine
        assert client.get("/v1/reps/r-wu/scorecard").status_code == other


def test_a_persona_that_does_not_exist_is_not_found(world: World, tmp_path: Path) -> None:
    assert _demo(world, tmp_path).post("/persona", data={"persona": "nobody"}).status_code == 404


def test_outside_of_the_demo_nobody_can_switch(world: World) -> None:
    answer = world.client("chen").post("/persona", data={"persona": "admin"})

    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_the_persona_cookie_means_nothing_outside_of_the_demo(world: World) -> None:
    client = world.client()
    client.cookies.set("paceline_persona", "admin")

    assert client.get("/v1/reps/r-chen/scorecard").status_code == 401


def test_a_wrong_token_is_refused_even_in_the_demo(world: World, tmp_path: Path) -> None:
    answer = _demo(world, tmp_path).get("/v1/reps/r-nair-e/scorecard", headers={"Authorization": "Bearer pl_wrong"})

    assert answer.status_code == 401
