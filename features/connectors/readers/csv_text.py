"""Delimited text: a fast path through Arrow, and a strict one for files whose quotes or line ends are irregular."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TextIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from features.connectors.readers.chunk import BadRow, RawChunk, rows_to_chunk, unique_names
from features.connectors.readers.scan import TextScan
from features.contracts.faults import shorten

_ROWS = 20_000


@dataclass(frozen=True)
class TextShape:
    """How a text file is laid out.

    Attributes:
        delimiter: Character between fields.
        header: Whether the first record names the columns.
        columns: Names for a file without header.
        skip_rows: Lines above the header.
        block_bytes: Bytes parsed at a time.
    """

    delimiter: str
    header: bool
    columns: tuple[str, ...]
    skip_rows: int
    block_bytes: int


def read_header(scan: TextScan, shape: TextShape) -> list[str]:
    """Return the column names of a text file, empty if the file is."""
    if not shape.header:
        return unique_names(shape.columns)
    with scan.path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(shape.skip_rows):
            file.readline()
        try:
            return unique_names(next(csv.reader(file, delimiter=shape.delimiter), []))
        except csv.Error:
            return []


def top_records(stream: TextIO, delimiter: str, count: int) -> list[tuple[int, list[str]]]:
    """Return the first records of a text with the line that each begins on, until one cannot be read."""
    reader, found = csv.reader(stream, delimiter=delimiter), []
    for _ in range(count):
        line = reader.line_num + 1
        try:
            found.append((line, next(reader)))
        except (csv.Error, StopIteration):
            break
    return found


def read_csv(scan: TextScan, shape: TextShape, names: list[str]) -> Iterator[RawChunk]:
    """Yield the rows of a scanned text file.

    Args:
        scan: What the first pass found.
        shape: How the file is laid out.
        names: Column names, as `read_header` gives them.
    """
    header_breaks = int(np.searchsorted(scan.embedded, shape.skip_rows + int(shape.header), "left"))
    if scan.irregular or header_breaks or len(names) == 1:
        yield from _strict(scan, shape, names)
    else:
        yield from _fast(scan, shape, names)


@dataclass
class _Refusals:
    """Rows of the wrong width, as Arrow reports them: by record number from the top of what it parses."""

    waiting: list[tuple[int, BadRow]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def __call__(self, row: pa_csv.InvalidRow) -> str:
        """Note one row and let the parser skip it."""
        number = int(row.number)
        self.numbers.append(number)
        self.waiting.append((number, _width_fault(0, row.actual_columns, row.expected_columns, row.text or "")))
        return "skip"


def _width_fault(line: int, found: int, expected: int, text: str) -> BadRow:
    """Return the complaint about a row that has too many or too few fields."""
    mend = "fill in the missing fields or repair a broken line"
    if found == 1:
        mend = "repair the broken line; a remark above or below the table has to go"
    if found > expected:
        empty = text.rstrip("\r\n")[-1:] in (",", ";", "\t", "|")
        mend = "remove the delimiters at the end of the line" if empty else "quote fields that hold the delimiter"
    return BadRow(line, f"{found} fields where the header has {expected}", shorten(text), mend)


def _fast(scan: TextScan, shape: TextShape, names: list[str]) -> Iterator[RawChunk]:
    """Parse with Arrow, block by block, and work the line of each row out from its record number."""
    refusals = _Refusals()
    skipped = shape.skip_rows + int(shape.header)
    options = {
        "read_options": pa_csv.ReadOptions(
            use_threads=False, block_size=shape.block_bytes, column_names=names, skip_rows=skipped
        ),
        "parse_options": pa_csv.ParseOptions(
            delimiter=shape.delimiter,
            newlines_in_values=bool(scan.embedded.size),
            ignore_empty_lines=False,
            invalid_row_handler=refusals,
        ),
        "convert_options": pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    }
    try:
        reader = pa_csv.open_csv(scan.path, **options)
    except pa.ArrowInvalid:
        yield from _strict(scan, shape, names)
        return
    taken = skipped + 1
    try:
        for batch in reader:
            numbers, taken = _record_numbers(taken, batch.num_rows, refusals.numbers)
            lines = numbers + np.searchsorted(scan.embedded, numbers - 1, "left")
            yield _without_blank(pa.Table.from_batches([batch]), lines, _settle(refusals, taken, scan))
    except pa.ArrowInvalid as error:
        yield RawChunk(
            pa.table({name: pa.array([], pa.string()) for name in names}),
            np.empty(0, np.int64),
            (BadRow(0, "cannot be parsed", shorten(error), "check quotes and very long lines", fatal=True),),
        )
        return
    yield RawChunk(
        pa.table({name: pa.array([], pa.string()) for name in names}),
        np.empty(0, np.int64),
        _settle(refusals, np.iinfo(np.int64).max, scan),
    )


def _record_numbers(start: int, count: int, refused: list[int]) -> tuple[npt.NDArray[np.int64], int]:
    """Return the record numbers of the next `count` good rows, and the number that follows.

    Examples:
        >>> _record_numbers(2, 3, [3, 9])
        (array([2, 4, 5]), 6)
    """
    bad = np.asarray(refused, np.int64)
    bad = bad[bad >= start]
    span = count
    while True:
        inside = bad[bad < start + span]
        if span - len(inside) >= count:
            break
        span = count + len(inside)
    numbers = np.setdiff1d(np.arange(start, start + span, dtype=np.int64), inside, assume_unique=True)
    return numbers, start + span


def _settle(refusals: _Refusals, before: int, scan: TextScan) -> tuple[BadRow, ...]:
    """Return the refused rows that come before record `before`, with their lines."""
    ready = [(number, bad) for number, bad in refusals.waiting if number < before]
    refusals.waiting = [(number, bad) for number, bad in refusals.waiting if number >= before]
    settled = []
    for number, bad in ready:
        line = number + int(np.searchsorted(scan.embedded, number - 1, "left"))
        settled.append(BadRow(line, bad.code, bad.value, bad.mend))
    return tuple(settled)


def _without_blank(table: pa.Table, lines: npt.NDArray[np.int64], bad: tuple[BadRow, ...]) -> RawChunk:
    """Return the chunk without rows whose fields are all empty."""
    blank = pc.equal(table.column(0), "")
    if pc.any(blank).as_py():
        for column in table.columns[1:]:
            blank = pc.and_(blank, pc.equal(column, ""))
        keep = pc.invert(blank)
        table, lines = table.filter(keep), lines[np.asarray(keep)]
    return RawChunk(table, lines, bad)


def _strict(scan: TextScan, shape: TextShape, names: list[str]) -> Iterator[RawChunk]:
    """Parse with the csv module, record by record; it names the line where a quote opened and never closed."""
    with scan.path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(shape.skip_rows):
            file.readline()
        reader = csv.reader(file, delimiter=shape.delimiter, strict=True)
        records = _records(reader, shape.skip_rows, len(names))
        if shape.header:
            next(records, None)
        while block := list(islice(records, _ROWS)):
            good = [(line, row) for line, row in block if isinstance(row, list)]
            bad = tuple(row for _, row in block if isinstance(row, BadRow))
            yield rows_to_chunk(names, [row for _, row in good], [line for line, _ in good], bad)


class _Reader(Protocol):
    """What the csv module's reader offers."""

    line_num: int

    def __next__(self) -> list[str]: ...


def _records(source: _Reader, skipped: int, width: int) -> Iterator[tuple[int, list[str] | BadRow]]:
    """Yield each record with the line it starts on, or a complaint about it."""
    while True:
        line = source.line_num + 1 + skipped
        try:
            row = next(source)
        except StopIteration:
            return
        except csv.Error as error:
            unclosed = "end of data" in str(error) or "field larger" in str(error)
            code = "a quote that is never closed" if unclosed else "a quote inside a field"
            mend = "close the quote on that line" if unclosed else 'write a quote inside a field as ""'
            yield line, BadRow(line, code, shorten(error), mend, fatal=unclosed)
            continue
        if not any(row):
            continue
        yield line, row if len(row) == width else _width_fault(line, len(row), width, ",".join(row))
