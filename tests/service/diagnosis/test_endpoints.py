"""Diagnoses are read by those who see the people, and say what was stored."""

from __future__ import annotations

from tests.service.world import World
from tests.support.diagnoses import rep_diagnosis, team_diagnosis


def test_anonymous_callers_get_nothing(shared: World) -> None:
    client = shared.client()
    assert client.get("/v1/reps/r-chen/diagnosis").status_code == 401
    assert client.get("/v1/teams/north/diagnosis").status_code == 401


def test_a_rep_reads_their_own_and_nobody_elses(shared: World) -> None:
    client = shared.client("chen")
    assert client.get("/v1/reps/r-chen/diagnosis").status_code == 200
    other = client.get("/v1/reps/r-silva/diagnosis")
    nobody = client.get("/v1/reps/r-who/diagnosis")
    assert (other.status_code, nobody.status_code) == (404, 404)
    assert other.json() == nobody.json()


def test_what_is_served_is_what_was_stored(shared: World) -> None:
    client = shared.client("wang")
    assert client.get("/v1/reps/r-chen/diagnosis").json() == rep_diagnosis("r-chen")
    assert client.get("/v1/teams/north/diagnosis").json() == team_diagnosis("north", people=3, flagged=0)


def test_causes_add_up_in_the_served_unit(shared: World) -> None:
    served = shared.client("wang").get("/v1/teams/north/diagnosis").json()["miss"]
    assert abs(sum(cause["points"] for cause in served["causes"]) - served["points"]) < 1e-6


def test_a_team_is_read_by_those_who_see_all_of_it(shared: World) -> None:
    assert shared.client("chen").get("/v1/teams/north/diagnosis").status_code == 404
    assert shared.client("wang").get("/v1/teams/east/diagnosis").status_code == 404
    assert shared.client("admin").get("/v1/teams/east/diagnosis").status_code == 200


def test_looking_at_somebody_else_is_noted(world: World) -> None:
    world.client("wang").get("/v1/reps/r-chen/diagnosis")
    world.client("wang").get("/v1/reps/nobody/diagnosis")
    world.client("chen").get("/v1/reps/r-chen/diagnosis")
    world.client("wang").get("/v1/teams/north/diagnosis")
    pending = world.app.state.context.views._pending
    assert [entry.object for entry in pending] == ["rep:r-chen", "team:north"]


def test_a_snapshot_without_a_diagnosis_has_none(world: World) -> None:
    assert world.client("wang").get("/v1/reps/m-wang/diagnosis").status_code == 404
