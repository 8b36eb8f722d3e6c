"""Calls are read through the scope of whoever asks, and given as whoever one is."""

from __future__ import annotations

import pytest

from features.domain.vocabulary import Role
from service.auth.principal import Principal, Scope
from service.calls.repository import CallRepository
from service.storage.engine import reading
from tests.service.world import PEOPLE, World

START = "2026-10-01"


def _scope(name: str) -> Scope:
    role, rep_id = PEOPLE[name]
    return Scope(Principal(name, name, role, rep_id))


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        ("chen", {"r-chen"}),
        ("nair", {"r-nair-e"}),
        ("wang", {"r-chen", "r-silva"}),
        ("east", {"r-nair-e"}),
        ("boss", {"r-chen", "r-silva", "r-nair-e"}),
        ("admin", {"r-chen", "r-silva", "r-nair-e"}),
        ("lab", set()),
    ],
)
def test_every_way_to_read_goes_through_the_scope(world: World, caller: str, seen: set[str]) -> None:
    for rep_id in ("r-chen", "r-silva", "r-nair-e"):
        assert world.client("boss").put(f"/v1/reps/{rep_id}/calls", json={"amount": 5.0}).status_code == 200
    with reading(world.storage.engine) as connection:
        repository = CallRepository(connection, _scope(caller))
        assert {call.rep_id for call in repository.of_periods([START])} == seen
        for rep_id in ("r-chen", "r-silva", "r-nair-e"):
            held = [
                repository.history(rep_id, before=None, limit=9),
                repository.standing(rep_id, [START]),
                repository.of_periods([START], rep_id=rep_id),
            ]
            assert [len(calls) for calls in held] == [int(rep_id in seen)] * 3


@pytest.mark.parametrize(
    ("role", "own", "rep_id", "side"),
    [
        (Role.REP, "r-chen", "r-chen", "rep"),
        (Role.REP, "r-chen", "r-silva", None),
        (Role.MANAGER, "m-wang", "r-chen", "manager"),
        (Role.MANAGER, "m-wang", "m-wang", "rep"),
        (Role.MANAGER, "m-east", "r-chen", None),
        (Role.ADMIN, None, "r-chen", None),
        (Role.ADMIN, "r-silva", "r-chen", None),
        (Role.ADMIN, "r-silva", "r-silva", "rep"),
        (Role.DATA_SCIENTIST, None, "r-chen", None),
    ],
)
def test_one_speaks_as_the_rep_or_as_who_leads_them(
    shared: World, role: Role, own: str | None, rep_id: str, side: str | None
) -> None:
    with reading(shared.storage.engine) as connection:
        assert CallRepository(connection, Scope(Principal("u", "u", role, own))).side(rep_id) == side
