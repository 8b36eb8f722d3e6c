"""The password-less demo: whose eyes one looks through, chosen on the page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from sqlalchemy import Connection, exists, func, select

from features.domain.errors import UsageError
from features.domain.vocabulary import Role
from service.auth.principal import Principal
from service.settings import LOCAL_HOSTS, ServeSettings
from service.storage.tables import hierarchy

PERSONA_COOKIE = "paceline_persona"
ADMIN_PERSONA = "admin"
ADMIN = Principal("demo:admin", "Admin", Role.ADMIN, None)
SHOWN = 12


def require_local(settings: ServeSettings) -> None:
    """Refuse to serve without sign-in where others could reach it.

    Raises:
        UsageError: The demo would listen on an address beyond this machine.
    """
    if settings.demo and settings.host not in LOCAL_HOSTS:
        raise UsageError(
            f"the demo needs no password, so it listens on 127.0.0.1 only, not on {settings.host}; leave --host out, "
            "or add users and tokens and serve without the demo"
        )


def demo_principal(connection: Connection, cookies: Mapping[str, str]) -> Principal:
    """Return the persona that the cookie names; without one, the manager of the largest team."""
    chosen = unquote(cookies.get(PERSONA_COOKIE, ""))
    if chosen == ADMIN_PERSONA:
        return ADMIN
    found = persona(connection, chosen) if chosen else None
    if found is not None:
        return found
    managers = personas(connection)
    return managers[0] if managers else ADMIN


def persona(connection: Connection, rep_id: str) -> Principal | None:
    """Return a rep as the demo signs them in; somebody who leads others is a manager."""
    leads = exists().where(hierarchy.alias("below").c.manager_rep_id == rep_id)
    row = connection.execute(select(hierarchy.c.name, leads).where(hierarchy.c.rep_id == rep_id)).first()
    if row is None:
        return None
    return Principal(f"demo:{rep_id}", row.name, Role.MANAGER if row[1] else Role.REP, rep_id)


def personas(connection: Connection) -> list[Principal]:
    """Return the managers that the demo offers, those with the most direct reports first."""
    below = hierarchy.alias("below")
    query = (
        select(hierarchy.c.rep_id, hierarchy.c.name)
        .join_from(hierarchy, below, below.c.manager_rep_id == hierarchy.c.rep_id)
        .group_by(hierarchy.c.rep_id, hierarchy.c.name)
        .order_by(func.count().desc(), hierarchy.c.rep_id)
        .limit(SHOWN)
    )
    return [Principal(f"demo:{row.rep_id}", row.name, Role.MANAGER, row.rep_id) for row in connection.execute(query)]


def reports_of(connection: Connection, rep_id: str | None) -> list[Principal]:
    """Return some of those who report to a manager, so that the demo can look through their eyes too."""
    query = (
        select(hierarchy.c.rep_id, hierarchy.c.name)
        .where(hierarchy.c.manager_rep_id == rep_id)
        .order_by(hierarchy.c.name, hierarchy.c.rep_id)
        .limit(SHOWN)
    )
    return [Principal(f"demo:{row.rep_id}", row.name, Role.REP, row.rep_id) for row in connection.execute(query)]


def persona_value(principal: Principal) -> str:
    """Return what the cookie holds for a persona; ids may be in any script, cookies may not."""
    return quote(principal.rep_id or ADMIN_PERSONA, safe="")
