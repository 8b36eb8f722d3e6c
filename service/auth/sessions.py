"""Signing in: bearer tokens for programs, a cookie for pages, a persona in the demo."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update
from starlette.requests import HTTPConnection
from starlette.responses import Response

from features.domain.vocabulary import Role
from service.auth.demo import demo_principal
from service.auth.principal import Principal
from service.context import context_of
from service.storage.clock import utc_after, utc_now
from service.storage.tables import tokens, users

TOKEN, SESSION = "token", "session"
TOKEN_PREFIX = "pl_"  # noqa: S105 - lets people and scanners recognise a token


def digest(secret: str) -> str:
    """Return what is stored of a secret of 256 random bits; nothing slower is needed to protect that many."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mint(connection: Connection, user_id: str, *, kind: str, lifetime: timedelta) -> str:
    """Make a secret for a user and store its digest.

    Args:
        connection: An open write transaction.
        user_id: Whose it is.
        kind: `token` or `session`.
        lifetime: How long it is accepted.

    Returns:
        The secret; it cannot be shown again.
    """
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    values = {"token_sha256": digest(secret), "user_id": user_id, "kind": kind}
    connection.execute(insert(tokens).values(**values, created_at=utc_now(), expires_at=utc_after(lifetime)))
    return secret


def principal_of(connection: Connection, secret: str, kind: str) -> Principal | None:
    """Return whose secret it is, None if nobody's, expired, revoked, or of somebody who was switched off."""
    query = (
        select(users.c.user_id, users.c.name, users.c.role, users.c.rep_id)
        .join_from(tokens, users, tokens.c.user_id == users.c.user_id)
        .where(tokens.c.token_sha256 == digest(secret), tokens.c.kind == kind, tokens.c.revoked_at.is_(None))
        .where(tokens.c.expires_at > utc_now(), users.c.active)
    )
    row = connection.execute(query).first()
    return None if row is None else Principal(row.user_id, row.name, Role(row.role), row.rep_id)


def end_session(connection: Connection, secret: str) -> None:
    """Make a session's cookie worthless."""
    connection.execute(update(tokens).where(tokens.c.token_sha256 == digest(secret)).values(revoked_at=utc_now()))


def session_cookie(connection: HTTPConnection) -> str:
    """Return the cookie's name: browsers hold a `__Host-` cookie to its rules, but only over https."""
    return "__Host-paceline" if connection.url.scheme == "https" else "paceline_session"


def set_session(request: HTTPConnection, response: Response, secret: str, lifetime: timedelta) -> None:
    """Give the browser a session."""
    response.set_cookie(
        session_cookie(request),
        secret,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


async def authenticate(request: HTTPConnection) -> Principal | None:
    """Return who is asking, None if nobody is signed in.

    A token that is sent but not valid is refused even in the demo.
    """
    context = context_of(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            return None
        return await context.storage.read(lambda connection: principal_of(connection, secret.strip(), TOKEN))
    cookie = request.cookies.get(session_cookie(request), "")
    if cookie:
        found = await context.storage.read(lambda connection: principal_of(connection, cookie, SESSION))
        if found is not None:
            return found
    if context.settings.demo:
        return await context.storage.read(lambda connection: demo_principal(connection, request.cookies))
    return None
