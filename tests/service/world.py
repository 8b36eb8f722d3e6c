"""A small company with users, as the service meets it: two teams under one head, and everybody who may ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from features.domain.vocabulary import Role
from service.app import create_app
from service.people import add_user, issue_token
from service.settings import ServeSettings
from service.storage.datasets import SqlDatasetLog
from service.storage.engine import Storage
from service.storage.snapshots import ReportingLine, Snapshot, SnapshotRepository
from tests.support.details import details
from tests.support.documents import CASES, SCORED_AT, RepCase, row, scorecard, team

NORTH = CASES[:3]
EAST = tuple(replace(case, rep_id=f"{case.rep_id}-e", team_id="east", team_name="East") for case in CASES[3:6])
LEADERS = (
    ReportingLine("m-boss", "Ada Boss", None, None, None),
    ReportingLine("m-wang", "Wang Fang", "north", "North", "m-boss"),
    ReportingLine("m-east", "Ivo East", "east", "East", "m-boss"),
)
PEOPLE: Mapping[str, tuple[Role, str | None]] = {
    "chen": (Role.REP, "r-chen"),
    "nair": (Role.REP, "r-nair-e"),
    "wang": (Role.MANAGER, "m-wang"),
    "east": (Role.MANAGER, "m-east"),
    "boss": (Role.MANAGER, "m-boss"),
    "lab": (Role.DATA_SCIENTIST, None),
    "admin": (Role.ADMIN, None),
}


FLAGGED = {"period_start": "2026-10-01", "period_end": "2026-12-31", "metric": "revenue", "since": "2026-11-17"}


def lines() -> list[ReportingLine]:
    """Return the reporting line: three reps below each team manager, both managers below the head."""
    north = [ReportingLine(case.rep_id, case.name, "north", "North", "m-wang") for case in NORTH]
    east = [ReportingLine(case.rep_id, case.name, "east", "East", "m-east") for case in EAST]
    return [*LEADERS, *north, *east]


def snapshot(number: int, *, as_of: str = "2026-11-22", status: str = "complete") -> Snapshot:
    """Return the description of scoring run `number`."""
    return Snapshot(f"s{number}", SCORED_AT, as_of, str(number), f"d{number}", "ab" * 32, status)


def score(
    storage: Storage, number: int, *, cases: tuple[RepCase, ...] = (*NORTH, *EAST), as_of: str = "2026-11-22"
) -> None:
    """Store one scoring run over the whole company."""
    day = date.fromisoformat(as_of)
    SnapshotRepository(storage.engine).add(
        snapshot(number, as_of=as_of),
        [scorecard(case, as_of=day) for case in cases],
        [team(NORTH), team(EAST, team_id="east", team_name="East", manager_rep_id="m-east")],
        [row(case, as_of=day, version=str(number)) for case in cases],
        lines(),
        flags=[{**FLAGGED, "rep_id": cases[0].rep_id}],
        details=details(cases, as_of=day),
    )


def import_row(import_id: str = "i1", content: str = "c1") -> dict[str, object]:
    """Return what an import says about itself."""
    return {
        "import_id": import_id,
        "source": "export/",
        "content_sha256": content,
        "rows_in": 10,
        "rows_accepted": 9,
        "rows_quarantined": 1,
        "report": {"faults": []},
    }


@dataclass
class World:
    """A served company.

    Attributes:
        storage: Its database.
        app: The application over it.
        tokens: A bearer token per name in `PEOPLE`.
    """

    storage: Storage
    app: FastAPI
    tokens: dict[str, str]

    @classmethod
    def build(cls, home: Path | str, *, scored: bool = True) -> World:
        """Return a company in a fresh home folder, imported and (if asked) scored, with a user of each kind."""
        storage = Storage.open(home)
        SqlDatasetLog(storage.engine).record("d1", parent=None, tables={"reps": 1}, info={}, import_row=import_row())
        if scored:
            score(storage, 1)
        tokens = {}
        for name, (role, rep_id) in PEOPLE.items():
            add_user(storage.engine, name, role, rep_id)
            tokens[name] = issue_token(storage.engine, name)
        return cls(storage, create_app(ServeSettings(database=home), storage=storage), tokens)

    def client(self, name: str | None = None) -> TestClient:
        """Return a client that is signed in as `name`, or as nobody."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        return TestClient(self.app, headers=headers, follow_redirects=False)
