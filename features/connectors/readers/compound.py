"""Compound files, in which an `.xls` workbook stands: chains of sectors that run in a circle are refused.

The reader of workbooks follows a chain to its end; of a damaged file whose chain has none it would fill the memory.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from features.connectors.misfits import Misfit, Saying

MARK = b"\xd0\xcf\x11\xe0"
_HEADER = 512
_LAST_SECTOR = 0xFFFFFFFA
_IN_HEADER = 109
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_SMALL = 4096
Sectors = npt.NDArray[np.int64]


def check_compound(path: Path) -> None:
    """Refuse a compound file in which a chain of sectors has no end; other files are left to their reader.

    Raises:
        MappingError: There is such a chain.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER)
    if not head.startswith(MARK) or len(head) < _HEADER:
        return
    shift = struct.unpack_from("<H", head, 30)[0]
    if shift not in (9, 12):
        raise _damaged(path)
    content = np.fromfile(path, np.uint8)
    table = _allocation(path, content, head, shift)
    endless = _endless(table)
    directory, small = (struct.unpack_from("<I", head, place)[0] for place in (48, 60))
    if _hit(endless, [directory, small]):
        raise _damaged(path)
    streams, little = _starts(content, _chain(table, directory), shift)
    endless_small = _endless(_entries(content, _chain(table, small), shift))
    if _hit(endless, streams) or _hit(endless_small, little):
        raise _damaged(path)


def _hit(endless: npt.NDArray[np.bool_], starts: Iterable[int]) -> bool:
    """Whether some chain that begins at one of the sectors never ends."""
    return any(start < len(endless) and bool(endless[start]) for start in starts)


def _starts(content: npt.NDArray[np.uint8], directory: Sectors, shift: int) -> tuple[list[int], list[int]]:
    """Return the first sectors of the streams that the directory names: of large ones, and of small ones."""
    raw = _bytes(content, directory, shift)
    large, small = [], []
    for place in range(0, len(raw) - _ENTRY + 1, _ENTRY):
        kind, first, size = raw[place + 66], *struct.unpack_from("<II", raw, place + 116)
        if kind == _ROOT or (kind == _STREAM and size >= _SMALL):
            large.append(first)
        elif kind == _STREAM:
            small.append(first)
    return large, small


def _damaged(path: Path) -> Misfit:
    return Misfit("not a workbook", file=path.name, problem=Saying("sectors in a circle", {}))


def _allocation(path: Path, content: npt.NDArray[np.uint8], head: bytes, shift: int) -> Sectors:
    """Return the next sector of each sector."""
    places = [place for place in struct.unpack_from(f"<{_IN_HEADER}I", head, 76) if place < _LAST_SECTOR]
    more, left = struct.unpack_from("<I", head, 68)[0], len(content) >> shift
    while more < _LAST_SECTOR:
        if left < 0:
            raise _damaged(path)
        listed = _entries(content, np.array([more]), shift)
        if not len(listed):
            break
        places += [int(place) for place in listed[:-1] if place < _LAST_SECTOR]
        more, left = int(listed[-1]), left - 1
    return _entries(content, np.array(places, np.int64), shift)


def _entries(content: npt.NDArray[np.uint8], sectors: Sectors, shift: int) -> Sectors:
    """Return the numbers that stand in some sectors; sectors behind the end of the file hold none."""
    return np.frombuffer(_bytes(content, sectors, shift), "<u4").astype(np.int64)


def _bytes(content: npt.NDArray[np.uint8], sectors: Sectors, shift: int) -> bytes:
    """Return the content of some sectors, of those behind the end of the file nothing."""
    size = 1 << shift
    starts = (sectors + 1) << shift
    return b"".join(content[start : start + size].tobytes() for start in starts[starts + size <= len(content)].tolist())


def _chain(table: Sectors, first: int) -> Sectors:
    """Return the sectors of a chain that is known to end."""
    found = []
    while first < len(table):
        found.append(first)
        first = int(table[first])
    return np.array(found, np.int64)


def _endless(table: Sectors) -> npt.NDArray[np.bool_]:
    """Return for each sector whether the chain that begins there never ends, shape (n_sectors,).

    After as many steps as there are sectors such a chain is still inside the table.

    Examples:
        >>> _endless(np.array([1, 2, 0xFFFFFFFE, 3, 3])).tolist()
        [False, False, False, True, True]
    """
    end = len(table)
    step = np.append(np.where(table < end, table, end), end)
    for _ in range(end.bit_length()):
        step = step[step]
    endless: npt.NDArray[np.bool_] = step[:-1] != end
    return endless
