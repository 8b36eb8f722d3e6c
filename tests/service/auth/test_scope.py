"""The scope follows the reporting line of today, in any tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from features.domain.vocabulary import Role
from service.auth.principal import Principal, Scope
from service.storage.engine import Storage, reading, writing
from service.storage.snapshots import ReportingLine, replace_hierarchy
from service.storage.tables import hierarchy
from tests.service.world import World, lines, score
from tests.support.documents import CASES


def _visible(storage: Storage, role: Role, own: str | None) -> set[str]:
    scope = Scope(Principal("u", "U", role, own))
    with reading(storage.engine) as connection:
        return set(connection.execute(select(hierarchy.c.rep_id).where(scope.sees(hierarchy.c.rep_id))).scalars())


@st.composite
def trees(draw: st.DrawFn) -> list[str | None]:
    """Draw a company: person `i` reports to somebody with a smaller number, or to nobody."""
    size = draw(st.integers(1, 25))
    return [None if i == 0 else draw(st.none() | st.integers(0, i - 1).map(str)) for i in range(size)]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """Return one database for all the companies that are drawn; each replaces the one before."""
    opened = Storage.open(tmp_path_factory.mktemp("trees"))
    yield opened
    opened.engine.dispose()


@settings(max_examples=60, deadline=None)
@given(bosses=trees())
def test_in_any_company_a_manager_sees_the_subtree_and_a_rep_nobody_else(
    kept: Storage, bosses: list[str | None]
) -> None:
    with writing(kept.engine) as connection:
        replace_hierarchy(
            connection, [ReportingLine(str(i), f"P{i}", None, None, boss) for i, boss in enumerate(bosses)]
        )

    for person in range(len(bosses)):
        below = {person}
        for other in range(len(bosses)):
            # Bosses have smaller numbers: one pass in order collects the whole subtree.
            if bosses[other] is not None and int(str(bosses[other])) in below:
                below.add(other)
        assert _visible(kept, Role.MANAGER, str(person)) == {str(i) for i in below}
        assert _visible(kept, Role.REP, str(person)) == {str(person)}
    assert _visible(kept, Role.ADMIN, None) == {str(i) for i in range(len(bosses))}
    assert _visible(kept, Role.DATA_SCIENTIST, "0") == set()


def test_a_reorganisation_counts_from_the_next_request_on(world: World) -> None:
    wang, east = world.client("wang"), world.client("east")
    assert wang.get("/v1/reps/r-chen/scorecard").status_code == 200
    moved = [
        ReportingLine(line.rep_id, line.name, "east", "East", "m-east") if line.rep_id == "r-chen" else line
        for line in lines()
    ]

    with writing(world.storage.engine) as connection:
        replace_hierarchy(connection, moved)

    assert wang.get("/v1/reps/r-chen/scorecard").status_code == 404
    assert wang.get("/v1/reps/r-chen/forecasts").status_code == 404
    assert east.get("/v1/reps/r-chen/scorecard").status_code == 200
    # The stored total of the north still holds what Chen adds: it is withheld until the next scoring.
    assert wang.get("/v1/teams/north/forecast").status_code == 404
    assert len(wang.get("/v1/teams/north/scorecards").json()["items"]) == 2


def test_a_rep_does_not_see_what_is_meant_for_the_manager(world: World) -> None:
    score(world.storage, 2, cases=(replace(CASES[0], suggestions=4), *CASES[1:3]))

    own = world.client("chen").get("/v1/me/scorecard").json()["suggestions"]
    seen = world.client("wang").get("/v1/reps/r-chen/scorecard").json()["suggestions"]
    assert [item["audience"] for item in own] == ["rep", "rep", "rep"]
    assert [item["audience"] for item in seen] == ["rep", "rep", "rep", "manager"]
    answer = world.client("chen").post("/v1/suggestions/r-chen-s3/feedback", json={"state": "done"})
    assert answer.status_code == 404
