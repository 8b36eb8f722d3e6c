"""Where real exports lie, and ways to cut and shuffle copies of them for tests."""

from __future__ import annotations

import csv
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def real_data(name: str) -> Path:
    """Return the folder of one real set, or skip the test with a reason."""
    folder = Path(os.environ.get("PACELINE_TEST_DATA", ROOT / ".." / "shared" / "data")) / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not there; set PACELINE_TEST_DATA to the folder that holds the real exports")
    return folder.resolve()


def copied(source: Path, target: Path) -> Path:
    """Return a writable copy of a folder of flat files."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)
    return target


def rewritten(path: Path, change: Callable[[list[list[str]]], list[list[str]]], *, encoding: str = "utf-8-sig") -> None:
    """Rewrite the data rows of a CSV file in place; the header stays."""
    with path.open(encoding=encoding, newline="") as stream:
        header, *rows = list(csv.reader(stream))
    with path.open("w", encoding=encoding.removesuffix("-sig"), newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(change(rows))


def shuffled(seed: int) -> Callable[[list[list[str]]], list[list[str]]]:
    """Return a change that shuffles rows."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        order = list(rows)
        random.Random(seed).shuffle(order)
        return order

    return change
