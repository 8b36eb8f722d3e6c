"""Which encodings a text file may be read with: its byte order mark, else strict UTF-8, else the declared one."""

from __future__ import annotations

import codecs
from pathlib import Path

from features.connectors.readers.chunk import BadRow

_HEAD = 4096
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encodings_to_try(path: Path, declared: str) -> list[str]:
    """Return the encodings to try, in order; a byte order mark is believed.

    UTF-16 without a mark is told from the side on which its zero bytes stand, and read only where it is declared.
    """
    head = _head(path)
    mark = _marked(head)
    if mark is not None:
        return [mark]
    if declared == "utf-16":
        return [_side(head)] if b"\x00" in head else ["utf-8"]
    return ["utf-8"] if declared in ("utf-8", "utf-8-sig") else ["utf-8", declared]


def undeclared(path: Path, declared: str) -> BadRow | None:
    """Return what is wrong with a text whose first bytes contradict what is declared, None where nothing does."""
    head = _head(path)
    if _marked(head) is not None or declared == "utf-16" or len(head) < 4:
        return None
    if head.count(b"\x00") < len(head) // 4:
        return None
    shown = head[:24].replace(b"\x00", b"").decode("latin-1")
    mend = "it looks like UTF-16 without its mark: declare `encoding: utf-16`, or export it as UTF-8"
    return BadRow(1, f"not {declared} text", shown, mend, fatal=True)


def windows_signs(path: Path, line: int, byte: int) -> BadRow:
    """Return the complaint about a byte that Latin-1 has no sign for and Windows-1252 has."""
    sign = bytes([byte]).decode("cp1252", "replace")
    mend = f"Windows writes {sign!r} so: declare `encoding: cp1252` for {path.name}, or export it as UTF-8"
    return BadRow(line, "not latin-1 text", f"byte 0x{byte:02x}", mend, fatal=True)


def _marked(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def _side(head: bytes) -> str:
    """Return which half of each pair is zero more often."""
    return "utf-16-be" if head[0::2].count(b"\x00") > head[1::2].count(b"\x00") else "utf-16-le"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)
