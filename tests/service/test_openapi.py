"""The OpenAPI document is true: each answer fits its schema, each problem is documented."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # ships no types

from service.auth.policy import PublicPolicy, live_routes, policy_of
from service.errors import CATALOGUE, MEDIA_TYPE
from service.http.documentation import model_of
from service.scoring.documents import ScorecardDoc, TeamForecastDoc
from service.storage.backtests import SqlBacktestLog
from tests.service.world import World
from tests.support.backtests import KEY, record
from tests.support.documents import CASES, scorecard, team

CALLS: tuple[tuple[str, str, str, str, Any], ...] = (
    ("get", "/livez", "/livez", "chen", None),
    ("get", "/readyz", "/readyz", "chen", None),
    ("get", "/v1/me/scorecard", "/v1/me/scorecard", "chen", None),
    ("get", "/v1/reps/{rep_id}/scorecard", "/v1/reps/r-chen/scorecard", "wang", None),
    ("get", "/v1/reps/{rep_id}/scorecard", "/v1/reps/zz/scorecard", "wang", None),
    ("get", "/v1/reps/{rep_id}/forecasts", "/v1/reps/r-chen/forecasts", "wang", None),
    ("get", "/v1/reps/{rep_id}/forecasts", "/v1/reps/r-chen/forecasts?limit=0", "wang", None),
    ("get", "/v1/teams/{team_id}/scorecards", "/v1/teams/north/scorecards", "wang", None),
    ("get", "/v1/teams/{team_id}/forecast", "/v1/teams/north/forecast", "wang", None),
    ("get", "/v1/teams/{team_id}/forecast", "/v1/teams/north/forecast", "", None),
    (
        "post",
        "/v1/scorecards/attach",
        "/v1/scorecards/attach",
        "wang",
        {"scorecards": [{"rep_id": "r-chen", "kpis": {"x": [1]}}, {"rep_id": "zz"}]},
    ),
    ("post", "/v1/scorecards/attach", "/v1/scorecards/attach", "wang", {}),
    (
        "post",
        "/v1/suggestions/{suggestion_id}/feedback",
        "/v1/suggestions/r-chen-s0/feedback",
        "wang",
        {"state": "later", "reason": "x"},
    ),
    ("post", "/v1/suggestions/{suggestion_id}/approve", "/v1/suggestions/r-wu-s1/approve", "wang", None),
    ("get", "/v1/coaching/effects", "/v1/coaching/effects", "lab", None),
    ("get", "/v1/teams/{team_id}/queue", "/v1/teams/north/queue", "wang", None),
    ("post", "/v1/suggestions/{suggestion_id}/approve", "/v1/suggestions/zz/approve", "wang", None),
)

CALLS += (
    ("post", "/v1/reps/{rep_id}/what-if", "/v1/reps/r-chen/what-if", "wang", {"pipeline": 1000.0}),
    ("post", "/v1/reps/{rep_id}/what-if", "/v1/reps/zz/what-if", "wang", {}),
    ("post", "/v1/reps/{rep_id}/what-if", "/v1/reps/r-chen/what-if", "wang", {"meetings": "many"}),
    ("get", "/v1/reps/{rep_id}/changes", "/v1/reps/r-chen/changes?since=2026-11-01", "wang", None),
    ("get", "/v1/teams/{team_id}/changes", "/v1/teams/north/changes?since=x", "wang", None),
    ("get", "/v1/reps/{rep_id}/diagnosis", "/v1/reps/r-chen/diagnosis", "wang", None),
    ("get", "/v1/reps/{rep_id}/diagnosis", "/v1/reps/zz/diagnosis", "wang", None),
    ("get", "/v1/teams/{team_id}/diagnosis", "/v1/teams/north/diagnosis", "wang", None),
    ("get", "/v1/accuracy", "/v1/accuracy", "wang", None),
    ("get", "/v1/reps/{rep_id}/accuracy", "/v1/reps/r-chen/accuracy", "wang", None),
    ("put", "/v1/reps/{rep_id}/calls", "/v1/reps/r-chen/calls", "wang", {"amount": 5.0, "note": "x"}),
    ("get", "/v1/reps/{rep_id}/calls", "/v1/reps/r-chen/calls", "wang", None),
    ("put", "/v1/reps/{rep_id}/calls", "/v1/reps/r-chen/calls", "wang", {"amount": 5.0, "metric": "units"}),
    ("put", "/v1/reps/{rep_id}/calls", "/v1/reps/r-wu/calls", "nair", {"amount": 5.0}),
    ("get", "/v1/reps/{rep_id}/one-on-one", "/v1/reps/r-chen/one-on-one", "wang", None),
    ("put", "/v1/reps/{rep_id}/one-on-one", "/v1/reps/r-chen/one-on-one", "wang", {"revision": 7}),
    ("put", "/v1/reps/{rep_id}/one-on-one", "/v1/reps/r-chen/one-on-one", "wang", {"revision": "x"}),
    ("get", "/v1/reps/{rep_id}/calls", "/v1/reps/r-chen/calls", "wang", None),
    ("put", "/v1/reps/{rep_id}/calls", "/v1/reps/r-chen/calls", "wang", {"amount": "much"}),
    ("get", "/v1/accuracy", "/v1/accuracy", "lab", None),
)


@pytest.fixture(scope="module")
def document(shared: World) -> dict[str, Any]:
    answer = shared.client().get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def _check(document: dict[str, Any], schema: dict[str, Any], instance: object) -> None:
    Draft202012Validator({**schema, "components": document["components"]}).validate(instance)


@pytest.mark.parametrize(("method", "route", "path", "caller", "body"), CALLS)
def test_each_answer_fits_what_the_document_says(  # noqa: PLR0917 - one argument per column of the table above
    shared: World, document: dict[str, Any], method: str, route: str, path: str, caller: str, body: object
) -> None:
    content = {} if body is None else {"json": body}
    answer = shared.client(caller or None).request(method, path, **content)  # type: ignore[arg-type]

    described = document["paths"][route][method]["responses"][str(answer.status_code)]["content"]
    schema = described[answer.headers["content-type"]]["schema"]
    _check(document, schema, answer.json())


def test_every_route_of_the_api_is_described_and_every_problem_listed(shared: World, document: dict[str, Any]) -> None:
    for route in live_routes(shared.app):
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                operation = document["paths"][route.path][method.lower()]
                own = {"401", "404"} if not isinstance(policy_of(route), PublicPolicy) else set()
                for status in own | {"400", "403", "413", "415", "421", "422", "500", "503"}:
                    assert list(operation["responses"][status]["content"]) == [MEDIA_TYPE], (route.path, status)
                assert ("security" in operation) == bool(own)


def test_the_document_names_every_problem_of_the_catalogue(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == list(CATALOGUE)


@pytest.mark.parametrize(
    ("contract", "instance"),
    [(ScorecardDoc, scorecard(CASES[0])), (ScorecardDoc, scorecard(CASES[7])), (TeamForecastDoc, team(CASES))],
)
def test_the_models_are_those_of_the_contract(contract: type, instance: dict[str, Any]) -> None:
    model = model_of(contract)
    stored = json.loads(json.dumps(instance))

    assert model.model_validate(stored).model_dump(mode="json", by_alias=True) == stored


def test_a_document_that_misses_a_field_does_not_fit(document: dict[str, Any]) -> None:
    broken: dict[str, Any] = json.loads(json.dumps(scorecard(CASES[0])))
    del broken["forecasts"][0]["accounting"]

    with pytest.raises(ValidationError, match="accounting"):
        _check(document, {"$ref": "#/components/schemas/Scorecard"}, broken)


def test_accuracy_fits_what_the_document_says(world: World, document: dict[str, Any]) -> None:
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    for route, path in (("/v1/accuracy", "/v1/accuracy"), ("/v1/reps/{rep_id}/accuracy", "/v1/reps/r-chen/accuracy")):
        found = world.client("wang").get(path).json()
        assert found["run"]["run_id"] == "run-1"
        _check(
            document,
            document["paths"][route]["get"]["responses"]["200"]["content"]["application/json"]["schema"],
            found,
        )
