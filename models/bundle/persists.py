"""The protocol of a model that can be kept as plain files, and the two encodings that models use."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, Protocol, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from features.domain.errors import BundleDamaged


class Persists(Protocol):
    """A fitted forecaster that can be written into a bundle and read back to the same answers."""

    def to_files(self) -> dict[str, bytes]:
        """Return the fitted state as content by plain file name (`.txt`, `.json`, `.npz`); no pickle."""
        ...

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """Return the forecaster that `to_files` described; the bytes were verified before."""
        ...


def json_bytes(document: object) -> bytes:
    """Return canonical JSON, so that equal documents are equal bytes.

    Examples:
        >>> json_bytes({"b": 1, "a": [0.1]})
        b'{"a":[0.1],"b":1}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def json_from(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Return the JSON object in one file of a bundle.

    Raises:
        BundleDamaged: The file is not in the bundle or holds no JSON object.

    Examples:
        >>> json_from({"model.json": b'{"format":1}'}, "model.json")
        {'format': 1}
    """
    if name not in files:
        raise BundleDamaged(f"the bundle has no {name}, it has {sorted(files)}; train again or roll back")
    try:
        document = json.loads(files[name])
    except ValueError as error:
        raise BundleDamaged(f"{name} is not JSON ({error}); restore the bundle or roll back") from error
    if not isinstance(document, dict):
        raise BundleDamaged(f"{name} holds a {type(document).__name__}, not an object; train again")
    return document


def array_bytes(arrays: Mapping[str, npt.NDArray[np.generic]]) -> bytes:
    """Return arrays as uncompressed npz with fixed timestamps, so that equal arrays are equal bytes.

    Raises:
        BundleDamaged: An array holds Python objects, which would need pickle.
    """
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise BundleDamaged(f"array {name!r} holds Python objects; store text as JSON instead")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **dict(sorted(arrays.items())))
    return buffer.getvalue()


def arrays_from(content: bytes) -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays of `array_bytes`.

    Raises:
        BundleDamaged: It is no npz, or needs pickle.

    Examples:
        >>> arrays_from(array_bytes({"x": np.array([1.5, 2.0])}))["x"].tolist()
        [1.5, 2.0]
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, BadZipFile) as error:
        raise BundleDamaged(f"an array file cannot be read ({error}); restore the bundle or roll back") from error
