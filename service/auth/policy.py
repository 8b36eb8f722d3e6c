"""Policies: who may call a route. A route without one stops the start-up.

A policy is the dependency that signs the caller in, so what is declared is what is enforced: an endpoint receives
its `Scope` from it and has no other way to reach stored forecasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from features.domain.errors import CheckFailed
from features.domain.vocabulary import Role
from service.auth.principal import Scope
from service.auth.sessions import authenticate
from service.context import context_of
from service.errors import Refused


class Policy:
    """Lets in signed-in people of some roles.

    Args:
        name: What the policy is called in messages.
        roles: Roles that are let in; to everybody else the route does not exist.
    """

    def __init__(self, name: str, roles: Iterable[Role]) -> None:
        self.name = name
        self.roles = frozenset(roles)

    async def __call__(self, request: Request) -> Scope:
        """Return the scope of the caller.

        Raises:
            Refused: Nobody is signed in, or the role is not let in.
        """
        principal = await authenticate(request)
        if principal is None:
            raise Refused("sign-in", headers={"WWW-Authenticate": "Bearer"})
        if principal.role not in self.roles:
            raise Refused("not-found")
        return Scope(principal, awaits_approval=context_of(request).suggesting.needs_approval)


class PublicPolicy:
    """Lets everybody in, for a stated reason.

    Args:
        reason: Why the route shows nothing that needs protection.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason

    async def __call__(self) -> None:
        """Let the caller in."""


class PublicFiles(StaticFiles):
    """Static files that hold nothing about anybody."""

    policy = PublicPolicy("style sheets and scripts of the pages")


SIGNED_IN = Policy("signed in", Role)
LEADERS = Policy("leads people", (Role.MANAGER, Role.ADMIN))
MEASURES = Policy("measures coaching", (Role.MANAGER, Role.DATA_SCIENTIST, Role.ADMIN))
PEOPLE = Policy("sees people", (Role.REP, Role.MANAGER, Role.ADMIN))

SignedIn = Annotated[Scope, Depends(SIGNED_IN)]
LeadsPeople = Annotated[Scope, Depends(LEADERS)]
MeasuresCoaching = Annotated[Scope, Depends(MEASURES)]
SeesPeople = Annotated[Scope, Depends(PEOPLE)]


def public(reason: str) -> PublicPolicy:
    """Return the policy of a route that anybody may call.

    Args:
        reason: Why that is safe.
    """
    return PublicPolicy(reason)


def policy_of(route: BaseRoute) -> Policy | PublicPolicy | None:
    """Return the policy that a route declares, None if it declares none."""
    if isinstance(route, APIRoute):
        return next((call for call in _calls(route.dependant) if isinstance(call, (Policy, PublicPolicy))), None)
    declared = getattr(getattr(route, "app", None), "policy", None)
    return declared if isinstance(declared, (Policy, PublicPolicy)) else None


def live_routes(app: FastAPI) -> Iterator[BaseRoute]:
    """Yield every route that the application answers on, mounts and included routers opened up."""
    yield from _opened(app.routes)


def require_policies(app: FastAPI) -> None:
    """Refuse to start while a route has no policy.

    Raises:
        CheckFailed: Names the routes.
    """
    bare = [str(getattr(route, "path", route)) for route in live_routes(app) if policy_of(route) is None]
    if bare:
        raise CheckFailed(
            f"routes without a policy: {', '.join(sorted(bare))}; give each endpoint a parameter of type "
            "`SignedIn` or `SeesPeople`, or dependencies=[Depends(public('reason'))]"
        )


def _opened(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    for route in routes:
        included = getattr(route, "original_router", None)
        inner = included.routes if included is not None else getattr(route, "routes", None)
        if policy_of(route) is None and inner:
            yield from _opened(inner)
        else:
            yield route


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
