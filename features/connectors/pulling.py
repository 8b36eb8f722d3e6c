"""Copying what a mapping reads from databases into the work folder, before anything is mapped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from features.connectors.databases import fill_in
from features.connectors.files import SourceFile
from features.connectors.language import FileSpec
from features.connectors.readers.postgres import Wanted, pull, reading
from features.connectors.settings import IngestSettings


def pull_databases(
    files: Mapping[str, FileSpec],
    work_dir: Path,
    settings: IngestSettings,
    environment: Mapping[str, str] = os.environ,
) -> dict[str, list[SourceFile]]:
    """Return the database sources of a mapping as files, each query read once.

    Sources of one address are read in one transaction, so that they fit each other.

    Args:
        files: What the mapping says about its files.
        work_dir: Folder that the copies are written to.
        settings: Caps on sizes.
        environment: Variables that addresses may name.

    Returns:
        By name under `files`; the list is empty where an optional table does not exist.

    Raises:
        MappingError: A database cannot be reached, or a query fails.
    """
    places: dict[str, list[str]] = {}
    for name, spec in files.items():
        if spec.database is not None:
            places.setdefault(spec.database, []).append(name)
    found: dict[str, list[SourceFile]] = {}
    for url, names in places.items():
        address = fill_in(url, environment, name=names[0])
        with reading(address, name=names[0]) as connection:
            for name in names:
                spec, target = files[name], work_dir / f"{name}.pulled.parquet"
                wanted = Wanted(name, spec.query, spec.table, spec.optional, settings.max_file_bytes)
                there = pull(connection, address, wanted, target)
                found[name] = [SourceFile(target, f"{name} (database)", spec)] if there else []
    return found
