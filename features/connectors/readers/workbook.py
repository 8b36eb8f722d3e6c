"""Workbooks: one sheet of an xlsx, xls or ods file, whatever the file's name says it is."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from features.connectors.misfits import Misfit, close_hint
from features.connectors.readers.cells import cell_text, check_size, typed_chunks
from features.connectors.readers.chunk import RawChunk, unique_names
from features.connectors.readers.compound import check_compound
from features.connectors.settings import IngestSettings
from features.contracts.faults import shorten

_STDERR = 2


def open_workbook(
    path: Path, *, sheet: str | None, skip_rows: int, columns: Sequence[str], settings: IngestSettings
) -> tuple[list[str], Iterator[RawChunk]]:
    """Open one sheet of an xlsx, xls or ods workbook.

    Raises:
        MappingError: The workbook is damaged, too large unpacked, or has no such sheet.
    """
    _check_workbook(path, settings)
    try:
        rows = _rows(path, sheet)[skip_rows:]
    except (CalamineError, OSError, ValueError) as error:
        raise Misfit("not a workbook", file=path.name, problem=shorten(error)) from error
    if columns:
        return unique_names(columns), typed_chunks(unique_names(columns), iter(rows), skip_rows + 1)
    names = unique_names([cell_text(value) for value in rows[0]]) if rows else []
    return names, typed_chunks(names, iter(rows[1:]), skip_rows + 2)


def _rows(path: Path, sheet: str | None) -> list[list[object]]:
    """Return the rows of one sheet.

    Raises:
        ValueError: The reader's native part gave up on the file.
    """
    try:
        with _native_words_unheard(), path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            if sheet is not None and sheet not in book.sheet_names:
                near = close_hint(sheet, book.sheet_names)
                raise Misfit("no such sheet", file=path.name, sheet=sheet, hint=near, sheets=book.sheet_names)
            page = book.get_sheet_by_name(sheet) if sheet is not None else book.get_sheet_by_index(0)
            return [list(row) for row in page.to_python(skip_empty_area=False)]
    except BaseException as error:
        # A panic of native code is no `Exception`, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(str(error)) from None


@contextmanager
def _native_words_unheard() -> Iterator[None]:
    """Keep what native code writes to the standard error for itself: it prints its stack before it gives up."""
    sys.stderr.flush()
    heard, nowhere = os.dup(_STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    try:
        yield
    finally:
        os.dup2(heard, _STDERR)
        os.close(heard)
        os.close(nowhere)


def _check_workbook(path: Path, settings: IngestSettings) -> None:
    """Refuse a workbook that would unpack to far more than it is."""
    check_size(path, settings.max_document_bytes)
    check_compound(path)
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(info.file_size for info in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Misfit("not a workbook", file=path.name, problem=shorten(error)) from error
    allowed = min(settings.max_workbook_bytes, settings.max_workbook_ratio * max(path.stat().st_size, 1))
    if unpacked > allowed:
        raise Misfit("unpacks to too much", file=path.name, bytes=unpacked, most=allowed)
