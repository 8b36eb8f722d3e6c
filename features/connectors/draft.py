"""Drafting a mapping from the header names and first rows of a folder; every guess says how sure it is."""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.connectors.columns import loose
from features.connectors.files import FileOpener, SourceFile, list_files
from features.connectors.language import FileSpec
from features.connectors.misfits import Misfit
from features.connectors.settings import IngestSettings
from features.connectors.spec import DEFAULTS
from features.connectors.synonyms import COLUMNS, OUTCOMES, TABLES
from features.contracts.tables import CANONICAL, DAY, MOMENT
from features.domain.errors import DataMissing

_SAMPLE = 500
_SLASHED = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_MONTHS = re.compile(r"^(?:M?(0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])月)$")


@dataclass(frozen=True)
class _Sample:
    """The head of one file.

    Attributes:
        name: File name.
        names: Column names.
        values: First values per column, without blanks.
        encoding: Encoding to declare, with a doubt if it had to be tried out.
        delimiter: Delimiter to declare.
    """

    name: str
    names: list[str]
    values: dict[str, list[str]]
    encoding: str
    delimiter: str


@dataclass(frozen=True)
class _Guess:
    """One table that a file may fill.

    Attributes:
        table: Canonical table.
        columns: Source column per canonical column.
        missing: Required columns without a source.
        score: How well the file fits.
    """

    table: str
    columns: dict[str, str]
    missing: list[str]
    score: float


def draft_mapping(source_dir: Path) -> str:
    """Return the text of a mapping for the files of a folder, to be read and corrected by a person.

    Args:
        source_dir: Folder that holds the export.

    Raises:
        DataMissing: No file of the folder looks like a canonical table.
    """
    samples = [s for name, path in list_files(source_dir).items() if (s := _sample(name, path)) is not None]
    blocks: dict[str, list[str]] = {}
    used: dict[str, _Sample] = {}
    for number, sample in enumerate(samples, start=1):
        guess = _best(sample)
        if guess is not None:
            key = f"file{number}"
            used[key] = sample
            blocks.setdefault(guess.table, []).append(_layout(key, sample, guess))
    if not blocks:
        seen = ", ".join(s.name for s in samples) or "no readable files"
        raise DataMissing(f"nothing in {source_dir.name} looks like sales data ({seen}); write a mapping by hand")
    lines = [*_head(source_dir, blocks), "files:"]
    lines += [*(_file_line(key, sample) for key, sample in used.items()), "tables:"]
    for table in CANONICAL:
        if table in blocks:
            lines += [f"  {table}:", "    from:", *blocks[table]]
    return "\n".join(lines) + "\n"


def _head(source_dir: Path, blocks: dict[str, list[str]]) -> list[str]:
    """Return the lines of a draft that say what the source as a whole is."""
    lines = [
        "# Drafted from header names: read every line, above all those marked `check`.",
        "mapping: 1",
        f"name: {_plain(source_dir.name.lower() or 'export')}",
        'tested_with: "a draft; nobody has checked it yet"',
        "currency: USD # check",
        "calendar: {fiscal_start_month: 1, zone: UTC} # check",
        "headers: loose",
    ]
    if "opportunities" in blocks and "bookings" not in blocks:
        lines.append("bookings_from_won: true # no file of bookings was found: won deals count instead")
    if "quotas" not in blocks:
        lines.append("derived_quotas: {rule: R1, grain: quarter} # no file of quotas was found")
    return lines


def _plain(text: str) -> str:
    """Return a text as a YAML scalar; plain where it is harmless."""
    return (
        text
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) and text not in ("true", "false", "null")
        else json.dumps(text, ensure_ascii=False)
    )


def _file_line(key: str, sample: _Sample) -> str:
    parts = [f"path: {_plain(sample.name)}"]
    if sample.encoding != "utf-8":
        parts.append(f"encoding: {sample.encoding}")
    if sample.delimiter != ",":
        parts.append(f"delimiter: {'tab' if sample.delimiter == chr(9) else json.dumps(sample.delimiter)}")
    doubt = " # check: not UTF-8, this encoding is a guess" if sample.encoding in ("gb18030", "latin-1") else ""
    return f"  {key}: {{{', '.join(parts)}}}{doubt}"


def _sample(name: str, path: Path) -> _Sample | None:
    """Return the head of a file, or None if it cannot be read as a table."""
    for encoding, delimiter in itertools.product(("utf-8", "gb18030", "latin-1"), (",", ";", "\t", "|")):
        spec = FileSpec.model_validate({"path": "x", "encoding": encoding, "delimiter": delimiter})
        with tempfile.TemporaryDirectory() as work:
            try:
                source = SourceFile(path, name, spec)
                opened = FileOpener(Path(work), IngestSettings()).open(source)
            except Misfit:
                return None
            if any(bad.fatal for bad in opened.bad) or not opened.names:
                continue
            table = next((chunk.table.slice(0, _SAMPLE) for chunk in opened.chunks), None)
        names = opened.names
        columns = {n: [] if table is None else [v for v in table.column(n).to_pylist() if v] for n in names}
        found = opened.encoding if opened.encoding in ("gb18030", "latin-1") else "utf-8"
        return _Sample(name, names, columns, found, delimiter if opened.encoding != "binary" else ",")
    return None


def _best(sample: _Sample) -> _Guess | None:
    """Return the table that a file fits best, or None if it fits none."""
    guesses = [_guess(sample, table) for table in CANONICAL]
    best = max(guesses, key=lambda g: g.score)
    return best if best.score >= 1.0 else None


def _guess(sample: _Sample, table: str) -> _Guess:
    """Return how a file would fill one table."""
    found = _columns_found(sample, table)
    required = [c.name for c in CANONICAL[table].columns if c.required and c.name not in DEFAULTS.get(table, {})]
    missing = [name for name in required if name not in found]
    fit = (len(required) - len(missing)) / len(required)
    named = _name_fits(sample, table)
    known = named > 0 or len(found) >= 4
    score = fit + named + 0.02 * len(found) - 0.25 * len(missing) if known else -1.0
    return _Guess(table, found, missing, score)


def _name_fits(sample: _Sample, table: str) -> float:
    """Return 1 where a file is named as a table, a half where its name holds that of one, else 0."""
    stem = loose(Path(sample.name).stem)
    words = [loose(word) for word in TABLES[table]]
    if stem in words:
        return 1.0
    return 0.5 if any(word in stem for word in words) else 0.0


def _columns_found(sample: _Sample, table: str) -> dict[str, str]:
    """Return the columns of a file that a table's columns may be read from."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column, synonyms in COLUMNS[table].items():
        name = _find(sample.names, synonyms, taken if column != "outcome" else set())
        if name is not None:
            found[column] = name
            taken |= set() if column in ("rep_id", "stage") else {name}
    if table == "quotas" and "period_end" not in found and "period_start" in found:
        found["period_end"] = found["period_start"]
    if table == "quotas" and len(_months(sample.names)) == 12:
        found.update(dict.fromkeys(("period_start", "period_end", "amount"), "wide"))
    return found


def _find(names: Sequence[str], synonyms: Iterable[str], taken: set[str]) -> str | None:
    by_loose = {loose(name): name for name in reversed(names)}
    return next((n for word in synonyms if (n := by_loose.get(loose(word))) is not None and n not in taken), None)


def _months(names: Sequence[str]) -> dict[str, int]:
    """Return the columns that are named after months, with the month of each."""
    found = {name: match for name in names if (match := _MONTHS.match(name.strip()))}
    return {name: int(match.group(1) or match.group(2)) for name, match in found.items()}


def _layout(key: str, sample: _Sample, guess: _Guess) -> str:
    """Return the YAML of one layout."""
    lines = [f"      - file: {key}"]
    wide = guess.columns.get("amount") == "wide"
    if wide:
        cells = ", ".join(f"{_plain(name)}: {month}" for name, month in _months(sample.names).items())
        lines += [
            "        unpivot:",
            f"          columns: {{{cells}}}",
            "          key: month",
            "          value: target",
        ]
    lines.append("        columns:")
    for column in CANONICAL[guess.table].mapped:
        if column.name in guess.columns:
            entry, remark = (
                _wide_entry(column.name, sample)
                if wide and guess.columns[column.name] == "wide"
                else _entry(guess, column.name, sample)
            )
        elif column.name in guess.missing:
            entry, remark = '{constant: "unknown"}', " # check: no column was found for this"
        else:
            continue
        lines.append(f"          {column.name}: {entry}{remark}")
    if guess.table == "quotas" and "rep_id" not in guess.columns and "team_id" not in guess.columns:
        lines.append('          rep_id: {constant: "unknown"} # check: no column was found for this')
    return "\n".join(lines)


def _wide_entry(column: str, sample: _Sample) -> tuple[str, str]:
    """Return the entry of a quota column of a file with one column per month."""
    if column == "amount":
        return "target", " # check the scale: thousands need `scale: 1000`, 万元 `scale: 10000`"
    year = _find(sample.names, ("year", "年份", "年"), set()) or "year"
    end = "month_start" if column == "period_start" else "month_end"
    return f"{{date_parts: {{year: {_plain(year)}, month: month}}, to: {end}}}", ""


def _entry(guess: _Guess, column: str, sample: _Sample) -> tuple[str, str]:
    """Return the YAML of one column entry and a remark on how sure it is."""
    name = guess.columns[column]
    parts = [f"column: {_plain(name)}"]
    remark = "" if loose(name) == loose(column) else " # check: likely"
    if column == "outcome":
        parts += _outcome_parts(sample.values[name])
        remark = " # check: which words mean won and lost"
    kind = next(c.type for c in CANONICAL[guess.table].mapped if c.name == column)
    if kind in (DAY, MOMENT):
        form, doubt = _date_format(sample.values[name])
        parts += [f"format: {json.dumps(form)}"] if form else []
        remark = doubt or remark
    if guess.table == "quotas" and column.startswith("period_"):
        parts.append(f"to: month_{column.removeprefix('period_')}")
        remark = " # check: monthly?"
    if column == "amount" and "万" in name:
        parts.append("scale: 10000")
    short = len(parts) == 1
    return (_plain(name) if short else f"{{{', '.join(parts)}}}"), remark


def _outcome_parts(seen: Sequence[str]) -> list[str]:
    """Return the vocabulary of an outcome column, as far as its words are known."""
    values = {v: OUTCOMES.get(v.strip().casefold(), "open") for v in dict.fromkeys(seen)}
    if not 0 < len(values) <= 30:
        return ["otherwise: open"]
    cells = ", ".join(f"{json.dumps(v, ensure_ascii=False)}: {word}" for v, word in values.items())
    return [f"values: {{{cells}}}", "otherwise: open"]


def _date_format(values: Sequence[str]) -> tuple[str, str]:
    """Return the format that slashed dates prove, or a doubt; ISO dates need none."""
    found = [m for value in values if (m := _SLASHED.match(value))]
    if not found:
        digits = all(re.fullmatch(r"\d{13}", v) for v in values) and bool(values)
        return ("epoch_ms", " # check: milliseconds since 1970") if digits else ("", "")
    sign = found[0].group(2)
    first, second = max(int(m.group(1)) for m in found), max(int(m.group(3)) for m in found)
    if first > 12:
        return f"%d{sign}%m{sign}%Y", ""
    doubt = "" if second > 12 else " # check: day and month could be the other way round"
    return f"%m{sign}%d{sign}%Y", doubt
