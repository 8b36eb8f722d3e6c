"""Writing immutable forecast snapshots: everything of one scoring run in one transaction, or nothing."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, delete, insert, select

from features.domain.errors import CheckFailed, ContractViolation
from models.coaching.decision_docs import DecisionDoc
from service.scoring.documents import ScorecardDoc, TeamForecastDoc
from service.storage.audit import AuditEntry, append
from service.storage.engine import writing
from service.storage.tables import (
    alerts,
    coaching_decisions,
    forecast_rows,
    hierarchy,
    rep_details,
    rep_forecasts,
    reporting,
    snapshot_details,
    snapshots,
    suggestion_events,
    suggestions,
    team_forecasts,
    team_members,
)

BATCH = 500
SERVED = "complete"
"""Status of a snapshot that people see; the newest of them is the current one."""
T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot:
    """One scoring run.

    Attributes:
        snapshot_id: Its identity.
        created_at: When it was scored, ISO 8601 in UTC.
        as_of: Day whose knowledge it used.
        model_version: Model that scored.
        dataset_version: Facts that were scored.
        bundle_sha: SHA-256 of the model bundle.
        status: `complete` is served, anything else is kept only.
    """

    snapshot_id: str
    created_at: str
    as_of: str
    model_version: str
    dataset_version: str
    bundle_sha: str
    status: str = SERVED


@dataclass(frozen=True)
class ReportingLine:
    """One rep's place in the company.

    Attributes:
        rep_id: The rep.
        name: Name that is shown.
        team_id: Team, None if in none.
        team_name: Name of the team that is shown.
        manager_rep_id: Direct manager, None for the head of the company.
    """

    rep_id: str
    name: str
    team_id: str | None
    team_name: str | None
    manager_rep_id: str | None


@dataclass(frozen=True)
class Details:
    """What is kept beside the documents that are shown.

    Attributes:
        company: What all reps share, JSON values; None where there are no worlds.
        reps: One document per rep that has a current period, by rep id.
    """

    company: Mapping[str, object] | None
    reps: Mapping[str, Mapping[str, object]]


class SnapshotRepository:
    """Where scoring puts its results.

    Args:
        engine: The operational database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        snapshot: Snapshot,
        scorecards: Iterable[ScorecardDoc],
        teams: Iterable[TeamForecastDoc],
        rows: Iterable[Mapping[str, object]],
        hierarchy: Sequence[ReportingLine],
        *,
        details: Details | None = None,
        flags: Iterable[Mapping[str, str]] = (),
        decisions: Iterable[DecisionDoc] = (),
    ) -> None:
        """Store one scoring run; it is served from the moment this returns.

        Args:
            snapshot: What was scored, with which model and data.
            scorecards: One document per rep; read once, so it may be a generator.
            teams: One document per team.
            rows: Rows of `score --out`, JSON values.
            hierarchy: The reporting line of today; replaces the one before.
            details: What changes are told and what-ifs are answered from; without them there are none.
            flags: Who stands flagged as at risk: keys of the target and `since`.
            decisions: Which plays were possible for whom, and what was drawn by which chance.

        Raises:
            ContractViolation: The reporting line has a circle, names a rep twice, or misses one that is scored.
            CheckFailed: A snapshot of this id stands already, or a document holds NaN or infinity.
        """
        with writing(self._engine) as connection:
            known = select(snapshots.c.seq).where(snapshots.c.snapshot_id == snapshot.snapshot_id)
            if connection.execute(known).first() is not None:
                raise CheckFailed(f"snapshot {snapshot.snapshot_id} stands already; snapshots are never overwritten")
            connection.execute(insert(snapshots).values(**asdict(snapshot)))
            placed = {line.rep_id for line in hierarchy}
            _insert_scorecards(connection, snapshot, scorecards, placed)
            _insert_teams(connection, snapshot.snapshot_id, teams)
            _insert(connection, forecast_rows, (_forecast_row(snapshot.snapshot_id, row) for row in rows))
            _insert(connection, alerts, ({"snapshot_id": snapshot.snapshot_id, **flag} for flag in flags))
            _insert(connection, coaching_decisions, (_decision_row(snapshot.snapshot_id, one) for one in decisions))
            if details is not None:
                _insert_details(connection, snapshot.snapshot_id, details)
            replace_hierarchy(connection, hierarchy)
            append(connection, [AuditEntry("scoring", "snapshot.add", f"snapshot:{snapshot.snapshot_id}")])


def replace_hierarchy(connection: Connection, lines: Sequence[ReportingLine]) -> None:
    """Make `lines` the reporting line that decides, from now on, who may see whom.

    Args:
        connection: An open write transaction.
        lines: One line per rep.

    Raises:
        ContractViolation: Someone would report to themselves, directly or through others, or stands twice.
    """
    above = chains(lines)
    connection.execute(delete(reporting))
    connection.execute(delete(hierarchy))
    _insert(connection, hierarchy, (asdict(line) for line in lines))
    pairs = ({"above_rep_id": leader, "rep_id": rep_id} for rep_id, leaders in above.items() for leader in leaders)
    _insert(connection, reporting, pairs)


def chains(lines: Sequence[ReportingLine]) -> dict[str, list[str]]:
    """Return for each rep the chain from themselves to the head of the company.

    Args:
        lines: One line per rep.

    Raises:
        ContractViolation: Somebody would report to themselves, directly or through others, or stands twice.

    Examples:
        >>> chains([ReportingLine("r", "R", "t", "T", "m"), ReportingLine("m", "M", None, None, None)])
        {'r': ['r', 'm'], 'm': ['m']}
    """
    boss = {line.rep_id: line.manager_rep_id for line in lines}
    if len(boss) != len(lines):
        raise ContractViolation("the reporting line names a rep twice; give each rep one team and one manager")
    return {rep_id: _chain(rep_id, boss) for rep_id in boss}


def canonical_json(document: Mapping[str, object]) -> bytes:
    """Return the bytes that are stored and served for a document.

    Raises:
        CheckFailed: The document holds NaN or infinity, which JSON cannot say.
    """
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except ValueError as error:
        who = document.get("rep", document.get("team_id"))
        raise CheckFailed(f"the document of {who} holds a number that is not finite; it was not stored") from error


def own_view(document: ScorecardDoc) -> ScorecardDoc | None:
    """Return what the rep sees of their own scorecard, None where that is all of it.

    Suggestions addressed to the manager are the manager's.
    """
    mine = [suggestion for suggestion in document["suggestions"] if suggestion["audience"] != "manager"]
    if len(mine) == len(document["suggestions"]):
        return None
    own = document.copy()
    own["suggestions"] = mine
    return own


def _chain(start: str, boss: Mapping[str, str | None]) -> list[str]:
    seen = [start]
    current = boss.get(start)
    while current is not None:
        if current in seen:
            circle = " -> ".join([*seen[seen.index(current) :], current])
            raise ContractViolation(f"the reporting line runs in a circle: {circle}; correct one manager")
        seen.append(current)
        current = boss.get(current)
    return seen


def packed(document: Mapping[str, object]) -> bytes:
    """Return a document as compressed canonical JSON.

    Examples:
        >>> unpacked(packed({"a": [1.5, None]}))
        {'a': [1.5, None]}
    """
    return zlib.compress(canonical_json(document), 6)


def unpacked(content: bytes) -> dict[str, Any]:
    """Return the document that `packed` compressed."""
    found: dict[str, Any] = json.loads(zlib.decompress(content))
    return found


def _insert_details(connection: Connection, snapshot_id: str, details: Details) -> None:
    if details.company is not None:
        row = {"snapshot_id": snapshot_id, "document": packed(details.company)}
        connection.execute(insert(snapshot_details).values(row))
    rows = (
        {"snapshot_id": snapshot_id, "rep_id": rep_id, "document": packed(document)}
        for rep_id, document in sorted(details.reps.items())
    )
    _insert(connection, rep_details, rows)


def _insert_scorecards(
    connection: Connection, snapshot: Snapshot, scorecards: Iterable[ScorecardDoc], placed: Set[str]
) -> None:
    snapshot_id, moment = snapshot.snapshot_id, snapshot.created_at
    for batch in _batches(scorecards):
        lost = sorted({document["rep"]["rep_id"] for document in batch} - placed)
        if lost:
            raise ContractViolation(
                f"no place in the reporting line for {', '.join(lost[:5])}{' ...' if len(lost) > 5 else ''}: nobody "
                "could see their scorecards; give a line to every rep that is scored, also to those who have left"
            )
        connection.execute(insert(rep_forecasts), [_rep_row(snapshot_id, document) for document in batch])
        moves = {
            suggestion["suggestion_id"]: {
                "suggestion_id": suggestion["suggestion_id"],
                "rep_id": document["rep"]["rep_id"],
                "play_id": suggestion["play_id"],
                "audience": suggestion["audience"],
                "due": suggestion["due"],
                "first_snapshot_id": snapshot_id,
            }
            for document in batch
            for suggestion in document["suggestions"]
        }
        known = select(suggestions.c.suggestion_id).where(suggestions.c.suggestion_id.in_(list(moves)))
        for row in connection.execute(known).all():
            del moves[row.suggestion_id]
        _insert(connection, suggestions, moves.values())
        _insert(connection, suggestion_events, (_proposed(found, moment) for found in sorted(moves)))


def _decision_row(snapshot_id: str, told: DecisionDoc) -> dict[str, object]:
    same = ("rep_id", "policy", "chosen", "period_start", "period_end", "metric", "quota", "forecast")
    document = dict(told)
    return {"snapshot_id": snapshot_id, **{name: document[name] for name in same}, "document": packed(document)}


def _proposed(suggestion_id: str, moment: str) -> dict[str, object]:
    return {
        "suggestion_id": suggestion_id,
        "actor": "scoring",
        "state": "proposed",
        "reason": None,
        "recorded_at": moment,
    }


def _rep_row(snapshot_id: str, document: ScorecardDoc) -> dict[str, Any]:
    own = own_view(document)
    return {
        "snapshot_id": snapshot_id,
        "rep_id": document["rep"]["rep_id"],
        "name": document["rep"]["name"],
        "team_id": document["rep"]["team_id"],
        "document": canonical_json(dict(document)),
        "own_document": None if own is None else canonical_json(dict(own)),
    }


def _insert_teams(connection: Connection, snapshot_id: str, teams: Iterable[TeamForecastDoc]) -> None:
    for document in teams:
        key = {"snapshot_id": snapshot_id, "team_id": document["team_id"]}
        values = {**key, "team_name": document["team_name"], "document": canonical_json(dict(document))}
        connection.execute(insert(team_forecasts).values(values))
        _insert(connection, team_members, ({**key, "rep_id": rep_id} for rep_id in document["rep_ids"]))


def _forecast_row(snapshot_id: str, row: Mapping[str, object]) -> dict[str, object]:
    key = {name: str(row[name]) for name in ("rep_id", "period_start", "period_end", "metric")}
    return {"snapshot_id": snapshot_id, **key, "row": canonical_json(row).decode()}


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    for batch in _batches(rows):
        connection.execute(insert(table), [dict(row) for row in batch])


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
