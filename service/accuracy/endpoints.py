"""How good past forecasts and calls were, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from sqlalchemy import Connection

from models.accuracy.documents import JudgedPeriodDoc, RepBacktestDoc
from models.accuracy.lines import Floor
from models.accuracy.settings import AccuracySettings
from service.accuracy.repository import AccuracyRepository, Served
from service.accuracy.schemas import Accuracy, CallLine, Missing, RepAccuracy, TeamAccuracy
from service.accuracy.service import (
    call_lines,
    ends_of_leads,
    judged_calls,
    own_call_line,
    past_periods,
    rep_lines,
)
from service.accuracy.settled import as_served, leads_of
from service.auth.policy import SeesPeople, SignedIn
from service.auth.principal import Scope
from service.calls.repository import CallRepository
from service.calls.schemas import Call
from service.context import Context
from service.errors import Refused
from service.http.documentation import documented
from service.http.parameters import Id
from service.scorecards.endpoints import note_view
from service.scorecards.repository import ScorecardRepository

router = APIRouter(prefix="/v1", tags=["accuracy"])
SETTINGS = AccuracySettings()


@router.get("/accuracy", **documented(Accuracy, "How good past forecasts and calls were"))
async def accuracy(scope: SignedIn, context: Context) -> Accuracy:
    """Return error, bias and coverage by lead: the company, teams in scope, calls for people in scope."""
    return await context.storage.read(lambda connection: read_accuracy(connection, scope))


@router.get("/reps/{rep_id}/accuracy", **documented(RepAccuracy, "How good past forecasts of a rep were"))
async def accuracy_of_rep(rep_id: Id, request: Request, scope: SeesPeople, context: Context) -> RepAccuracy:
    """Return what was said about a rep's closed periods, by whom, and what came of it."""
    found = await context.storage.read(lambda connection: read_rep_accuracy(connection, scope, rep_id))
    if found is None:
        raise Refused("not-found")
    note_view(context, scope, request, rep_id)
    return found


def read_accuracy(connection: Connection, scope: Scope) -> Accuracy:
    """Return what `GET /v1/accuracy` answers."""
    repository = AccuracyRepository(connection, scope)
    served = repository.served()
    if not isinstance(served, Served):
        return Accuracy(run=None, missing=served, periods=[], company=[], teams=[], calls=[], flags=[])
    document = served.document
    teams = [
        TeamAccuracy(team_id=team_id, team_name=name, lines=[dict(line) for line in team["lines"]])
        for team_id, name, team in repository.teams(served.run.run_id)
    ]
    return Accuracy(
        run=served.run,
        missing=_missing(served),
        periods=[dict(period) for period in document["periods"]],
        company=[dict(line) for line in document["lines"]],
        teams=teams,
        calls=_calls(connection, scope, served),
        flags=[dict(line) for line in document["flags"]],
    )


def read_rep_accuracy(connection: Connection, scope: Scope, rep_id: str) -> RepAccuracy | None:
    """Return what `GET /v1/reps/{rep_id}/accuracy` answers, None where the rep has no scorecard in scope."""
    if ScorecardRepository(connection, scope).one(rep_id) is None:
        return None
    served = AccuracyRepository(connection, scope).served()
    if not isinstance(served, Served):
        return RepAccuracy(rep_id=rep_id, run=None, missing=served, periods=[], lines=[], calls=[])
    given, records, periods = _gather(connection, scope, served, rep_id)
    record = records.get(rep_id, RepBacktestDoc(schema=1, periods=[]))
    leads, until = _leads(periods), ends_of_leads(periods)
    lines = call_lines(list(judged_calls({rep_id: record}, given, until)), leads, Floor.of_rep(SETTINGS), SETTINGS)
    return RepAccuracy(
        rep_id=rep_id,
        run=served.run,
        missing=None if record["periods"] else _missing(served),
        periods=past_periods(rep_id, record, given, until),
        lines=[dict(line) for line in rep_lines(rep_id, record, leads, SETTINGS)],
        calls=[own_call_line(line, SETTINGS) for line in lines],
    )


def _calls(connection: Connection, scope: Scope, served: Served) -> list[CallLine]:
    given, records, periods = _gather(connection, scope, served, None)
    found = list(judged_calls(records, given, ends_of_leads(periods)))
    return call_lines(found, _leads(periods), Floor.of_group(SETTINGS), SETTINGS)


def _gather(
    connection: Connection, scope: Scope, served: Served, rep_id: str | None
) -> tuple[list[Call], dict[str, RepBacktestDoc], list[JudgedPeriodDoc]]:
    """Return calls, what was said about the called periods, and when each was looked at.

    A period that the backtest of the served model has judged is told from there; one that has settled since, from
    the forecasts that were served while it ran.
    """
    repository = AccuracyRepository(connection, scope)
    judged = list(served.document["periods"])
    known = {(period["period_start"], period["period_end"]) for period in judged}
    since = [item for item in repository.settled(rep_id) if (item.period_start, item.period_end) not in known]
    later = sorted({(item.period_start, item.period_end) for item in since})
    periods = [*judged, *(leads_of(*days) for days in later)]
    given = CallRepository(connection, scope).of_periods([p["period_start"] for p in periods], rep_id=rep_id)
    wanted = {call.rep_id for call in given} if rep_id is None else {rep_id}
    records = repository.reps(served.run.run_id, wanted)
    for item in since:
        told = as_served(item, served.run.served)
        if told is not None:
            records.setdefault(item.rep_id, RepBacktestDoc(schema=1, periods=[]))["periods"].append(told)
    return given, records, periods


def _leads(periods: Sequence[JudgedPeriodDoc]) -> list[str]:
    return list(dict.fromkeys(lead["name"] for period in periods for lead in period["leads"]))


def _missing(served: Served) -> Missing | None:
    return "too_few_periods" if served.document["note"] else None
