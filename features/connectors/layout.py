"""Reading one file through one layout of the mapping: chunk by chunk into staged Parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.connectors.canonical import CanonicalChunk, Refusal, to_canonical, typed_column
from features.connectors.columns import Columns, Header, loosely_named, trimmed, without
from features.connectors.files import FileOpener, OpenedFile, SourceFile
from features.connectors.language import ChangesSpec, LayoutSpec
from features.connectors.language import Mapping as MappingFile
from features.connectors.misfits import Misfit, MissingColumn, missing_columns
from features.connectors.quarantine import Quarantine
from features.connectors.readers.chunk import BadRow, RawChunk
from features.connectors.report import FileReport
from features.connectors.settings import IngestSettings
from features.connectors.shape import Lookup, Reshaped, check_lookup, reshape
from features.connectors.values import source_columns
from features.contracts.faults import Fault, shorten
from features.contracts.tables import CANONICAL

_ORIGIN = [("_line", pa.int64()), ("_file", pa.string())]


@dataclass(frozen=True)
class ReadResult:
    """What one file gave through one layout.

    Attributes:
        report: Counts.
        files: Staged canonical files.
        snapshots: Staged whole-row snapshots, to be turned into changes.
        occurrence: Key columns whose repeated values are to be numbered.
    """

    report: FileReport
    files: tuple[Path, ...]
    snapshots: tuple[Path, ...] = ()
    occurrence: tuple[str, ...] = ()


@dataclass
class _Counts:
    """Row counts of one file."""

    rows_in: int = 0
    left_out: int = 0
    rejected: int = 0
    staged: int = 0
    misses: dict[str, int] = field(default_factory=dict)
    tolerated: Counter[str] = field(default_factory=Counter)


def staged_schema(table: str) -> pa.Schema:
    """Return the schema of staged files: the columns that a mapping may fill, then `_line` and `_file`."""
    spec = CANONICAL[table]
    fields = [(c.name, c.type) for c in spec.mapped]
    return pa.schema([*fields, *_ORIGIN], metadata={b"key": ",".join(spec.key).encode()})


def changes_schema(path: Path) -> list[str]:
    """Return the column names of a staged file of snapshots."""
    return list(pq.read_schema(path).names)


class LayoutReader:
    """Reads files through layouts; joined files are loaded once."""

    def __init__(
        self,
        mapping: MappingFile,
        files: Mapping[str, list[SourceFile]],
        opener: FileOpener,
        settings: IngestSettings,
        quarantine: Quarantine,
    ) -> None:
        self._mapping = mapping
        self._files = files
        self._opener = opener
        self._settings = settings
        self._quarantine = quarantine
        self._lookups: dict[str, Lookup] = {}
        self._checked: set[tuple[str, str]] = set()

    def read(self, table: str, layout: LayoutSpec, source: SourceFile, target: Path) -> ReadResult:
        """Stage the rows of one file.

        Args:
            table: Canonical table.
            layout: How to read the file.
            source: The file.
            target: Path stem of the staged file.

        Raises:
            MappingError: The layout names columns that the file does not have.
        """
        present = [join for join in layout.join if self._files[join.file] or not join.optional]
        layout = layout.model_copy(update={"join": present})
        lookups = self._joined(layout, table)
        opened = self._opener.open(source)
        damaged = {bad.line for bad in opened.bad}
        self._note_bad(opened.bad, source, table)
        counts = _Counts()
        path = target.with_name(f"{target.name}.{source.name.replace('/', '_')}.parquet")
        schema = staged_schema(table) if layout.changes is None else _snapshot_schema(layout.changes)
        self._check_names(table, layout, opened, lookups)
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for chunk in self._whole(opened, damaged, counts):
                for piece in self._staged(table, layout, source, chunk, lookups=lookups, counts=counts):
                    writer.write_table(piece.cast(schema))
        report = FileReport(
            table=table,
            file=source.name,
            encoding=opened.encoding,
            rows_in=counts.rows_in,
            left_out=counts.left_out,
            rejected=counts.rejected,
            staged=counts.staged,
            lookup_misses=counts.misses,
            unmapped_columns=tuple(n for n in opened.names if n not in _used(layout, opened, self._is_loose)),
            tolerated=dict(counts.tolerated),
        )
        occurrence = tuple(name for name, spec in layout.columns.items() if spec.occurrence)
        if layout.changes is not None:
            return ReadResult(report, (), (path,))
        return ReadResult(report, (path,), (), occurrence)

    def _joined(self, layout: LayoutSpec, table: str) -> dict[str, Lookup]:
        """Return the joined files by name; values that stand twice in a key column are named, once per import."""
        lookups = {join.file: self.lookup(join.file) for join in layout.join}
        for join in layout.join:
            if (join.file, join.right) not in self._checked:
                self._checked.add((join.file, join.right))
                for fault in check_lookup(lookups[join.file], join.right, table):
                    self._quarantine.add(fault)
        return lookups

    @property
    def _is_loose(self) -> bool:
        return self._mapping.headers == "loose"

    def _whole(self, opened: OpenedFile, damaged: set[int], counts: _Counts) -> Iterator[RawChunk]:
        """Yield chunks without the rows that hold a NUL byte, counting everything that was read."""
        for chunk in opened.chunks:
            counts.rows_in += chunk.table.num_rows + len(chunk.bad)
            counts.rejected += len(chunk.bad)
            if damaged:
                keep = ~np.isin(chunk.lines, list(damaged))
                counts.rejected += int(np.count_nonzero(~keep))
                chunk = RawChunk(chunk.table.filter(pa.array(keep)), chunk.lines[keep], chunk.bad)  # noqa: PLW2901
            yield chunk

    def _check_names(self, table: str, layout: LayoutSpec, opened: OpenedFile, lookups: Mapping[str, Lookup]) -> None:
        """Try the layout on no rows, so that a missing column is named even where a file is empty."""
        if not opened.names:
            if not opened.bad:
                raise Misfit("file is empty", file=opened.source.name)
            return
        missing: list[str] = []
        added: list[str] = []
        while (error := self._try_names(table, layout, opened, lookups, added)) is not None:
            if error.file != opened.source.name or error.enough in added:
                raise error
            missing.append(error.name)
            added.append(error.enough)
        if missing:
            hint = loosely_named(missing, opened.names) or self._opener.header_further_down(opened.source, missing)
            said = missing_columns(opened.source.name, missing, opened.names, hint)
            raise Misfit("does not fit", parts=[said])

    def _try_names(
        self, table: str, layout: LayoutSpec, opened: OpenedFile, lookups: Mapping[str, Lookup], more: Sequence[str]
    ) -> MissingColumn | None:
        """Return the first column that is missing where the file also had the columns `more`."""
        empty = pa.table({name: pa.array([], pa.string()) for name in (*opened.names, *more)})
        try:
            shaped = self._reshape(empty, np.empty(0, np.int64), layout, opened.source, lookups)
            self._map(table, layout, opened.source, shaped)
        except MissingColumn as error:
            return error
        return None

    def _nulls(self, source: SourceFile) -> list[str]:
        return [*self._mapping.nulls, *source.spec.nulls]

    def _reshape(
        self,
        table: pa.Table,
        lines: np.ndarray,
        layout: LayoutSpec,
        source: SourceFile,
        lookups: Mapping[str, Lookup],
    ) -> Reshaped:
        header = Header(source.name, table.column_names, self._is_loose)
        start = self._mapping.calendar.fiscal_start_month
        return reshape(
            table, lines, layout, header, nulls=self._nulls(source), lookups=lookups, fiscal_start_month=start
        )

    def _map(self, table: str, layout: LayoutSpec, source: SourceFile, shaped: Reshaped) -> CanonicalChunk:
        columns = Columns(shaped.table, Header(source.name, shaped.names, self._is_loose), self._nulls(source))
        if layout.changes is not None:
            return _snapshots(layout.changes, columns, self._mapping)
        return to_canonical(table, layout.columns, columns, self._mapping)

    def _staged(
        self,
        table: str,
        layout: LayoutSpec,
        source: SourceFile,
        chunk: RawChunk,
        *,
        lookups: Mapping[str, Lookup],
        counts: _Counts,
    ) -> Iterator[pa.Table]:
        """Yield the accepted rows of a chunk with their origin."""
        self._note_bad(chunk.bad, source, table)
        if not chunk.table.num_rows:
            return
        shaped = self._reshape(chunk.table, chunk.lines, layout, source, lookups)
        counts.left_out += shaped.left_out
        for name, misses in shaped.misses.items():
            counts.misses[name] = counts.misses.get(name, 0) + misses
        if not shaped.table.num_rows:
            return
        mapped = self._map(table, layout, source, shaped)
        keep = mapped.accepted()
        counts.tolerated.update(mapped.tolerated)
        keep[list(shaped.refused)] = False
        self._note_refusals(table, source, shaped, mapped)
        skipped = 0 if mapped.skip is None else int(np.count_nonzero(mapped.skip))
        counts.left_out += skipped
        counts.rejected += int(np.count_nonzero(~keep)) - skipped
        counts.staged += int(np.count_nonzero(keep))
        rows = mapped.table.append_column("_line", pa.array(shaped.lines, pa.int64()))
        rows = rows.append_column(
            "_file", pa.array([source.name], pa.string()).take(pa.array(np.zeros(len(keep), np.int32)))
        )
        yield rows.filter(pa.array(keep))

    def _note_refusals(self, table: str, source: SourceFile, shaped: Reshaped, mapped: CanonicalChunk) -> None:
        for row, why in shaped.refused.items():
            line = int(shaped.lines[row])
            self._quarantine.add(Fault(source.name, line, table, why.column, why.code, shorten(why.value), why.mend))
        for r in mapped.refusals:
            if r.row in shaped.refused and r.code == "required":
                continue
            line = int(shaped.lines[r.row])
            self._quarantine.add(Fault(source.name, line, table, r.column, r.code, shorten(r.value), r.mend))

    def _note_bad(self, bad: tuple[BadRow, ...], source: SourceFile, table: str) -> None:
        """Write down rows and files that could not be read."""
        for row in bad:
            self._quarantine.fatal |= row.fatal
            self._quarantine.add(_fault(row, source, table))

    def lookup(self, name: str) -> Lookup:
        """Return a whole file, loaded once.

        Args:
            name: Name under `files`.

        Raises:
            MappingError: It is missing, or has too many rows.
        """
        if not self._files[name]:
            raise Misfit("joined file missing", name=name, patterns=self._mapping.files[name].path)
        if name not in self._lookups:
            self._lookups[name] = self._load_lookup(name)
        return self._lookups[name]

    def _load_lookup(self, name: str) -> Lookup:
        tables, lines, names = [], [], []
        for source in self._files[name]:
            opened = self._opener.open(source)
            _check_joined(opened)
            names = opened.names
            self._note_bad(opened.bad, source, "")
            for chunk in opened.chunks:
                self._note_bad(chunk.bad, source, "")
                tables.append(chunk.table)
                lines.append(chunk.lines)
                if sum(map(len, lines)) > self._settings.max_lookup_rows:
                    raise Misfit("too many to join", file=source.name, most=self._settings.max_lookup_rows)
        whole = pa.concat_tables(tables) if tables else pa.table({n: pa.array([], pa.string()) for n in names})
        nulls = ["", *self._nulls(self._files[name][0])]
        columns = [without(trimmed(whole.column(n).combine_chunks()), nulls) for n in whole.column_names]
        table = pa.table(columns, names=whole.column_names)
        header = Header(self._files[name][0].name, table.column_names, self._is_loose)
        return Lookup(name, header.file, table, np.concatenate(lines) if lines else np.empty(0, np.int64), header)


def _fault(row: BadRow, source: SourceFile, table: str) -> Fault:
    return Fault(source.name, row.line, table, "", row.code, shorten(row.value), row.mend)


def _check_joined(opened: OpenedFile) -> None:
    """Refuse a file that cannot be joined at all."""
    damage = next((bad for bad in opened.bad if bad.fatal), None)
    if damage is not None:
        raise Misfit("joined file damaged", file=opened.source.name, fault=_fault(damage, opened.source, ""))
    if not opened.names:
        raise Misfit("file is empty", file=opened.source.name)


def _used(layout: LayoutSpec, opened: OpenedFile, is_loose: bool) -> set[str]:
    """Return the columns of the file that the layout reads."""
    specs = list(layout.columns.values())
    names = [*layout.where, *layout.where_not, *(join.left for join in layout.join)]
    if layout.changes is not None:
        own = layout.changes
        specs += [own.opportunity_id, own.changed_at, *own.fields.values(), *filter(None, [own.currency])]
        names += layout.changes.tie_break
    names += [name for spec in specs for name in source_columns(spec)]
    if layout.unpivot is not None and layout.unpivot.columns is not None:
        names += list(layout.unpivot.columns)
    header = Header(opened.source.name, opened.names, is_loose)
    return {found for name in names if (found := header.find(name)) is not None}


def _snapshot_schema(changes: ChangesSpec) -> pa.Schema:
    """Return the schema of staged snapshots."""
    named = [("opportunity_id", pa.string()), ("changed_at", pa.timestamp("us")), ("_tie", pa.string())]
    texts = [*changes.fields, "currency"]
    return pa.schema([*named, *((name, pa.string()) for name in texts), *_ORIGIN])


def _snapshots(changes: ChangesSpec, columns: Columns, mapping: MappingFile) -> CanonicalChunk:
    """Return whole-row snapshots with every field as canonical text."""
    result = CanonicalChunk(pa.table({}))
    deal = {c.name: c for c in CANONICAL["opportunities"].columns}
    change = {c.name: c for c in CANONICAL["opportunity_changes"].mapped}
    arrays = {
        "opportunity_id": typed_column(change["opportunity_id"], changes.opportunity_id, columns, mapping, result),
        "changed_at": typed_column(change["changed_at"], changes.changed_at, columns, mapping, result),
        "_tie": _tie(changes, columns),
    }
    for name, spec in changes.fields.items():
        values = typed_column(deal[name], spec, columns, mapping, result).cast(pa.string())
        arrays[name] = pc.replace_substring_regex(values, r"\.?0+$", "") if name == "amount" else values
    arrays["currency"] = typed_column(change["currency"], changes.currency, columns, mapping, result)
    result.table = pa.table(arrays)
    blamed = {(r.row, r.column) for r in result.refusals}
    for needed, spec in (("opportunity_id", changes.opportunity_id), ("changed_at", changes.changed_at)):
        label = spec.column or (spec.first_of or [needed])[0]
        for row in np.flatnonzero(np.asarray(pc.is_null(arrays[needed]))):
            if (int(row), label) not in blamed:
                result.refusals.append(Refusal(int(row), label, "required", "", "fill it in at the source"))
    return result


def _tie(changes: ChangesSpec, columns: Columns) -> pa.Array:
    """Return the text that orders changes of one instant."""
    parts = [pc.fill_null(columns.text(name), "") for name in changes.tie_break if columns.has(name)]
    return pc.binary_join_element_wise(*parts, "\t") if parts else pa.array([""] * columns.rows, pa.string())
