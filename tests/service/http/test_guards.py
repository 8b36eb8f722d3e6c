"""What a request must pass before an endpoint sees it, at each limit and one step to either side."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from fastapi import Depends, FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from service.app import create_app
from service.auth.policy import public
from service.errors import CATALOGUE, Refused
from service.http.guards import strict_json
from service.http.outermost import SECURITY_HEADERS
from service.settings import ServeSettings
from service.storage.engine import writing
from tests.service.world import World

ATTACH = "/v1/scorecards/attach"
JSON = {"Content-Type": "application/json"}
LIMIT = 1_048_576


def _body(filler: str) -> bytes:
    return json.dumps({"scorecards": [{"rep_id": "r", "kpis": {"x": filler}}]}).encode()


@pytest.mark.parametrize(("extra", "status"), [(-1, 200), (0, 200), (1, 413)])
def test_a_body_is_at_most_one_mebibyte(shared: World, extra: int, status: int) -> None:
    body = _body("x" * (LIMIT + extra - len(_body(""))))
    assert len(body) == LIMIT + extra

    answer = shared.client("admin").post(ATTACH, content=body, headers=JSON)

    assert answer.status_code == status


def test_a_body_without_a_length_is_counted_while_it_comes(shared: World) -> None:
    chunks = (b"x" * 65_536 for _ in range(40))

    answer = shared.client("admin").post(ATTACH, content=chunks, headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too-large"


def _nested(depth: int) -> bytes:
    # The request itself is four deep: object, list, card, kpis.
    return b'{"scorecards": [{"rep_id": "r", "kpis": {"x": ' + b"[" * (depth - 4) + b"]" * (depth - 4) + b"}}]}"


@pytest.mark.parametrize(("depth", "status"), [(31, 200), (32, 200), (33, 400), (100_000, 400)])
def test_json_nests_at_most_32_deep(shared: World, depth: int, status: int) -> None:
    answer = shared.client("admin").post(ATTACH, content=_nested(depth), headers=JSON)

    assert answer.status_code == status


def test_brackets_inside_of_strings_do_not_count() -> None:
    assert strict_json(b'{"a": "[[[[\\"[[[["}', 1) == {"a": '[[[["[[[['}


@pytest.mark.parametrize(
    "body",
    [
        b'{"scorecards": [{"rep_id": "r", "kpis": {"x": NaN}}]}',
        b'{"scorecards": [{"rep_id": "r", "kpis": {"x": Infinity}}]}',
        b'{"scorecards": [{"rep_id": "r", "kpis": {"x": -Infinity}}]}',
        b'{"scorecards": [{"rep_id": "r", "kpis": {"x": 1e999}}]}',
        b'{"scorecards": [{"rep_id": "r", "kpis": {"x": "\\ud800"}}]}',
        b'{"scorecards": [{"rep_id": "r", "kpis": {"x": ' + b"9" * 5_000 + b"}}]}",
        b'{"scorecards": [{"rep_id": "\xff"}]}',
        b'{"scorecards": [',
        b"]",
        b"\x00",
    ],
)
def test_what_is_not_json_is_400_and_never_repeated(shared: World, body: bytes) -> None:
    answer = shared.client("admin").post(ATTACH, content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "bad-json"
    assert "NaN" not in answer.json().get("errors", "")


@pytest.mark.parametrize("given", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded"])
def test_the_api_takes_json_only(shared: World, given: str) -> None:
    headers = {"Content-Type": given} if given else {}
    answer = shared.client("admin").post(ATTACH, content=b"{}", headers=headers)

    assert answer.status_code == 415
    assert answer.json()["code"] == "media-type"


def test_pages_take_forms_only(shared: World) -> None:
    assert shared.client("chen").post("/signin", json={"token": "x"}).status_code == 415


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_changes_come_from_our_own_pages(shared: World, headers: dict[str, str], status: int) -> None:
    answer = shared.client("chen").post("/v1/suggestions/r-chen-s0/feedback", json={"state": "done"}, headers=headers)

    assert answer.status_code == status


def test_reading_from_another_site_is_the_browsers_business(shared: World) -> None:
    assert shared.client().get("/livez", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/livez", "/nope", "/v1/me/scorecard", "/static/paceline.css", "/signin", "/static/x"]
)
def test_every_answer_carries_the_security_headers(shared: World, path: str) -> None:
    headers = shared.client().get(path).headers

    for name, value in SECURITY_HEADERS.items():
        assert headers[name] == value
    assert headers["cache-control"]
    assert len(headers["x-request-id"]) == 16
    assert "server" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nope", 404),
        ("GET", "/v1/nope", 404),
        ("GET", "/static/nope", 404),
        ("GET", "/v1/me/scorecard/", 404),
        ("DELETE", "/livez", 405),
        ("PUT", "/v1/me/scorecard", 405),
        ("POST", "/static/paceline.css", 405),
        ("GET", ATTACH, 405),
    ],
)
def test_errors_of_the_router_are_problems_too(shared: World, method: str, path: str, status: int) -> None:
    answer = shared.client("admin").request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_problems_are_told_in_the_language_of_the_caller(shared: World) -> None:
    client = shared.client()

    chinese = client.get("/nope", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    english = client.get("/nope", headers={"Accept-Language": "fr, en;q=0.5"})

    assert chinese.json()["title"] == CATALOGUE["not-found"].title["zh"]
    assert english.json()["title"] == CATALOGUE["not-found"].title["en"]
    assert chinese.json()["code"] == english.json()["code"] == "not-found"


def _with_trouble(world: World, **limits: float) -> FastAPI:
    settings = ServeSettings.model_validate({"database": "unused", **limits})
    app = create_app(settings, storage=world.storage)
    started, released = threading.Event(), threading.Event()
    app.state.started, app.state.released = started, released

    async def boom() -> None:
        raise ZeroDivisionError("a secret detail")

    async def slow() -> dict[str, str]:
        started.set()
        while not released.is_set():
            await asyncio.sleep(0.01)
        return {"status": "ok"}

    app.add_api_route("/v1/boom", boom, dependencies=[Depends(public("a test"))])
    app.add_api_route("/v1/slow", slow, dependencies=[Depends(public("a test"))])
    return app


def test_what_nobody_foresaw_is_a_problem_without_a_stack(world: World, caplog: pytest.LogCaptureFixture) -> None:
    answer = TestClient(_with_trouble(world)).get("/v1/boom")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert answer.json()["instance"].endswith(answer.headers["x-request-id"])
    assert "a secret detail" in caplog.text


def test_too_many_at_once_are_sent_away_with_a_time_to_return(world: World) -> None:
    app = _with_trouble(world, running=1, waiting=1, wait_seconds=0.05)
    with TestClient(app) as client:
        first = threading.Thread(target=client.get, args=("/v1/slow",))
        first.start()
        # Once the slow one holds the only place nothing can be let in before it is released.
        assert app.state.started.wait(60)
        refused = client.get("/v1/me/scorecard")
        alive = client.get("/livez")
        app.state.released.set()
        first.join()
        after = client.get("/v1/me/scorecard")

    assert refused.status_code == 503
    assert refused.json()["code"] == "overloaded"
    assert 1 <= int(refused.headers["retry-after"]) <= 3
    assert alive.status_code == 200
    assert after.status_code == 401


def test_not_ready_while_the_tables_are_of_another_version(world: World) -> None:
    client = world.client()
    assert client.get("/readyz").status_code == 200
    with writing(world.storage.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert client.get("/livez").status_code == 200


def test_the_catalogue_is_closed() -> None:
    with pytest.raises(KeyError):
        Refused("made-up")
