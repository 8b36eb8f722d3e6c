"""Tokens and sessions: who holds one is somebody, until it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from features.domain.errors import UnknownReference, UsageError
from features.domain.vocabulary import Role
from service.auth.sessions import SESSION, TOKEN, digest, mint, principal_of
from service.people import add_user, issue_token, list_users, revoke
from service.storage.engine import Storage, reading, writing
from service.storage.tables import audit, tokens
from tests.service.world import World


def test_only_the_digest_of_a_token_is_stored(storage: Storage) -> None:
    add_user(storage.engine, "ada", Role.ADMIN)
    token = issue_token(storage.engine, "ada")

    assert token.startswith("pl_")
    assert len(token) == 3 + 43  # 32 random bytes in base64url
    with reading(storage.engine) as connection:
        stored = connection.execute(select(tokens)).mappings().one()
    assert stored["token_sha256"] == digest(token)
    assert token not in str(dict(stored))


def test_a_token_says_who_it_is_and_a_session_is_not_a_token(storage: Storage) -> None:
    add_user(storage.engine, "chen", "rep", "r-chen")
    token = issue_token(storage.engine, "chen")

    with reading(storage.engine) as connection:
        found = principal_of(connection, token, TOKEN)
        assert found is not None
        assert (found.name, found.role, found.rep_id) == ("chen", Role.REP, "r-chen")
        assert principal_of(connection, token, SESSION) is None
        assert principal_of(connection, token + "x", TOKEN) is None


def test_an_expired_token_is_nobodys(storage: Storage) -> None:
    user_id = add_user(storage.engine, "chen", "rep", "r-chen")
    with writing(storage.engine) as connection:
        late = mint(connection, user_id, kind=TOKEN, lifetime=timedelta(seconds=-1))
        fresh = mint(connection, user_id, kind=TOKEN, lifetime=timedelta(seconds=60))

    with reading(storage.engine) as connection:
        assert principal_of(connection, late, TOKEN) is None
        assert principal_of(connection, fresh, TOKEN) is not None


def test_revoking_ends_all_tokens_at_once(world: World) -> None:
    client = world.client("wang")
    assert client.get("/v1/reps/r-chen/scorecard").status_code == 200

    assert revoke(world.storage.engine, "wang") == 1

    assert client.get("/v1/reps/r-chen/scorecard").status_code == 401
    assert [user["active"] for user in list_users(world.storage.engine) if user["name"] == "wang"] == [False]
    with pytest.raises(UnknownReference, match="no active user 'wang'"):
        issue_token(world.storage.engine, "wang")


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), timedelta(days=91)])
def test_a_token_lives_up_to_ninety_days(storage: Storage, lifetime: timedelta) -> None:
    add_user(storage.engine, "ada", Role.ADMIN)

    with pytest.raises(UsageError, match="up to 90 days"):
        issue_token(storage.engine, "ada", lifetime=lifetime)


@pytest.mark.parametrize(
    ("name", "role", "rep_id", "words"),
    [
        ("x", "boss", None, "the roles are rep, manager, data_scientist, admin"),
        ("x", "rep", None, "a rep needs the rep they are"),
        ("x", "manager", None, "a manager needs the rep they are"),
        (" ", "admin", None, "needs a name"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(
    storage: Storage, name: str, role: str, rep_id: str | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        add_user(storage.engine, name, role, rep_id)


def test_two_users_never_share_a_name(storage: Storage) -> None:
    add_user(storage.engine, "ada", Role.ADMIN)

    with pytest.raises(UsageError, match="already"):
        add_user(storage.engine, "ada", Role.REP, "r1")


def test_what_is_done_to_users_stands_in_the_audit_trail(storage: Storage) -> None:
    add_user(storage.engine, "ada", Role.ADMIN)
    issue_token(storage.engine, "ada")
    revoke(storage.engine, "ada")

    with reading(storage.engine) as connection:
        actions = connection.execute(select(audit.c.action).order_by(audit.c.seq)).scalars().all()
    assert actions == ["user.add", "token.issue", "user.revoke"]


def test_signing_in_on_the_page_gives_a_cookie_that_scripts_cannot_read(world: World) -> None:
    client = world.client()

    answer = client.post("/signin", data={"token": world.tokens["chen"]})

    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert world.tokens["chen"] not in cookie
    assert client.get("/v1/me/scorecard").json()["rep"]["rep_id"] == "r-chen"


def test_over_https_the_cookie_is_bound_to_the_host(world: World) -> None:
    client = world.client()
    client.base_url = client.base_url.copy_with(scheme="https")

    cookie = client.post("/signin", data={"token": world.tokens["chen"]}).headers["set-cookie"]

    assert cookie.startswith("__Host-paceline=")
    assert "Secure" in cookie


def test_a_wrong_token_opens_nothing_and_is_noted(world: World) -> None:
    answer = world.client().post("/signin", data={"token": "pl_wrong"})

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    with reading(world.storage.engine) as connection:
        last = connection.execute(select(audit).order_by(audit.c.seq.desc())).mappings().first()
    assert last is not None
    assert (last["action"], last["outcome"]) == ("sign-in", "refused")


def test_signing_out_makes_the_cookie_worthless(world: World) -> None:
    client = world.client()
    client.post("/signin", data={"token": world.tokens["chen"]})
    kept = client.cookies["paceline_session"]

    assert client.post("/signout").status_code == 303

    client.cookies.set("paceline_session", kept)
    assert client.get("/v1/me/scorecard").status_code == 401
