"""What-ifs over HTTP."""

from __future__ import annotations

from anyio import to_thread
from fastapi import APIRouter, Request

from service.auth.policy import SeesPeople
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.scorecards.endpoints import note_view
from service.whatif.repository import DetailRepository
from service.whatif.schemas import WhatIfAnswer, WhatIfRequest
from service.whatif.service import what_if

router = APIRouter(prefix="/v1", tags=["coaching"])


@router.post("/reps/{rep_id}/what-if", **documented(WhatIfAnswer, "What the model says if a lever is moved"))
async def ask_what_if(
    rep_id: Id, body: WhatIfRequest, request: Request, scope: SeesPeople, context: Context
) -> WhatIfAnswer:
    """Return the forecast and the same worlds with levers moved; nothing is stored."""
    found = await context.storage.read(lambda connection: DetailRepository(connection, scope).one(rep_id))
    if found is None:
        raise Refused("not-found")
    note_view(context, scope, request, rep_id)
    return await to_thread.run_sync(what_if, rep_id, *found, body)
