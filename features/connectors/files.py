"""Which files a mapping means, and how each is opened; no name ever leads out of the source folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from features.connectors.columns import loose
from features.connectors.language import FileSpec, Mapping
from features.connectors.misfits import NOTHING, Misfit, Saying
from features.connectors.readers.chunk import BadRow, RawChunk
from features.connectors.readers.csv_text import TextShape, read_csv, read_header, top_records
from features.connectors.readers.json_text import open_json
from features.connectors.readers.parquet import open_parquet
from features.connectors.readers.scan import TextScan, scan_text
from features.connectors.readers.signature import check_kind
from features.connectors.readers.sqlite import open_sqlite
from features.connectors.readers.workbook import open_workbook
from features.connectors.settings import IngestSettings
from features.domain.errors import DataMissing

_TOP = 30
"""Rows at the top of a file in which its header is looked for."""

_KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xls": "xls",
    ".ods": "ods",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}


@dataclass(frozen=True)
class SourceFile:
    """One file of the source, found under a name of the mapping.

    Attributes:
        path: Where it lies; of a database source, the copy of its rows.
        name: Name relative to the source folder, with forward slashes.
        spec: What the mapping says about it.
    """

    path: Path
    name: str
    spec: FileSpec

    @property
    def kind(self) -> str:
        """Format of the file."""
        kind = "parquet" if self.spec.database is not None else self.spec.kind or _KINDS.get(self.path.suffix.lower())
        if kind is None:
            raise Misfit("unknown kind", file=self.name, suffix=self.path.suffix)
        return kind


@dataclass(frozen=True)
class OpenedFile:
    """A file that is ready to be read.

    Attributes:
        source: The file.
        names: Column names.
        encoding: Encoding found, `binary` for typed files.
        bad: Complaints about the file as a whole.
        chunks: Its rows.
    """

    source: SourceFile
    names: list[str]
    encoding: str
    bad: tuple[BadRow, ...]
    chunks: Iterator[RawChunk]


def list_files(source_dir: Path) -> dict[str, Path]:
    """Return the files of a source by their name inside it; links that lead out of it are refused.

    Args:
        source_dir: A folder, or a single file.

    Raises:
        DataMissing: There is no such folder.
        MappingError: A link leads out of the folder.
    """
    if source_dir.is_file():
        return {source_dir.name: source_dir}
    if not source_dir.is_dir():
        raise DataMissing(f"there is no folder {source_dir}; name the folder that holds the export")
    root = source_dir.resolve()
    found = {}
    for path in sorted(source_dir.rglob("*")):
        if not path.is_file():
            continue
        if not path.resolve().is_relative_to(root):
            raise Misfit("link leads out", file=path.name, folder=str(source_dir))
        found[path.relative_to(source_dir).as_posix()] = path
    return found


def find_files(
    source_dir: Path, mapping: Mapping, settings: IngestSettings, needed: frozenset[str]
) -> dict[str, list[SourceFile]]:
    """Return the files behind each name that has a path; of several patterns the first that fits anything counts.

    Raises:
        MappingError: A file that is not optional is absent, or a file is too large.
    """
    present = list_files(source_dir)
    result: dict[str, list[SourceFile]] = {}
    absent = []
    for name, spec in mapping.files.items():
        if spec.database is not None:
            continue
        matches = next((m for pattern in spec.path if (m := _matching(pattern, present))), [])
        for match in matches:
            size = present[match].stat().st_size
            if size > settings.max_file_bytes:
                raise Misfit("file too large", file=match, bytes=size, most=settings.max_file_bytes)
        result[name] = [SourceFile(present[match], match, spec) for match in matches]
        if not matches and not spec.optional and name in needed:
            absent.append(Saying("absent file", {"name": name, "patterns": spec.path}))
    if absent:
        raise Misfit("missing files", absent=absent, present=sorted(present) or Saying("no files", {}))
    return result


def _matching(pattern: str, present: dict[str, Path]) -> list[str]:
    """Return the names that fit a pattern, without regard to case, in order."""
    wanted = pattern.lower()
    return [name for name in sorted(present) if fnmatchcase(name.lower(), wanted)]


def file_digests(files: dict[str, list[SourceFile]]) -> dict[str, str]:
    """Return the sha256 of each source file by its name, sorted."""
    digests = {}
    for name, path in sorted({f.name: f.path for found in files.values() for f in found}.items()):
        with path.open("rb") as stream:
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests


def fingerprint(digests: MappingType[str, str], mapping: Mapping) -> str:
    """Return the sha256 over all source files, sorted by name, and the mapping's content."""
    digest = hashlib.sha256(mapping.model_dump_json().encode())
    for name, content in sorted(digests.items()):
        digest.update(f"\0{name}\0".encode())
        digest.update(bytes.fromhex(content))
    return digest.hexdigest()


class FileOpener:
    """Opens source files; a text file is scanned once however often it is read."""

    def __init__(self, work_dir: Path, settings: IngestSettings) -> None:
        self._work_dir = work_dir
        self._settings = settings
        self._scans: dict[str, TextScan] = {}

    def open(self, file: SourceFile) -> OpenedFile:
        """Open one file.

        Raises:
            MappingError: It cannot be opened as what it is said to be.
        """
        check_kind(file.path, file.name, file.kind)
        opened = self._open_text(file) if file.kind == "csv" else self._open_typed(file)
        if len(opened.names) > self._settings.max_columns:
            most = self._settings.max_columns
            raise Misfit("too many columns", file=file.name, count=len(opened.names), most=most)
        return opened

    def _scan(self, file: SourceFile) -> TextScan:
        if file.name not in self._scans:
            self._scans[file.name] = scan_text(
                file.path, declared=file.spec.encoding, delimiter=_delimiter(file), work_dir=self._work_dir
            )
        return self._scans[file.name]

    def _open_text(self, file: SourceFile) -> OpenedFile:
        spec, delimiter, scan = file.spec, _delimiter(file), self._scan(file)
        if any(bad.fatal for bad in scan.bad):
            return OpenedFile(file, [], scan.encoding, scan.bad, iter(()))
        shape = TextShape(delimiter, spec.header, tuple(spec.columns), spec.skip_rows, self._settings.block_bytes)
        names = read_header(scan, shape)
        bad = _wrong_delimiter(names, delimiter)
        if bad is not None:
            return OpenedFile(file, [], scan.encoding, (bad,), iter(()))
        return OpenedFile(file, names, scan.encoding, scan.bad, read_csv(scan, shape, names) if names else iter(()))

    def _open_typed(self, file: SourceFile) -> OpenedFile:
        spec = file.spec
        if file.kind == "parquet":
            names, chunks = open_parquet(file.path, name=file.name)
        elif file.kind == "sqlite":
            names, chunks = open_sqlite(file.path, spec.query, table=spec.table)
        elif file.kind in ("json", "jsonl"):
            return self._open_json(file)
        else:
            columns = () if spec.header else tuple(spec.columns)
            names, chunks = open_workbook(
                file.path, sheet=spec.sheet, skip_rows=spec.skip_rows, columns=columns, settings=self._settings
            )
        return OpenedFile(file, names, "binary", (), chunks)

    def _open_json(self, file: SourceFile) -> OpenedFile:
        scan, by_line = self._scan(file), file.kind == "jsonl"
        if any(bad.fatal for bad in scan.bad):
            return OpenedFile(file, [], scan.encoding, scan.bad, iter(()))
        names, chunks = open_json(
            scan.path, name=file.name, records=file.spec.records, by_line=by_line, settings=self._settings
        )
        return OpenedFile(file, names, scan.encoding, (), chunks)

    def header_further_down(self, file: SourceFile, names: Sequence[str]) -> Saying:
        """Return where the columns of a file seem to be named, the empty sentence if nowhere near its top.

        Args:
            file: The file.
            names: Columns that its header has not.
        """
        wanted = {loose(name) for name in names}
        for line, cells in self._top(file):
            if line > file.spec.skip_rows + 1 and wanted <= {loose(cell) for cell in cells}:
                return Saying("header further down", {"line": line, "rows": line - 1})
        return NOTHING

    def _top(self, file: SourceFile) -> list[tuple[int, list[str]]]:
        """Return the first rows below the header with the line of each."""
        if file.kind == "csv":
            with self._scan(file).path.open(encoding="utf-8-sig", newline="") as stream:
                return top_records(stream, _delimiter(file), _TOP)
        if file.kind not in ("xlsx", "xls", "ods"):
            return []
        chunk = next(self._open_typed(file).chunks, None)
        if chunk is None:
            return []
        rows = chunk.table.slice(0, _TOP).to_pylist()
        return [(int(line), list(row.values())) for line, row in zip(chunk.lines, rows, strict=False)]


def _delimiter(file: SourceFile) -> str:
    """Return the sign between the fields of a text file: as declared, else tab for `.tsv`, else a comma."""
    declared = file.spec.delimiter or ("\t" if file.path.suffix.lower() == ".tsv" else ",")
    return "\t" if declared == "tab" else declared


def _wrong_delimiter(names: list[str], delimiter: str) -> BadRow | None:
    """Return what is wrong with a header that is one single column and holds another sign, None where nothing is."""
    if len(names) != 1:
        return None
    other = next((sign for sign in (";", "\t", "|", ",") if sign != delimiter and sign in names[0]), None)
    if other is None:
        return None
    mend = f"set `delimiter: {'tab' if other == chr(9) else repr(other)}` under `files`"
    return BadRow(1, f"one single column between {delimiter!r}", names[0][:80], mend, fatal=True)
