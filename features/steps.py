"""Run steps in their order, or side by side where the engine can, and forget each table after its last reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from features.definitions.render import Step
from features.engines import Engine


def sources(steps: Sequence[Step]) -> dict[str, set[str]]:
    """Return by step the earlier steps whose tables it reads.

    Args:
        steps: Statements in their order; a word of one that names an earlier step is a table it reads.

    Examples:
        >>> steps = (Step("a", "SELECT 1 AS x"), Step("b", "SELECT x FROM a"), Step("c", "SELECT x FROM b"))
        >>> sources(steps)
        {'a': set(), 'b': {'a'}, 'c': {'b'}}
    """
    earlier: set[str] = set()
    found: dict[str, set[str]] = {}
    for step in steps:
        found[step.name] = set(re.findall(r"\w+", step.select)) & earlier
        earlier.add(step.name)
    return found


def run_steps(engine: Engine, steps: Sequence[Step], *, kept: Sequence[str]) -> None:
    """Run each step into the temporary table of its name, and forget each table after its last reader.

    Args:
        engine: Session to run in; as many steps as it allows run at once.
        steps: Statements in an order in which they could run one by one; earlier ones go first where there is a choice.
        kept: Queries that run afterwards; what they read stays.
    """
    run = _Run(engine, sources(steps), set(re.findall(r"\w+", " ".join(kept))))
    for step in steps:
        if step.first:
            run.alone(step)
    with engine.side_by_side() as at_once:
        run.together([step for step in steps if not step.first], at_once)


def unread(reads: Mapping[str, set[str]], done: set[str], stay: set[str]) -> set[str]:
    """Return the tables made so far that no later step reads.

    Examples:
        >>> unread({"a": set(), "b": {"a"}, "c": {"a"}}, done={"a", "b"}, stay={"c"})
        {'b'}
    """
    wanted = set().union(*(reads[name] for name in reads if name not in done))
    return done - wanted - stay


@dataclass
class _Run:
    engine: Engine
    reads: Mapping[str, set[str]]
    stay: set[str]
    done: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)

    def alone(self, step: Step) -> None:
        self.engine.materialise(step.name, step.select)
        self.done.add(step.name)

    def together(self, steps: Sequence[Step], at_once: int) -> None:
        waiting = list(steps)
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(at_once, thread_name_prefix="step") as pool:
            while waiting or running:
                ready = [step for step in waiting if self.reads[step.name] <= self.done]
                for step in ready[: at_once - len(running)]:
                    running[pool.submit(self.engine.materialise, step.name, step.select)] = step.name
                    waiting.remove(step)
                for ended in wait(running, return_when=FIRST_COMPLETED).done:
                    ended.result()
                    self.done.add(running.pop(ended))
                self.forget()

    def forget(self) -> None:
        for name in sorted(unread(self.reads, self.done, self.stay) - self.dropped):
            self.engine.drop(name)
            self.dropped.add(name)
