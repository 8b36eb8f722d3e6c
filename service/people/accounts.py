"""Users and tokens, for the command line and the sign-in page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine, insert, select, update

from features.domain.errors import UnknownReference, UsageError
from features.domain.vocabulary import Role
from service.auth.sessions import TOKEN, mint
from service.storage.audit import AuditEntry, append
from service.storage.clock import utc_now
from service.storage.engine import reading, writing
from service.storage.tables import tokens, users

LIFETIME = timedelta(days=90)
NEEDS_REP = (Role.REP, Role.MANAGER)


def add_user(engine: Engine, name: str, role: Role | str, rep_id: str | None = None, *, actor: str = "cli") -> str:
    """Add a user.

    Args:
        engine: Operational database.
        name: Unique name to sign in and to be named by.
        role: `rep`, `manager`, `data_scientist` or `admin`.
        rep_id: The rep that the user is; needed by reps and managers, whose scope starts there.
        actor: Who adds, for the audit trail.

    Returns:
        The user's id.

    Raises:
        UsageError: The role is unknown, the rep is missing, or the name is taken.
    """
    checked = _role(role)
    if checked in NEEDS_REP and not rep_id:
        raise UsageError(f"a {checked.value} needs the rep they are: add --rep ID")
    if not name.strip():
        raise UsageError("a user needs a name")
    user_id = secrets.token_hex(8)
    with writing(engine) as connection:
        if connection.execute(select(users.c.user_id).where(users.c.name == name)).first() is not None:
            raise UsageError(f"there is a user {name!r} already; choose another name")
        values = {"user_id": user_id, "name": name, "role": checked.value, "rep_id": rep_id}
        connection.execute(insert(users).values(**values, active=True, created_at=utc_now()))
        append(connection, [AuditEntry(actor, "user.add", f"user:{user_id}:{checked.value}")])
    return user_id


def issue_token(engine: Engine, user: str, *, lifetime: timedelta = LIFETIME, actor: str = "cli") -> str:
    """Make a token for a user.

    Args:
        engine: Operational database.
        user: Name or id.
        lifetime: How long it is accepted, at most 90 days.
        actor: Who asks for it, for the audit trail.

    Returns:
        The token; only its digest is kept, so it cannot be shown again.

    Raises:
        UnknownReference: There is no such active user.
        UsageError: The lifetime is out of bounds.
    """
    if not timedelta(0) < lifetime <= LIFETIME:
        raise UsageError(f"a token lives up to {LIFETIME.days} days, not {lifetime}")
    with writing(engine) as connection:
        user_id = _user_id(connection, user)
        token = mint(connection, user_id, kind=TOKEN, lifetime=lifetime)
        append(connection, [AuditEntry(actor, "token.issue", f"user:{user_id}")])
    return token


def revoke(engine: Engine, user: str, *, actor: str = "cli") -> int:
    """Switch a user off and make their tokens and sessions worthless, from the next request on.

    Args:
        engine: Operational database.
        user: Name or id.
        actor: Who revokes, for the audit trail.

    Returns:
        How many tokens and sessions ended.

    Raises:
        UnknownReference: There is no such active user.
    """
    with writing(engine) as connection:
        user_id = _user_id(connection, user)
        connection.execute(update(users).where(users.c.user_id == user_id).values(active=False))
        ended = connection.execute(
            update(tokens)
            .where(tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None))
            .values(revoked_at=utc_now())
        ).rowcount
        append(connection, [AuditEntry(actor, "user.revoke", f"user:{user_id}")])
    return int(ended)


def list_users(engine: Engine) -> Sequence[Mapping[str, object]]:
    """Return all users by name, each with `user_id, name, role, rep_id, active, created_at`."""
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(select(users).order_by(users.c.name))]


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        known = ", ".join(item.value for item in Role)
        raise UsageError(f"there is no role {role!r}; the roles are {known}") from error


def _user_id(connection: Connection, user: str) -> str:
    query = select(users.c.user_id).where((users.c.name == user) | (users.c.user_id == user), users.c.active)
    found = connection.execute(query).scalars().first()
    if found is None:
        raise UnknownReference(f"there is no active user {user!r}; `paceline users list` shows them")
    return str(found)
