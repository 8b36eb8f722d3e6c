"""What every reader yields: rows as text columns, with their lines, and complaints about rows it could not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
"""Signs without width that pages and mails leave at the ends of a text; they are no part of it."""


@dataclass(frozen=True)
class BadRow:
    """A row that could not be split into the file's columns.

    Attributes:
        line: Line in the file, from 1; 0 if the whole file is meant.
        code: Short name of the rule.
        value: What stood there.
        mend: What to do.
        fatal: Whether nothing after it can be trusted.
    """

    line: int
    code: str
    value: str
    mend: str
    fatal: bool = False


@dataclass(frozen=True)
class RawChunk:
    """Some rows of a file.

    Attributes:
        table: Text columns under the file's header names; an absent value is the empty text.
        lines: Line of each row, shape (n_rows,).
        bad: Rows of this stretch that could not be read.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    bad: tuple[BadRow, ...] = ()


def unique_names(header: Sequence[str]) -> list[str]:
    """Return header names without surrounding blanks and invisible signs, repeated ones numbered.

    Examples:
        >>> unique_names([" id", "name", "id", ""])
        ['id#1', 'name', 'id#2', 'column_4']
    """
    bare = [raw.strip().strip(INVISIBLE).strip() or f"column_{n}" for n, raw in enumerate(header, start=1)]
    repeated, taken, names = Counter(bare), set(bare), []
    seen: Counter[str] = Counter()
    for name in bare:
        fresh = name
        while repeated[name] > 1 and (fresh == name or fresh in taken):
            seen[name] += 1
            fresh = f"{name}#{seen[name]}"
        taken.add(fresh)
        names.append(fresh)
    return names


def rows_to_chunk(
    names: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int], bad: tuple[BadRow, ...] = ()
) -> RawChunk:
    """Return a chunk of rows that are already split and of the right width."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return RawChunk(pa.table(arrays, names=list(names)), np.asarray(lines, np.int64), bad)
