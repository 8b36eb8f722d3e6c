"""The source columns of one chunk, found by exact or loose name, trimmed and with null tokens taken as no value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from features.connectors.misfits import Misfit, MissingColumn, Saying
from features.connectors.readers.chunk import INVISIBLE


def loose(name: str) -> str:
    """Return a header name without case, blanks, underscores, dashes, dots and full-width forms.

    Examples:
        >>> loose("Created_Date") == loose("createdDate") == loose("Created Date")
        True
        >>> loose("金额（万元）")
        '金额(万元)'
    """
    return re.sub(r"[\s_\-.]+", "", unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True)
class Header:
    """The columns that a layout may name.

    Attributes:
        file: File name for messages.
        names: Columns of the file, joined columns as `file.column`, and new ones of unpivot and repeat.
        is_loose: Whether case, blanks and underscores do not matter.
    """

    file: str
    names: Sequence[str]
    is_loose: bool

    def find(self, name: str) -> str | None:
        """Return the true name of a column, or None.

        Raises:
            MappingError: Several columns have that name.
        """
        if name in self.names:
            return name
        wanted = _loose_dotted(name) if self.is_loose else None
        found = [n for n in self.names if _bare(n) == name or (wanted and _loose_dotted(_bare(n)) == wanted)]
        if len(found) > 1:
            raise Misfit("column twice", file=self.file, name=name, found=found)
        return found[0] if found else None

    def need_one(self, names: Sequence[str]) -> list[str]:
        """Return those of some columns that the file has, as the mapping names them.

        Raises:
            MappingError: It has none of them.
        """
        present = [name for name in names if self.find(name) is not None]
        if not present:
            raise MissingColumn(*names, file=self.file, has=self.names)
        return present

    def need(self, name: str) -> str:
        """Return the true name of a column.

        Raises:
            MappingError: The file has no such column.
        """
        found = self.find(name)
        if found is None:
            raise MissingColumn(name, file=self.file, has=self.names)
        return found


def _bare(name: str) -> str:
    """Return a column's name as the file writes it, without the number of a repeated one.

    Examples:
        >>> _bare("amount#2"), _bare("#2"), _bare("No#")
        ('amount', '#2', 'No#')
    """
    return re.sub(r"(?<=.)#\d+$", "", name)


def _loose_dotted(name: str) -> tuple[str, ...]:
    """Return a loose name whose joined file stays apart."""
    alias, dot, column = name.partition(".")
    return (alias, loose(column)) if dot else (loose(name),)


def loosely_named(names: Sequence[str], has: Sequence[str]) -> Saying | None:
    """Return what to do where all names are there but for case, blanks or underscores; None where they are not."""
    return Saying("only loosely", {}) if {loose(name) for name in names} <= {loose(name) for name in has} else None


@dataclass
class Columns:
    """Text columns of one chunk by header name.

    Attributes:
        table: Raw text columns.
        header: Names that may be asked for.
        nulls: Texts that mean: no value.
    """

    table: pa.Table
    header: Header
    nulls: Sequence[str]
    _clean: dict[str, pa.Array] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    def has(self, name: str) -> bool:
        """Whether the file has the column."""
        return self.header.find(name) is not None

    def text(self, name: str, *, extra_nulls: Iterable[str] = ()) -> pa.Array:
        """Return a column trimmed, null where it holds a null token.

        Raises:
            MappingError: The file has no such column.
        """
        true_name = self.header.need(name)
        if true_name not in self._clean:
            self._clean[true_name] = self._trimmed(true_name)
        column = self._clean[true_name]
        extra = list(extra_nulls)
        return without(column, extra) if extra else column

    def _trimmed(self, name: str) -> pa.Array:
        column = self.table.column(name).combine_chunks()
        column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
        return without(trimmed(column), ["", *self.nulls])

    def matches(self, name: str, values: Sequence[str]) -> pa.Array:
        """Return which rows have one of the values, compared without case; the empty text means no value."""
        column = pc.utf8_lower(self.text(name))
        found = pc.is_in(column, pa.array([v.lower() for v in values if v], pa.string()))
        return pc.or_(found, pc.is_null(column)) if "" in values else found


def trimmed(column: pa.Array) -> pa.Array:
    """Return texts without blanks and signs of no width at their ends."""
    return pc.utf8_trim_whitespace(pc.utf8_trim(column, characters=INVISIBLE))


def without(column: pa.Array, tokens: Sequence[str]) -> pa.Array:
    """Return the column with null wherever it equals one of the tokens."""
    hit = pc.is_in(column, pa.array(list(dict.fromkeys(tokens)), pa.string()))
    return pc.if_else(hit, pa.scalar(None, pa.string()), column)
