"""How good past forecasts were, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection

from service.accuracy.repository import AccuracyRepository
from service.accuracy.schemas import Accuracy
from service.accuracy.service import in_scope, judge_calls
from service.auth.policy import SignedIn
from service.auth.principal import Scope
from service.context import Context
from service.http.documentation import documented

router = APIRouter(prefix="/v1", tags=["accuracy"])


@router.get("/accuracy", **documented(Accuracy, "How good past forecasts were"))
async def accuracy(scope: SignedIn, context: Context) -> Accuracy:
    """Return past error, bias and coverage by lead time: the model, simple rules beside it, and the calls of people."""
    return await context.storage.read(lambda connection: read_accuracy(connection, scope))


def read_accuracy(connection: Connection, scope: Scope) -> Accuracy:
    """Return what the caller may know about past accuracy."""
    repository = AccuracyRepository(connection, scope)
    served = repository.served()
    calls = judge_calls(repository.judged_calls())
    if served is None:
        return Accuracy(model_version=None, backtest=None, calls=calls)
    version, document = served
    told = None if document is None else in_scope(document, repository.teams())
    return Accuracy.model_validate({"model_version": version, "backtest": told, "calls": calls})
