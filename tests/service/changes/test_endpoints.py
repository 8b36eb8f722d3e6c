"""What changed over HTTP: who may ask, sums, changes of model, and teams."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from features.domain.vocabulary import Role
from service.storage.snapshots import Details, SnapshotRepository
from tests.service.auth.test_authz_matrix import SCORED, SUBJECTS, _may_see
from tests.service.world import EAST, NORTH, PEOPLE, World, lines, score, snapshot
from tests.support.details import company_draws, detail
from tests.support.documents import row, scorecard, team

SINCE = "2026-11-16"


@pytest.fixture
def twice(tmp_path: Path) -> World:
    world = World.build(tmp_path, scored=False)
    score(world.storage, 1, as_of="2026-11-15")
    better = tuple(replace(case, middle=case.middle + 0.03) for case in NORTH)
    score(world.storage, 2, cases=(*better, *EAST), as_of="2026-11-22")
    return world


def test_an_anonymous_caller_gets_nothing(twice: World) -> None:
    assert twice.client().get(f"/v1/reps/r-chen/changes?since={SINCE}").status_code == 401
    assert twice.client().get(f"/v1/teams/north/changes?since={SINCE}").status_code == 401


@pytest.mark.parametrize("caller", PEOPLE)
def test_those_who_see_the_rep_see_what_changed(twice: World, caller: str) -> None:
    client = twice.client(caller)
    for subject in SUBJECTS:
        seen = subject in SCORED and PEOPLE[caller][0] is not Role.DATA_SCIENTIST and _may_see(caller, subject)
        status = client.get(f"/v1/reps/{subject}/changes?since={SINCE}").status_code
        assert status == (200 if seen else 404), (caller, subject)


def test_lines_add_up_to_the_move_of_mean_and_middle(twice: World) -> None:
    found = twice.client("chen").get(f"/v1/reps/r-chen/changes?since={SINCE}").json()
    assert found["change_points"] == pytest.approx(3.0, abs=1e-6)
    assert sum(line["amount"] for line in found["lines"]) == pytest.approx(found["change_amount"], abs=1e-6)
    assert sum(line["points"] for line in found["lines"]) == pytest.approx(found["change_points"], abs=1e-6)
    assert (found["before"]["as_of"], found["after"]["as_of"]) == ("2026-11-15", "2026-11-22")


def test_nothing_to_compare_with_is_not_found(twice: World) -> None:
    client = twice.client("chen")
    assert client.get("/v1/reps/r-chen/changes?since=2026-11-01").status_code == 404
    assert client.get("/v1/reps/r-chen/changes?since=2026-12-01").status_code == 404
    assert client.get("/v1/reps/r-chen/changes?since=soon").status_code == 422
    assert client.get("/v1/reps/r-chen/changes").status_code == 422


def test_a_team_changes_by_the_sum_of_its_members(twice: World) -> None:
    client = twice.client("wang")
    found = client.get(f"/v1/teams/north/changes?since={SINCE}").json()
    # 3 % of the quotas of three people: 2.4 + 2.1 + 1.8 million.
    assert found["change_amount"] == pytest.approx(0.03 * 6_300_000)
    assert sum(line["amount"] for line in found["lines"]) == pytest.approx(found["change_amount"], abs=1e-6)
    assert client.get(f"/v1/teams/east/changes?since={SINCE}").status_code == 404
    assert twice.client("chen").get(f"/v1/teams/north/changes?since={SINCE}").status_code == 404


def _retold(world: World, *, bridged: bool) -> dict[str, Any]:
    """Score again with another model, whose ledger of the earlier facts is 10,000 higher."""
    case, day = NORTH[0], date(2026, 11, 22)
    document: dict[str, Any] = dict(detail(case, as_of=day))
    if bridged:
        told = dict(detail(case, as_of=date(2026, 11, 15))["ledger"])
        told["new_deals"], told["mean"] = told["new_deals"] + 10_000.0, told["mean"] + 10_000.0  # type: ignore[operator]
        document["bridge"] = {"snapshot_id": "s1", "ledger": told}
    SnapshotRepository(world.storage.engine).add(
        replace(snapshot(2), bundle_sha="cd" * 32),
        [scorecard(case, as_of=day)],
        [team(NORTH)],
        [row(case, as_of=day, version="2")],
        lines(),
        details=Details(company_draws(day), {case.rep_id: document}),
    )
    found: dict[str, Any] = world.client("chen").get(f"/v1/reps/r-chen/changes?since={SINCE}").json()
    return found


def test_a_new_model_has_its_own_line(tmp_path: Path) -> None:
    world = World.build(tmp_path, scored=False)
    score(world.storage, 1, as_of="2026-11-15")
    found = _retold(world, bridged=True)
    amounts = {line["code"]: line["amount"] for line in found["lines"]}
    assert amounts["model"] == pytest.approx(10_000.0)
    assert amounts["time"] == pytest.approx(-10_000.0)
    assert sum(amounts.values()) == pytest.approx(found["change_amount"], abs=1e-6)


def test_a_new_model_without_a_second_telling_claims_no_time(tmp_path: Path) -> None:
    world = World.build(tmp_path, scored=False)
    score(world.storage, 1, as_of="2026-11-15")
    found = _retold(world, bridged=False)
    assert "time" not in {line["code"] for line in found["lines"]}
    assert sum(line["amount"] for line in found["lines"]) == pytest.approx(found["change_amount"], abs=1e-6)
