"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from service.auth.policy import public
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.storage.migrate import HEAD, revision_of

router = APIRouter(tags=["health"])
PUBLIC = Depends(public("says nothing about anybody"))


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


@router.get("/livez", dependencies=[PUBLIC], **documented(Health, "Whether the process lives", public=True))
async def livez() -> Health:
    """Answer without touching anything."""
    return Health(status="ok")


@router.get("/readyz", dependencies=[PUBLIC], **documented(Health, "Whether it can answer", "not-ready", public=True))
async def readyz(context: Context) -> Health:
    """Answer once the database does, with tables of this version."""
    try:
        revision = await context.storage.read(revision_of)
    except SQLAlchemyError as error:
        raise Refused("not-ready", headers={"Retry-After": "2"}) from error
    if revision != HEAD:
        raise Refused("not-ready", headers={"Retry-After": "2"})
    return Health(status="ok")
