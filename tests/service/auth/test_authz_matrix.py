"""Each route x each caller x each relation, judged by a second, plain reading of who may see whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from features.domain.vocabulary import Role
from service.auth.policy import PublicPolicy, live_routes, policy_of
from tests.service.world import EAST, LEADERS, NORTH, PEOPLE, World, lines

BOSS = {line.rep_id: line.manager_rep_id for line in lines()}
TEAMS = {"north": [case.rep_id for case in NORTH], "east": [case.rep_id for case in EAST]}
SCORED = [*TEAMS["north"], *TEAMS["east"]]
SUBJECTS = [*SCORED, *(leader.rep_id for leader in LEADERS), "nobody", "R-CHEN", "r-chen ", "%", "r-chen' OR '1'='1"]
CALLERS = (None, *PEOPLE)


def _may_see(caller: str, subject: str) -> bool:
    """Say whether a caller may see a rep: climb from the rep to the top and look for the caller."""
    role, own = PEOPLE[caller]
    if role is Role.ADMIN:
        return True
    if role is Role.DATA_SCIENTIST or own is None:
        return False
    if subject == own:
        return True
    above = BOSS.get(subject)
    while role is Role.MANAGER and above is not None:
        if above == own:
            return True
        above = BOSS.get(above)
    return False


def _expected_rep(caller: str | None, subject: str) -> int:
    if caller is None:
        return 401
    return 200 if subject in SCORED and _may_see(caller, subject) else 404


def _expected_team(caller: str | None, team: str) -> int:
    if caller is None:
        return 401
    members = TEAMS.get(team, [])
    own = PEOPLE[caller][1]
    others = [member for member in members if member != own]
    return 200 if others and all(_may_see(caller, member) for member in members) else 404


def _expected_team_cards(caller: str | None, team: str) -> int:
    if caller is None:
        return 401
    return 200 if any(_may_see(caller, member) for member in TEAMS.get(team, [])) else 404


EXPLAINED = (*(f"/reps/{rep_id}/diagnosis" for rep_id in SCORED), "/teams/north/diagnosis", "/teams/east/diagnosis")
REP_ROUTES = (
    "/v1/reps/{}/scorecard",
    "/v1/reps/{}/forecasts",
    "/v1/reps/{}/calls",
    "/v1/reps/{}/accuracy",
    "/v1/reps/{}/diagnosis",
    "/reps/{}/diagnosis",
)


def _cases() -> Iterator[tuple[str | None, str, int]]:
    for caller in CALLERS:
        for subject in SUBJECTS:
            for route in REP_ROUTES:
                yield caller, route.format(subject), _expected_rep(caller, subject)
            page = _expected_rep(caller, subject)
            own = PEOPLE[caller][1] if caller else None
            # A leader without a scorecard gets a page that says so; anonymous people are sent to sign in.
            yield caller, f"/reps/{subject}", 200 if subject == own and page == 404 else page
        for team in ("north", "east", "west"):
            yield caller, f"/v1/teams/{team}/forecast", _expected_team(caller, team)
            yield caller, f"/v1/teams/{team}/diagnosis", _expected_team(caller, team)
            yield caller, f"/teams/{team}/diagnosis", _expected_team(caller, team)
            yield caller, f"/v1/teams/{team}/scorecards", _expected_team_cards(caller, team)
            is_rep = caller is not None and PEOPLE[caller][0] is Role.REP
            yield caller, f"/teams/{team}", 404 if is_rep else _expected_team_cards(caller, team)
            yield caller, f"/v1/teams/{team}/queue", 404 if is_rep else _expected_team_cards(caller, team)


def test_every_route_answers_each_caller_as_the_reporting_line_says(shared: World) -> None:
    clients = {caller: shared.client(caller) for caller in CALLERS}
    wrong, asked = [], 0
    for caller, path, expected in _cases():
        status = clients[caller].get(path).status_code
        asked += 1
        if status != expected:
            wrong.append((caller, path, status, expected))

    assert wrong == []
    # 8 callers x (14 subjects x 7 routes + 3 teams x 6 routes)
    assert asked == 8 * (14 * 7 + 3 * 6)


def test_no_answer_holds_the_name_of_somebody_out_of_scope(shared: World) -> None:
    leaks = []
    for caller in PEOPLE:
        client = shared.client(caller)
        hidden = [rep_id for rep_id in SCORED if not _may_see(caller, rep_id)]
        for path in (
            "/team",
            "/me",
            "/status",
            "/teams/north",
            "/teams/east",
            *(f"/reps/{r}" for r in SCORED),
            *EXPLAINED,
        ):
            body = client.get(path, headers={"Accept": "text/html"}).text
            leaks += [(caller, path, rep_id) for rep_id in hidden if re.search(rf"{rep_id}(?![\w-])", body)]
        for team in TEAMS:
            body = client.get(f"/v1/teams/{team}/scorecards").text
            leaks += [(caller, team, rep_id) for rep_id in hidden if f'"{rep_id}"' in body]
    assert leaks == []


@pytest.mark.parametrize("caller", PEOPLE)
def test_feedback_is_taken_from_those_who_see_the_rep(world: World, caller: str) -> None:
    client = world.client(caller)
    for rep_id in SCORED[:4]:
        answer = client.post(f"/v1/suggestions/{rep_id}-s0/feedback", json={"state": "later"})
        assert answer.status_code == (200 if _may_see(caller, rep_id) else 404), (caller, rep_id)


@pytest.mark.parametrize("caller", PEOPLE)
def test_attach_tells_only_those_in_scope_from_those_that_do_not_exist(shared: World, caller: str) -> None:
    wanted = [*SCORED, "nobody"]
    body = {"scorecards": [{"rep_id": rep_id} for rep_id in wanted]}
    answer = shared.client(caller).post("/v1/scorecards/attach", json=body)

    if PEOPLE[caller][0] is Role.DATA_SCIENTIST:
        assert answer.status_code == 404
        return
    results = answer.json()["results"]
    attached = [result["scorecard"]["rep_id"] for result in results if result["attached"] is not None]
    assert attached == [rep_id for rep_id in SCORED if _may_see(caller, rep_id)]
    refused = {str(result["reason"]) for result in results if result["attached"] is None}
    assert len(refused) == 1


def test_nobody_gets_past_a_route_that_is_not_public(shared: World) -> None:
    client = shared.client()
    asked = 0
    for route in live_routes(shared.app):
        if isinstance(route, APIRoute) and not isinstance(policy_of(route), PublicPolicy):
            path = re.sub(r"\{[^}]+\}", "r-chen", route.path)
            for method in route.methods or ():
                asked += 1
                json = {"scorecards": [{"rep_id": "r"}]} if "attach" in path else {"state": "done"}
                content = {"json": json} if path.startswith("/v1/") and method in {"POST", "PUT"} else {}
                assert client.request(method, path, **content).status_code == 401, (method, path)  # type: ignore[arg-type]
    assert asked == 39


def test_a_person_looking_at_a_page_without_sign_in_is_sent_there(shared: World) -> None:
    answer = shared.client().get("/team", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
