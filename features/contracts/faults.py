"""One thing wrong with one value of an import: where it stands, what it says and how to mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

LISTED_FAULTS = 1000
"""Faults that a message or a report lists; the quarantine file holds all of them."""


@dataclass(frozen=True)
class Fault:
    """One reason why a row was refused.

    Attributes:
        file: File name relative to the source folder.
        line: Line as an editor shows it (the header is line 1); 0 if the whole file is meant.
        table: Canonical table, empty if the file failed before any table was filled.
        column: Column of the source, or the canonical column when no single source column is to blame.
        code: Short stable name of the rule.
        value: What stood there, shortened to 80 characters.
        mend: What to do, in one sentence.
    """

    file: str
    line: int
    table: str
    column: str
    code: str
    value: str
    mend: str

    def __str__(self) -> str:
        """Return one readable line."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        column = f" {self.column}" if self.column else ""
        value = f" {self.value!r}" if self.value else ""
        return f"{where}{column}{value}: {self.code}; {self.mend}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the fault as JSON values."""
        return dict(asdict(self))


def shorten(value: object, limit: int = 80) -> str:
    r"""Return `value` as text of at most `limit` characters, control characters made visible.

    Examples:
        >>> shorten("a\x00b")
        'a\\x00b'
        >>> len(shorten("x" * 500))
        80
    """
    text = "" if value is None else "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value)[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
