"""Small folders and mappings for the tests of this package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from features.connectors.mapping import parse_mapping
from features.connectors.stage import RowsRefused, read_staged, stage
from features.connectors.staging import StagedImport

HEAD = "mapping: 1\nname: test\n"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a new folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def run(source: Path, mapping: str, work: Path, *, partial: bool = False) -> StagedImport:
    """Stage a folder through the text of a mapping."""
    work.mkdir(parents=True, exist_ok=True)
    text = mapping if "mapping: 1" in mapping else HEAD + mapping
    return stage(source, parse_mapping(text, origin="test.yml"), work, partial=partial)


def refused(source: Path, mapping: str, work: Path) -> RowsRefused:
    """Return the refusal that staging must end with."""
    with pytest.raises(RowsRefused) as caught:
        run(source, mapping, work)
    return caught.value


def rows(staged: StagedImport, table: str) -> list[dict[str, object]]:
    """Return the staged rows of a table, in the order of the origin."""
    found: list[dict[str, object]] = read_staged(staged.tables[table]).to_pylist()
    return sorted(found, key=lambda row: (str(row["_file"]), int(str(row["_line"]))))
