"""Scorecards, forecasts and feedback over HTTP: what is answered, page by page and limit by limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from service.storage.audit import verify
from service.storage.engine import reading
from service.storage.tables import audit, suggestion_events
from tests.service.world import EAST, NORTH, World, score
from tests.support.documents import CASES, row, scorecard

ATTACH = "/v1/scorecards/attach"
ANSWERED = (suggestion_events.c.state.in_(["later", "done"]),)
LISTS = ("/v1/teams/north/scorecards", "/v1/reps/r-chen/forecasts")


@pytest.mark.parametrize("path", LISTS)
def test_anonymous(shared: World, path: str) -> None:
    answer = shared.client().get(path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "sign-in"


def test_anonymous_attach(shared: World) -> None:
    assert shared.client().post(ATTACH, json={"scorecards": [{"rep_id": "r-chen"}]}).status_code == 401


def test_anonymous_feedback(shared: World) -> None:
    assert shared.client().post("/v1/suggestions/r-chen-s0/feedback", json={"state": "done"}).status_code == 401


def test_my_scorecard_is_mine_as_it_was_scored(shared: World) -> None:
    answer = shared.client("chen").get("/v1/me/scorecard")

    assert answer.status_code == 200
    expected = scorecard(CASES[0])
    assert answer.json()["suggestions"] == expected["suggestions"]
    assert answer.json()["forecasts"][0]["p_attain"] == expected["forecasts"][0]["p_attain"]


def test_people_without_a_scorecard_of_their_own_get_404(shared: World) -> None:
    assert shared.client("wang").get("/v1/me/scorecard").status_code == 404
    assert shared.client("admin").get("/v1/me/scorecard").status_code == 404


def test_what_is_foreign_and_what_does_not_exist_are_the_same_bytes(shared: World) -> None:
    client = shared.client("chen")
    for template in ("/v1/reps/{}/scorecard", "/v1/reps/{}/forecasts", "/v1/teams/{}/forecast"):
        foreign, absent = client.get(template.format("r-wu")), client.get(template.format("r-zz"))
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content
        names = set(foreign.headers) - {"x-request-id"}
        assert {name: foreign.headers[name] for name in names} == {name: absent.headers[name] for name in names}


def test_a_team_is_read_page_by_page_in_order_of_ids(shared: World) -> None:
    client = shared.client("wang")

    first = client.get("/v1/teams/north/scorecards", params={"limit": 2}).json()
    second = client.get("/v1/teams/north/scorecards", params={"limit": 2, "after": first["next"]}).json()

    assert [card["rep"]["rep_id"] for card in first["items"]] == ["r-chen", "r-silva"]
    assert [card["rep"]["rep_id"] for card in second["items"]] == ["r-wu"]
    assert (first["next"], second["next"]) == ("r-silva", None)


@pytest.mark.parametrize(("limit", "status"), [(0, 422), (1, 200), (200, 200), (201, 422)])
@pytest.mark.parametrize("path", LISTS)
def test_the_size_of_a_page_has_bounds(shared: World, path: str, limit: int, status: int) -> None:
    assert shared.client("wang").get(path, params={"limit": limit}).status_code == status


def test_an_unknown_query_is_refused_without_repeating_it(shared: World) -> None:
    answer = shared.client("wang").get("/v1/teams/north/scorecards", params={"secret-word": "x"})

    assert answer.status_code == 422
    assert "secret-word" not in answer.text


def test_history_lists_snapshots_newest_first_and_page_by_page(world: World) -> None:
    score(world.storage, 2, as_of="2026-11-29")
    score(world.storage, 3, as_of="2026-12-06")
    client = world.client("chen")

    first = client.get("/v1/reps/r-chen/forecasts", params={"limit": 2}).json()
    second = client.get("/v1/reps/r-chen/forecasts", params={"limit": 2, "before": first["next"]}).json()

    assert [item["snapshot_id"] for item in first["items"]] == ["s3", "s2"]
    assert [item["snapshot_id"] for item in second["items"]] == ["s1"]
    assert second["next"] is None
    assert second["items"][0]["forecasts"] == [row(CASES[0], version="1")]


def test_the_newest_complete_snapshot_is_served(world: World) -> None:
    score(world.storage, 2, as_of="2026-11-29")

    answer = world.client("chen").get("/v1/me/scorecard").json()

    assert answer["as_of"] == "2026-11-29"


def test_a_team_forecast_is_for_its_manager(shared: World) -> None:
    answer = shared.client("wang").get("/v1/teams/north/forecast").json()

    assert answer["rep_ids"] == [case.rep_id for case in NORTH]
    # 2.4 M + 2.1 M + 1.8 M
    assert answer["forecasts"][0]["quota"] == 6_300_000.0


def test_attach_returns_each_card_as_it_was_with_what_is_known(shared: World) -> None:
    cards: list[dict[str, Any]] = [
        {"rep_id": "r-chen", "kpis": {"calls": 12, "mood": None, "nested": {"a": [1, 2.5, "x"]}, "": True}},
        {"rep_id": "r-nair-e", "period_start": "2026-10-01", "period_end": "2026-12-31"},
        {"rep_id": "r-chen", "period_start": "2031-01-01"},
        {"rep_id": "r-nobody", "attributes": {"外部": "值"}},
    ]

    results = shared.client("boss").post(ATTACH, json={"scorecards": cards}).json()["results"]

    assert [result["scorecard"] for result in results] == cards
    codes = [result["reason"]["code"] if result["reason"] else None for result in results]
    assert codes == [None, None, "no_matching_period", "unknown_rep"]
    attached = results[0]["attached"]
    stored = scorecard(CASES[0])
    assert attached["suggestions"] == stored["suggestions"]
    assert attached["forecasts"][0]["explanation"] == stored["forecasts"][0]["explanation"]
    assert (attached["as_of"], attached["model_version"]) == ("2026-11-22", "14")


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (99, 200), (100, 200), (101, 422)])
def test_attach_takes_one_to_a_hundred(shared: World, count: int, status: int) -> None:
    body = {"scorecards": [{"rep_id": f"r{number}"} for number in range(count)]}
    answer = shared.client("admin").post(ATTACH, json=body)

    assert answer.status_code == status
    if status == 200:
        assert len(answer.json()["results"]) == count


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"rep_id": ""},
        {"rep_id": "x" * 201},
        {"rep_id": "a\x00b"},
        {"rep_id": 5},
        {"rep_id": True},
        {"rep_id": None},
        {"rep_id": "r", "kpis": []},
        {"rep_id": "r", "role": "admin"},
        {"rep_id": "r", "period_start": "2026-13-01"},
        {"rep_id": "r", "period_start": 20260101},
    ],
)
def test_attach_refuses_what_does_not_fit(shared: World, card: dict[str, Any]) -> None:
    answer = shared.client("admin").post(ATTACH, json={"scorecards": [card]})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]


def test_feedback_is_kept_once_and_the_newest_stands(world: World) -> None:
    client, path = world.client("chen"), "/v1/suggestions/r-chen-s0/feedback"

    first = client.post(path, json={"state": "later", "reason": "away"})
    again = client.post(path, json={"state": "later", "reason": "away"})
    done = client.post(path, json={"state": "done"})

    assert first.status_code == again.status_code == done.status_code == 200
    assert first.json() == again.json()
    assert (done.json()["state"], done.json()["reason"]) == ("done", None)
    with reading(world.storage.engine) as connection:
        assert connection.execute(select(func.count()).select_from(suggestion_events).where(*ANSWERED)).scalar() == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "maybe"},
        {"state": "done", "x": 1},
        {"state": "done", "reason": "x" * 501},
        {"state": "done", "reason": "\x00"},
        [],
        "done",
        1,
    ],
)
def test_feedback_refuses_what_does_not_fit(shared: World, body: object) -> None:
    assert shared.client("chen").post("/v1/suggestions/r-chen-s0/feedback", json=body).status_code == 422


def test_looking_at_others_is_noted_and_looking_at_oneself_is_not(world: World) -> None:
    with world.client("wang") as wang:
        wang.get("/v1/reps/r-chen/scorecard")
        wang.get("/v1/reps/r-nair-e/scorecard")
    with world.client("chen") as chen:
        chen.get("/v1/me/scorecard")

    with reading(world.storage.engine) as connection:
        seen = connection.execute(select(audit.c.object).where(audit.c.action == "view")).scalars().all()
        assert verify(connection)[1] is None
    assert seen == ["rep:r-chen"]


def test_before_the_first_scoring_everything_is_404_and_ready(tmp_path: Path) -> None:
    world = World.build(tmp_path, scored=False)
    client = world.client("admin")

    assert client.get("/v1/reps/r-chen/scorecard").status_code == 404
    assert client.get("/v1/teams/north/scorecards").status_code == 404
    assert client.get("/readyz").status_code == 200
    answer = client.post(ATTACH, json={"scorecards": [{"rep_id": EAST[0].rep_id}]})
    assert answer.json()["results"][0]["reason"]["code"] == "unknown_rep"


@pytest.mark.parametrize(
    "path", ["/v1/reps/a%00b/scorecard", "/v1/teams/%00/forecast", "/v1/teams/x/scorecards?after=%00"]
)
def test_an_id_with_a_character_that_no_database_keeps_is_refused(shared: World, path: str) -> None:
    assert shared.client("admin").get(path).status_code == 422
