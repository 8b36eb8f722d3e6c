"""What a command says: data on stdout as text or JSON, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

Step = Callable[[str, float], None]
"""Called with what is being done and how much of it is done, 0..1."""


def say(text: str) -> None:
    """Write one line of data to stdout."""
    sys.stdout.write(text.rstrip("\n") + "\n")


def say_json(value: object) -> None:
    """Write `value` to stdout as one JSON document; dates become ISO text."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str, sort_keys=False) + "\n")


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "") -> None:
    """Write a table to stdout; plain text when it is not a terminal."""
    table = Table(*columns, title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*["" if cell is None else str(cell) for cell in row])
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def note(text: str) -> None:
    """Write one line about what is going on to stderr."""
    sys.stderr.write(text.rstrip("\n") + "\n")


@contextmanager
def progress(title: str) -> Iterator[Step]:
    """Show a progress bar on stderr while a long piece of work runs.

    Yields:
        A function to call with (what is being done, share done in 0..1).
    """
    columns = (
        SpinnerColumn(),
        TextColumn("[bold]{task.fields[title]}[/bold] {task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=False, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0, title=title)
        last = ""

        def step(what: str, share: float) -> None:
            nonlocal last
            bar.update(task, description=what, completed=min(max(share, 0.0), 1.0))
            if not console.is_terminal and what != last:
                note(f"{title}: {what}")
            last = what

        yield step
        bar.update(task, description="done", completed=1.0)


@contextmanager
def counting(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a counter on stderr; the yielded function counts one."""
    console = Console(stderr=True)
    columns = (TextColumn(title), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def pairs(values: Mapping[str, object]) -> str:
    """Return `key  value` lines with the values aligned.

    Examples:
        >>> print(pairs({"rows": 3, "accepted": 2}))
        rows      3
        accepted  2
    """
    width = max((len(key) for key in values), default=0)
    return "\n".join(f"{key.ljust(width)}  {value}" for key, value in values.items())
