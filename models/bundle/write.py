"""Writes a content-addressed bundle: the folder's name is the hash of its manifest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from models.bundle.durable import sync_folder, write_durably
from models.bundle.manifest import MANIFEST_NAME, FileEntry, Manifest, check_name, sha256_of
from models.bundle.read import read_bundle


def write_bundle(
    folder: Path, files: Mapping[str, bytes], metadata: Mapping[str, object], *, feature_schema: str = ""
) -> str:
    """Write `folder/<sha256>/` with the files and a manifest, whole or not at all; the same content is written once.

    Args:
        folder: Folder of all bundles; made when absent.
        files: Content by plain file name (`.txt`, `.json` or `.npz`).
        metadata: JSON values.
        feature_schema: Hash of the features that the model reads (see `feature_schema_hash`).

    Returns:
        The sha256 of the manifest, which covers every byte of the bundle.

    Raises:
        BundleDamaged: A file name is not allowed, or a bundle of that hash is there and damaged.
        UsageError: The metadata is not plain JSON.
    """
    entries = {check_name(name): FileEntry(len(content), sha256_of(content)) for name, content in files.items()}
    manifest = Manifest(entries, feature_schema, metadata).to_bytes()
    sha = sha256_of(manifest)
    target = folder / sha
    if target.exists():
        read_bundle(target)
        return sha
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{sha}.{os.getpid()}.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        for name, content in files.items():
            write_durably(draft / name, content)
        write_durably(draft / MANIFEST_NAME, manifest)
        sync_folder(draft)
        draft.replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    sync_folder(folder)
    return sha


def feature_schema_hash(units: Mapping[str, str]) -> str:
    """Return the hash of feature names and units, whatever their order.

    Examples:
        >>> feature_schema_hash({"age": "days"})[:8]
        '63b118f7'
    """
    return sha256_of("\n".join(f"{name}\t{unit}" for name, unit in sorted(units.items())).encode())
