"""Steps run in an order their tables allow, side by side where the engine can, and leave only what is read later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier, Lock

import pyarrow as pa
import pytest

from features.definitions.render import Step, deal_steps, family_steps, ledger_steps
from features.steps import run_steps, sources

DIAMOND = (
    Step("facts", "SELECT 1 AS x"),
    Step("left", "SELECT x FROM facts"),
    Step("right", "SELECT x FROM facts"),
    Step("both", "SELECT x FROM left JOIN right"),
)


@dataclass
class Notes:
    """An engine that writes down what it is told."""

    at_once: int = 1
    meet: Barrier | None = None
    made: list[str] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def define(self, name: str, select: str) -> None:
        raise NotImplementedError

    def load(self, name: str, table: pa.Table) -> None:
        raise NotImplementedError

    def lend(self, name: str, table: pa.Table) -> None:
        raise NotImplementedError

    def fetch(self, sql: str) -> pa.Table:
        raise NotImplementedError

    @contextmanager
    def side_by_side(self) -> Iterator[int]:
        yield self.at_once

    def materialise(self, name: str, select: str) -> None:
        if self.meet is not None and name in {"left", "right"}:
            self.meet.wait(timeout=30)
        if select == "fault":
            raise ValueError("no such column")
        with self.lock:
            self.made.append(name)
            self.alive.add(name)

    def drop(self, name: str) -> None:
        self.alive.remove(name)


def test_one_at_a_time_keeps_the_order() -> None:
    notes = Notes()
    run_steps(notes, DIAMOND, kept=["SELECT x FROM both"])
    assert notes.made == ["facts", "left", "right", "both"]


def test_two_that_do_not_read_each_other_run_at_once() -> None:
    # Each of the two waits for the other: one after the other they would never meet.
    notes = Notes(at_once=2, meet=Barrier(2))
    run_steps(notes, DIAMOND, kept=["SELECT x FROM both"])
    assert notes.made[0] == "facts"
    assert notes.made[-1] == "both"


def test_what_must_come_first_comes_first() -> None:
    steps = (Step("small", "SELECT 2 AS x"), Step("dear", "SELECT 1 AS x", first=True))
    notes = Notes()
    run_steps(notes, steps, kept=["SELECT x FROM small JOIN dear"])
    assert notes.made == ["dear", "small"]


@pytest.mark.parametrize("at_once", [1, 2])
def test_only_what_is_read_afterwards_is_left(at_once: int) -> None:
    notes = Notes(at_once=at_once)
    run_steps(notes, DIAMOND, kept=["SELECT x FROM both JOIN left"])
    assert notes.alive == {"left", "both"}


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_fault_in_a_step_is_told(at_once: int) -> None:
    steps = (*DIAMOND[:2], Step("broken", "fault"))
    with pytest.raises(ValueError, match="no such column"):
        run_steps(Notes(at_once=at_once), steps, kept=["SELECT x FROM left"])


def test_every_table_a_definition_reads_is_made_before_it() -> None:
    steps = (*ledger_steps(), *family_steps(), *deal_steps())
    reads = sources(steps)
    # Read from the SQL by eye.
    assert reads["deal_decided"] == {"deal_spans"}
    assert {"dense_grid", "deal_spans", "deal_decided"} <= reads["deal_moves"]
    assert reads["deal_spans"] == set()
    assert {"target_base", "company_grid"} <= reads["targets"]
