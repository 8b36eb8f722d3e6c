"""Reads a bundle only after every byte of it was verified: a damaged model file can crash a process or lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from features.domain.errors import BundleDamaged
from models.bundle.manifest import MANIFEST_NAME, FileEntry, Manifest, sha256_of


def read_bundle(path: Path) -> Mapping[str, bytes]:
    """Return the files of the bundle at `path`, verified; nothing of it was parsed but the manifest.

    Args:
        path: The bundle's folder; its name must be the sha256 of its manifest.

    Raises:
        BundleDamaged: A byte differs, or a file is missing, extra, a link, or named so that it leaves the folder.
    """
    manifest = read_manifest(path)
    found = {entry.name for entry in os.scandir(path)} - {MANIFEST_NAME}
    extra, missing = sorted(found - set(manifest.files)), sorted(set(manifest.files) - found)
    if extra or missing:
        raise BundleDamaged(
            f"bundle {path.name[:12]}: missing files {missing}, extra files {extra}; restore or roll back"
        )
    return {name: _verified(path, name, entry) for name, entry in manifest.files.items()}


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of the bundle at `path`, verified against the folder's name.

    Raises:
        BundleDamaged: There is no such bundle, or its manifest was changed.
    """
    if path.is_symlink() or not path.is_dir():
        raise BundleDamaged(f"there is no bundle folder {path.name!r}; train and promote, or roll back")
    raw = _plain_bytes(path, MANIFEST_NAME)
    actual = sha256_of(raw)
    if actual != path.name:
        raise BundleDamaged(
            f"bundle {path.name[:12]}: {MANIFEST_NAME} hashes to {actual[:12]}; restore the bundle or roll back"
        )
    return Manifest.from_bytes(raw)


def _verified(path: Path, name: str, entry: FileEntry) -> bytes:
    content = _plain_bytes(path, name)
    if len(content) != entry.size or sha256_of(content) != entry.sha256:
        raise BundleDamaged(
            f"bundle {path.name[:12]}: {name} has {len(content)} bytes with hash {sha256_of(content)[:12]}, "
            f"the manifest says {entry.size} with {entry.sha256[:12]}; restore the bundle or roll back"
        )
    return content


def _plain_bytes(path: Path, name: str) -> bytes:
    """Read a regular file of the folder itself, never through a link."""
    try:
        handle = os.open(path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise BundleDamaged(
            f"bundle {path.name[:12]}: {name} cannot be opened ({error.strerror}); restore it"
        ) from error
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise BundleDamaged(f"bundle {path.name[:12]}: {name} is not a regular file; restore it")
        return stream.read()
