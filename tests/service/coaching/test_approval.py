"""Where approval is asked for, a rep sees and answers a suggestion only after somebody who leads them approved it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.app import create_app
from service.coaching.approval import WAITING, cleared
from service.coaching.settings import SuggestingSettings
from service.scoring.documents import ScorecardDoc
from service.settings import ServeSettings
from tests.service.world import World

MINE = "r-chen-s0"
FEEDBACK, APPROVE = f"/v1/suggestions/{MINE}/feedback", f"/v1/suggestions/{MINE}/approve"


@pytest.fixture
def strict(world: World, tmp_path: Path) -> World:
    """Return the company with the switch on."""
    world.app = create_app(
        ServeSettings(database=tmp_path), storage=world.storage, suggesting=SuggestingSettings(needs_approval=True)
    )
    return world


def seen(world: World, caller: str, path: str = "/v1/me/scorecard") -> list[str]:
    """Return the suggestions on a scorecard."""
    return [suggestion["suggestion_id"] for suggestion in world.client(caller).get(path).json()["suggestions"]]


def test_without_the_switch_nobody_has_to_approve(world: World) -> None:
    assert MINE in seen(world, "chen")
    assert world.client("chen").post(FEEDBACK, json={"state": "accepted"}).status_code == 200


def test_a_rep_sees_nothing_that_waits_and_is_told_so(strict: World) -> None:
    card = strict.client("chen").get("/v1/me/scorecard").json()
    assert card["suggestions"] == []
    assert card["no_suggestion"] == WAITING
    assert card["forecasts"]
    assert seen(strict, "chen", "/v1/reps/r-chen/scorecard") == []


def test_whoever_leads_the_rep_sees_what_waits(strict: World) -> None:
    for caller in ("wang", "boss", "admin"):
        assert MINE in seen(strict, caller, "/v1/reps/r-chen/scorecard"), caller


def test_once_approved_the_rep_sees_and_answers_it(strict: World) -> None:
    assert strict.client("wang").post(APPROVE).status_code == 200
    assert seen(strict, "chen") == [MINE]
    assert strict.client("chen").post(FEEDBACK, json={"state": "accepted"}).status_code == 200
    assert seen(strict, "chen") == [MINE]


def test_what_waits_cannot_be_answered_by_the_rep_and_looks_as_if_it_did_not_exist(strict: World) -> None:
    refused = strict.client("chen").post(FEEDBACK, json={"state": "accepted"})
    unknown = strict.client("chen").post("/v1/suggestions/none/feedback", json={"state": "accepted"})
    assert (refused.status_code, refused.json()["code"]) == (unknown.status_code, unknown.json()["code"])
    assert refused.status_code == 404


def test_what_waits_reaches_the_rep_on_no_other_way(strict: World) -> None:
    body = {"scorecards": [{"rep_id": "r-chen"}]}
    client = strict.client("chen")
    attached = client.post("/v1/scorecards/attach", json=body).json()["results"][0]["attached"]
    assert attached["suggestions"] == []
    for path in ("/reps/r-chen", "/v1/reps/r-chen/one-on-one", "/v1/teams/north/scorecards"):
        answer = client.get(path)
        assert (answer.status_code, MINE in answer.text) == (200, False), path


def test_the_page_of_the_rep_says_that_something_waits(strict: World) -> None:
    assert WAITING["en"] in strict.client("chen").get("/reps/r-chen").text
    assert WAITING["en"] not in strict.client("wang").get("/reps/r-chen").text


def card(*ids: str, nothing: dict[str, str] | None = None) -> ScorecardDoc:
    suggestions = [{"suggestion_id": one} for one in ids]
    return json.loads(json.dumps({"suggestions": suggestions, "no_suggestion": nothing}))  # type: ignore[no-any-return]


def test_only_what_was_approved_is_kept_in_its_order() -> None:
    found = cleared(card("a", "b", "c"), {"c", "a"})
    assert [suggestion["suggestion_id"] for suggestion in found["suggestions"]] == ["a", "c"]
    assert found["no_suggestion"] is None


def test_a_card_that_had_nothing_to_suggest_keeps_its_own_reason() -> None:
    reason = {"en": "All on track.", "zh": "一切正常。"}
    assert cleared(card(nothing=reason), set())["no_suggestion"] == reason


def test_the_switch_and_the_number_of_tips_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (SuggestingSettings().needs_approval, SuggestingSettings().tips_per_week) == (False, 5)
    monkeypatch.setenv("PACELINE_SUGGESTING_NEEDS_APPROVAL", "true")
    monkeypatch.setenv("PACELINE_SUGGESTING_TIPS_PER_WEEK", "2")
    assert (SuggestingSettings().needs_approval, SuggestingSettings().tips_per_week) == (True, 2)


def test_a_queue_is_as_long_as_the_tips_of_a_week(world: World, tmp_path: Path) -> None:
    long = world.client("boss").get("/v1/teams/north/queue").json()
    world.app = create_app(
        ServeSettings(database=tmp_path), storage=world.storage, suggesting=SuggestingSettings(tips_per_week=1)
    )
    short = world.client("boss").get("/v1/teams/north/queue").json()
    assert len(long["items"]) > 1
    assert (short["budget"], short["items"]) == (1, long["items"][:1])
