"""A bundle is read only when every byte is what was written; anything else is refused before it is parsed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from features.domain.errors import BundleDamaged, UsageError
from models.bundle.manifest import MANIFEST_NAME, check_name, sha256_of
from models.bundle.persists import array_bytes, arrays_from, json_bytes, json_from
from models.bundle.read import read_bundle, read_manifest
from models.bundle.write import feature_schema_hash, write_bundle

FILES = {"win_model.txt": b"tree\nversion=v4\n", "weights.json": b'{"a":1}', "blocks.npz": b"PK\x03\x04"}
METADATA = {"name": "series", "as_of": "2024-03-31", "scores": {"wape": 0.2}}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return tmp_path / "bundles" / write_bundle(tmp_path / "bundles", FILES, METADATA, feature_schema="abc")


def test_what_was_written_is_read(bundle: Path) -> None:
    assert read_bundle(bundle) == FILES
    manifest = read_manifest(bundle)
    assert dict(manifest.metadata) == METADATA
    assert manifest.feature_schema == "abc"


def test_the_name_is_the_hash_of_the_manifest(bundle: Path) -> None:
    assert bundle.name == sha256_of((bundle / MANIFEST_NAME).read_bytes())


def test_same_content_is_one_bundle_and_other_content_another(tmp_path: Path) -> None:
    first = write_bundle(tmp_path, FILES, METADATA)
    assert write_bundle(tmp_path, dict(reversed(FILES.items())), METADATA) == first
    assert write_bundle(tmp_path, {**FILES, "weights.json": b'{"a":2}'}, METADATA) != first
    assert write_bundle(tmp_path, FILES, {**METADATA, "as_of": "2024-04-30"}) != first
    assert len(list(tmp_path.iterdir())) == 3


def test_nothing_unfinished_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object, __: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("models.bundle.write.write_durably", broken)
    with pytest.raises(OSError, match="disk full"):
        write_bundle(tmp_path, FILES, METADATA)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [*FILES, MANIFEST_NAME])
def test_every_flipped_byte_is_found(bundle: Path, name: str) -> None:
    content = (bundle / name).read_bytes()
    for position in range(0, len(content), 7):
        flipped = bytearray(content)
        flipped[position] ^= 0x01
        (bundle / name).write_bytes(bytes(flipped))
        with pytest.raises(BundleDamaged):
            read_bundle(bundle)


@pytest.mark.parametrize("name", [*FILES, MANIFEST_NAME])
def test_a_truncated_file_is_found(bundle: Path, name: str) -> None:
    (bundle / name).write_bytes((bundle / name).read_bytes()[:-1])
    with pytest.raises(BundleDamaged):
        read_bundle(bundle)


def test_a_missing_file_is_named(bundle: Path) -> None:
    (bundle / "weights.json").unlink()
    with pytest.raises(BundleDamaged, match=r"missing files \['weights.json'\]"):
        read_bundle(bundle)


def test_an_extra_file_is_named(bundle: Path) -> None:
    (bundle / "hook.py").write_text("print('hello')")
    with pytest.raises(BundleDamaged, match=r"extra files \['hook.py'\]"):
        read_bundle(bundle)


def test_a_link_is_refused_even_to_the_right_bytes(bundle: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(FILES["win_model.txt"])
    (bundle / "win_model.txt").unlink()
    (bundle / "win_model.txt").symlink_to(outside)
    with pytest.raises(BundleDamaged, match=r"win_model\.txt cannot be opened"):
        read_bundle(bundle)


def test_a_linked_bundle_folder_is_refused(bundle: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    bundle.rename(moved)
    bundle.symlink_to(moved)
    with pytest.raises(BundleDamaged, match="no bundle folder"):
        read_bundle(bundle)


def test_a_pipe_in_place_of_a_file_does_not_hang(bundle: Path) -> None:
    (bundle / "weights.json").unlink()
    os.mkfifo(bundle / "weights.json")
    with pytest.raises(BundleDamaged, match="not a regular file"):
        read_bundle(bundle)


def test_a_bundle_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleDamaged, match="no bundle folder"):
        read_bundle(tmp_path / ("0" * 64))


@pytest.mark.parametrize(
    "name",
    [
        "../win.txt",
        "/etc/passwd.txt",
        "a/b.txt",
        "..",
        ".hidden.txt",
        "model.pkl",
        "hook.py",
        "A.txt",
        "",
        "a\\b.txt",
        MANIFEST_NAME,
        "a.txt\n",
    ],
)
def test_a_name_that_could_leave_the_folder_or_run_is_refused_both_ways(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleDamaged, match="may not hold a file named"):
        write_bundle(tmp_path / "out", {name: b"x"}, {})
    entry = {"size": 1, "sha256": sha256_of(b"x")}
    document = {"format": 1, "files": {name: entry}, "feature_schema": "", "metadata": {}}
    raw = json.dumps(document).encode()
    forged = tmp_path / sha256_of(raw)
    forged.mkdir()
    (forged / MANIFEST_NAME).write_bytes(raw)
    with pytest.raises(BundleDamaged, match="may not hold a file named"):
        read_bundle(forged)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b'{"format": 1}', b'{"format":1,"files":{"a.txt":3},"feature_schema":"","metadata":{}}']
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, raw: bytes) -> None:
    forged = tmp_path / sha256_of(raw)
    forged.mkdir()
    (forged / MANIFEST_NAME).write_bytes(raw)
    with pytest.raises(BundleDamaged, match="cannot be read"):
        read_bundle(forged)


def test_another_format_asks_for_training(tmp_path: Path) -> None:
    raw = b'{"format": 2, "files": {}, "feature_schema": "", "metadata": {}}'
    forged = tmp_path / sha256_of(raw)
    forged.mkdir()
    (forged / MANIFEST_NAME).write_bytes(raw)
    with pytest.raises(BundleDamaged, match="format 2, this release reads 1"):
        read_bundle(forged)


@pytest.mark.parametrize("metadata", [{"x": float("nan")}, {"x": object()}])
def test_metadata_must_be_plain_json(tmp_path: Path, metadata: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="not plain JSON"):
        write_bundle(tmp_path, FILES, metadata)


def test_plain_names_pass() -> None:
    assert [check_name(name) for name in ("a.txt", "series_0_trees-l1.v2.txt")] == ["a.txt", "series_0_trees-l1.v2.txt"]


def test_the_feature_schema_is_its_names_and_units_not_their_order() -> None:
    assert feature_schema_hash({"a": "days", "b": "ratio"}) == feature_schema_hash({"b": "ratio", "a": "days"})
    assert feature_schema_hash({"a": "days"}) != feature_schema_hash({"a": "ratio"})


def test_arrays_come_back_and_equal_arrays_are_equal_bytes() -> None:
    arrays = {"b": np.arange(6.0).reshape(2, 3), "a": np.array([1, 2])}
    raw = array_bytes(arrays)
    assert raw == array_bytes(dict(reversed(arrays.items())))
    assert {name: array.tolist() for name, array in arrays_from(raw).items()} == {
        "a": [1, 2],
        "b": [[0, 1, 2], [3, 4, 5]],
    }


def test_arrays_of_objects_are_never_written() -> None:
    with pytest.raises(BundleDamaged, match="Python objects"):
        array_bytes({"x": np.array(["a", None], dtype=object)})


def test_arrays_that_need_pickle_are_never_read(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BundleDamaged, match="cannot be read"):
        arrays_from(path.read_bytes())


@pytest.mark.parametrize("raw", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_a_broken_array_file_is_refused(raw: bytes) -> None:
    with pytest.raises(BundleDamaged, match="cannot be read"):
        arrays_from(raw)


def test_json_is_canonical_and_checked() -> None:
    assert json_bytes({"b": 0.1, "a": "中"}) == '{"a":"中","b":0.1}'.encode()
    with pytest.raises(BundleDamaged, match=r"has no model\.json"):
        json_from({}, "model.json")
    with pytest.raises(BundleDamaged, match="is not JSON"):
        json_from({"model.json": b"{"}, "model.json")
    with pytest.raises(BundleDamaged, match="holds a list"):
        json_from({"model.json": b"[]"}, "model.json")
