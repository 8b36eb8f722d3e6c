"""What the pages read beside scorecards: the faults that the newest import found, and whether they were waived."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from service.storage.datasets import SqlDatasetLog
from service.storage.engine import open_engine
from service.web.repository import newest_faults
from tests.service.world import World, import_row

OWNER = {
    "code": "owner_undecidable",
    "sentence": "20.0% of the amount ...",
    "figures": {"share": 0.2, "since": "2025-11-22", "limit": 0.05},
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine(tmp_path)


def imported(engine: Engine, version: str, parent: str | None, faults: list[object], waived: list[str]) -> None:
    row = {**import_row(f"i-{version}", f"c-{version}"), "report": {"source": {}, "dataset": {"faults": faults}}}
    SqlDatasetLog(engine).record(version, parent=parent, tables={}, info={"waived": waived}, import_row=row)


def found(engine: Engine) -> list[tuple[str, bool]]:
    with engine.connect() as connection:
        return [(fault["code"], fault["waived"]) for fault in newest_faults(connection)]


def test_without_an_import_there_is_no_fault(engine: Engine) -> None:
    assert found(engine) == []


def test_the_faults_are_those_of_the_newest_import(engine: Engine) -> None:
    imported(engine, "d1", None, [OWNER], [])
    assert found(engine) == [("owner_undecidable", False)]
    imported(engine, "d2", "d1", [], [])
    assert found(engine) == []


def test_a_waived_fault_is_told_as_such(engine: Engine) -> None:
    imported(engine, "d1", None, [OWNER], ["owner_undecidable"])
    assert found(engine) == [("owner_undecidable", True)]


def test_an_import_that_was_taken_back_tells_nothing(engine: Engine) -> None:
    imported(engine, "d1", None, [], [])
    imported(engine, "d2", "d1", [OWNER], [])
    SqlDatasetLog(engine).undo("d2")
    assert found(engine) == []


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "20.0% of the amount booked since"), ("zh", "的归属人不在人员表里")]
)
def test_the_status_page_tells_the_fault(lang: str, words: str, tmp_path: Path) -> None:
    world = World.build(tmp_path)
    imported(world.storage.engine, "d2", "d1", [OWNER], [])

    page = world.client("admin").get("/status", params={"lang": lang})

    assert page.status_code == 200
    assert words in page.text
