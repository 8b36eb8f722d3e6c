"""One pass over a text file: is its encoding what was said, where do its lines break, does it hold NUL bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from features.connectors.readers.chunk import BadRow
from features.connectors.readers.encodings import encodings_to_try, undeclared, windows_signs
from features.contracts.faults import LISTED_FAULTS

_BLOCK = 1 << 20
_C1 = re.compile(b"[\x80-\x9f]")


@dataclass(frozen=True)
class TextScan:
    """What one pass over a text file found.

    Attributes:
        path: A UTF-8 file with the same text: the file itself, or a copy in the work folder.
        encoding: Encoding found.
        embedded: Index of the record (from the top of the file, 0-based) that each line break inside quotes
            belongs to, ascending.
        irregular: Whether quotes or line ends call for the slower, stricter reader.
        bad: Complaints: NUL bytes, bytes that no allowed encoding can read.
    """

    path: Path
    encoding: str
    embedded: npt.NDArray[np.int64]
    irregular: bool
    bad: tuple[BadRow, ...] = ()


@dataclass
class _Structure:
    """Line breaks, quotes and NUL bytes, carried from block to block."""

    delimiter: int
    records: int = 0
    lines: int = 0
    parity: int = 0
    last: int = 10
    irregular: bool = False
    embedded: list[npt.NDArray[np.int64]] = field(default_factory=list)
    nul_lines: list[int] = field(default_factory=list)

    def feed(self, block: bytes) -> None:
        """Take in the next UTF-8 bytes."""
        if not block:
            return
        data = np.frombuffer(block, np.uint8)
        breaks = data == 10
        if b"\r" in block:
            self.irregular |= bool(((data[:-1] == 13) & (data[1:] != 10)).any())
        if b"\x00" in block:
            found = np.flatnonzero(data == 0)[:LISTED_FAULTS]
            at = self.lines + 1 + np.searchsorted(np.flatnonzero(breaks), found)
            self.nul_lines += [int(line) for line in np.unique(at)]
        if self.parity or b'"' in block:
            self._quotes(data, breaks)
        else:
            self.records += int(np.count_nonzero(breaks))
        self.lines += int(np.count_nonzero(breaks))
        self.last = int(data[-1])

    def _quotes(self, data: npt.NDArray[np.uint8], breaks: npt.NDArray[np.bool_]) -> None:
        quote = data == 34
        inside = (np.cumsum(quote, dtype=np.uint8) + self.parity) & 1 == 1
        outer = breaks & ~inside
        inner = np.flatnonzero(breaks & inside)
        if inner.size:
            self.embedded.append(self.records + np.searchsorted(np.flatnonzero(outer), inner))
        edge = np.isin(data, (self.delimiter, 10, 13, 34))
        before = np.concatenate(([self.last in (self.delimiter, 10, 13, 34)], edge[:-1]))
        after = np.concatenate((edge[1:], [True]))
        self.irregular |= bool((quote & ~before & ~after).any())
        self.records += int(np.count_nonzero(outer))
        self.parity = int(self.parity + np.count_nonzero(quote)) & 1


def scan_text(path: Path, *, declared: str, delimiter: str, work_dir: Path) -> TextScan:
    """Read a text file once and say how it can be parsed.

    Strict UTF-8 is tried first and a byte order mark is believed; after that only the declared encoding is tried.
    Nothing is guessed.

    Args:
        path: Source file.
        declared: Encoding that the mapping declares.
        delimiter: Character between fields.
        work_dir: Folder for a UTF-8 copy where one is needed.
    """
    tried = encodings_to_try(path, declared)
    complaint = undeclared(path, declared)
    if complaint is not None:
        return TextScan(path, "unknown", np.empty(0, np.int64), False, (complaint,))
    for encoding in tried:
        structure = _Structure(ord(delimiter))
        copy = None if encoding == "utf-8" else work_dir / f"{path.name}.{len(list(work_dir.iterdir()))}.utf8"
        try:
            _walk(path, encoding, structure, copy)
        except UnicodeDecodeError as error:
            complaint = complaint or _complaint(path, error, structure.lines + 1, declared)
            continue
        odd = _first_odd(path) if encoding == "latin-1" else None
        if odd is not None:
            return TextScan(path, "unknown", np.empty(0, np.int64), False, (odd,))
        bad = tuple(
            BadRow(line, "NUL byte", "\x00", "export the file again as text, or remove the byte")
            for line in structure.nul_lines
        )
        embedded = np.concatenate(structure.embedded) if structure.embedded else np.empty(0, np.int64)
        return TextScan(copy or path, encoding, embedded, structure.irregular or bool(structure.parity), bad)
    assert complaint is not None  # noqa: S101 -- at least one encoding was tried and failed
    return TextScan(path, "unknown", np.empty(0, np.int64), False, (complaint,))


def _first_odd(path: Path) -> BadRow | None:
    """Return the complaint about the first byte that is no sign of Latin-1 but one of Windows-1252."""
    lines = 1
    with path.open("rb") as file:
        for block in _blocks(file):
            found = _C1.search(block)
            if found is not None:
                return windows_signs(path, lines + block.count(b"\n", 0, found.start()), block[found.start()])
            lines += block.count(b"\n")
    return None


def _walk(path: Path, encoding: str, structure: _Structure, copy: Path | None) -> None:
    """Decode the whole file strictly, feed its structure, and write a UTF-8 copy where one is wanted."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        if copy is None:
            for block in _blocks(file):
                decoder.decode(block, final=False)
                structure.feed(block)
            decoder.decode(b"", final=True)
            return
        with copy.open("wb") as target:
            for block in chain(_blocks(file), (b"",)):
                text = decoder.decode(block, final=not block).encode("utf-8")
                structure.feed(text)
                target.write(text)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of an open file piece by piece."""
    while block := file.read(_BLOCK):
        yield block


def _complaint(path: Path, error: UnicodeDecodeError, line: int, declared: str) -> BadRow:
    """Say which byte could not be read, and what each other encoding would make of its surroundings."""
    piece = bytes(error.object[max(error.start - 12, 0) : error.start + 12])
    line += bytes(error.object[: error.start]).count(b"\n")
    readings = [f"{name} would read {piece.decode(name, 'replace')!r}" for name in ("gb18030", "cp1252")]
    mend = f"declare `encoding:` for {path.name}; {'; '.join(readings)}; or export it as UTF-8"
    value = f"byte 0x{error.object[error.start]:02x}"
    return BadRow(line, f"not {declared} text", value, mend, fatal=True)
