"""The quarantine file: every refused value with its line and mend, written as it is found, the first kept to list."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from features.contracts.faults import LISTED_FAULTS, Fault, shorten

_COLUMNS = ("table", "file", "line", "column", "value", "rule", "mend")


class Quarantine:
    """Collects faults; opens its file with the first one.

    Attributes:
        path: CSV file, which exists only if there was a fault.
        listed: The first faults.
        count: Number of all faults.
        fatal: Whether a file is too damaged to take any row from.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.listed: list[Fault] = []
        self.count = 0
        self.fatal = False
        self.rows: Counter[str] = Counter()
        self._stream: IO[str] | None = None

    def __enter__(self) -> Self:
        """Return the collector itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def add(self, fault: Fault) -> None:
        """Write one fault down."""
        if self._stream is None:
            self._stream = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._stream).writerow(_COLUMNS)
        cells = (fault.table, fault.file, fault.line, fault.column, shorten(fault.value, 500), fault.code, fault.mend)
        csv.writer(self._stream).writerow([_harmless(cell) for cell in cells])
        self.count += 1
        if len(self.listed) < LISTED_FAULTS:
            self.listed.append(fault)


def _harmless(cell: object) -> object:
    """Return a cell that a spreadsheet will not run as a formula.

    Examples:
        >>> _harmless("=1+1"), _harmless("-5"), _harmless(7)
        ("'=1+1", "'-5", 7)
    """
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
