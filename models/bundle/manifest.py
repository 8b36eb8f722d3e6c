"""The manifest of a bundle: which files, of what size and hash, made from which features."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from features.domain.errors import BundleDamaged, UsageError

MANIFEST_NAME = "manifest.json"
FORMAT = 1
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_\-]*(\.[a-z0-9_\-]+)*")
"""Plain names only: no folders, no leading dot, no absolute or parent paths."""

SUFFIXES = (".txt", ".json", ".npz")
"""LightGBM text, JSON, and numpy arrays read with `allow_pickle=False`."""


@dataclass(frozen=True)
class FileEntry:
    """Size in bytes and sha256 of one file."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself; its own sha256 is the bundle's identity.

    Attributes:
        files: Entry of each file by name.
        feature_schema: Hash of the feature names and units that the model was trained on; "" when it uses none.
        metadata: JSON values: model name, as_of, dataset version, metrics.
    """

    files: Mapping[str, FileEntry]
    feature_schema: str
    metadata: Mapping[str, object]

    def to_bytes(self) -> bytes:
        """Return canonical JSON: equal manifests are equal bytes.

        Raises:
            UsageError: The metadata holds something that JSON cannot.
        """
        document = {
            "format": FORMAT,
            "files": {name: {"size": e.size, "sha256": e.sha256} for name, e in self.files.items()},
            "feature_schema": self.feature_schema,
            "metadata": dict(self.metadata),
        }
        try:
            text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise UsageError(f"the bundle's metadata is not plain JSON: {error}; convert it first") from error
        return text.encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            BundleDamaged: It is not the JSON that `to_bytes` writes.
        """
        try:
            document = json.loads(raw)
            entries = document["files"]
            files = {str(name): FileEntry(int(e["size"]), str(e["sha256"])) for name, e in entries.items()}
            manifest = cls(files, str(document["feature_schema"]), dict(document["metadata"]))
            version = document["format"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BundleDamaged(
                f"{MANIFEST_NAME} cannot be read ({error!r}); restore the bundle or roll back"
            ) from error
        if version != FORMAT:
            raise BundleDamaged(f"the bundle has format {version}, this release reads {FORMAT}; train again")
        for name in files:
            check_name(name)
        return manifest


def sha256_of(content: bytes) -> str:
    """Return the sha256 of some bytes in hexadecimal.

    Examples:
        >>> sha256_of(b"")[:8]
        'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def check_name(name: str) -> str:
    """Return `name` if a bundle may hold a file of that name.

    Raises:
        BundleDamaged: It could leave the folder, hide, or hold code.

    Examples:
        >>> check_name("win_model.txt")
        'win_model.txt'
    """
    if FILE_NAME.fullmatch(name) is None or not name.endswith(SUFFIXES) or name == MANIFEST_NAME:
        raise BundleDamaged(
            f"a bundle may not hold a file named {name!r}; "
            f"use lower-case letters, digits, '_' and '-', ending in {SUFFIXES}"
        )
    return name
