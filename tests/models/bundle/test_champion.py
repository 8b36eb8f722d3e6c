"""The champion file changes at once, remembers every promotion, and can be walked back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from features.domain.errors import BundleDamaged, NoModel, UsageError
from models.bundle.champion import CHAMPION_NAME, Promotion, read_champion, roll_back, write_champion


def promotion(letter: str, version: str = "1") -> Promotion:
    return Promotion(letter * 64, version, "2024-04-01T00:00:00Z", "gates passed")


def test_nothing_promoted_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="paceline train"):
        read_champion(tmp_path)


def test_a_promotion_is_served_and_the_one_before_remembered(tmp_path: Path) -> None:
    write_champion(tmp_path, promotion("a"))
    write_champion(tmp_path, promotion("b", "2"))
    champion = read_champion(tmp_path)
    assert champion.current == promotion("b", "2")
    assert champion.history == (promotion("a"),)
    assert champion.previous == promotion("a")


def test_each_rollback_goes_one_further_back(tmp_path: Path) -> None:
    for letter in "abc":
        write_champion(tmp_path, promotion(letter))
    assert roll_back(tmp_path, "2024-05-01T00:00:00Z", "worse live").current.sha256 == "b" * 64
    second = roll_back(tmp_path, "2024-05-02T00:00:00Z", "still worse")
    assert second.current.sha256 == "a" * 64
    assert [entry.sha256[0] for entry in second.history] == ["a", "b", "c", "b"]
    assert second.current.rollback
    with pytest.raises(NoModel, match="no earlier champion"):
        roll_back(tmp_path, "2024-05-03T00:00:00Z", "again")


def test_a_promotion_after_a_rollback_starts_from_there(tmp_path: Path) -> None:
    for letter in "ab":
        write_champion(tmp_path, promotion(letter))
    roll_back(tmp_path, "2024-05-01T00:00:00Z", "worse live")
    write_champion(tmp_path, promotion("c"))
    assert read_champion(tmp_path).previous is not None
    assert roll_back(tmp_path, "2024-05-02T00:00:00Z", "worse live").current.sha256 == "a" * 64


def test_promoting_the_same_bundle_twice_is_no_step_to_go_back(tmp_path: Path) -> None:
    for letter in "abb":
        write_champion(tmp_path, promotion(letter))
    assert roll_back(tmp_path, "2024-05-01T00:00:00Z", "worse").current.sha256 == "a" * 64


def test_the_first_champion_has_nothing_before_it(tmp_path: Path) -> None:
    assert write_champion(tmp_path, promotion("a")).previous is None
    with pytest.raises(NoModel):
        roll_back(tmp_path, "2024-05-01T00:00:00Z", "worse")


def test_a_failed_replacement_leaves_the_old_champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_champion(tmp_path, promotion("a"))

    def broken(_: Path, __: Path) -> Path:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="no space"):
        write_champion(tmp_path, promotion("b"))
    assert read_champion(tmp_path).current == promotion("a")
    assert [path.name for path in tmp_path.iterdir()] == [CHAMPION_NAME]


@pytest.mark.parametrize("sha", ["", "../../etc", "A" * 64, "a" * 63])
def test_only_a_hash_can_be_promoted(tmp_path: Path, sha: str) -> None:
    with pytest.raises(UsageError, match="is not a sha256"):
        write_champion(tmp_path, Promotion(sha, "1", "2024-04-01T00:00:00Z", "x"))


@pytest.mark.parametrize("sha", ["../../etc", "a" * 63])
def test_a_forged_champion_cannot_point_outside_the_bundles(tmp_path: Path, sha: str) -> None:
    write_champion(tmp_path, promotion("a"))
    document = json.loads((tmp_path / CHAMPION_NAME).read_text())
    document["current"]["sha256"] = sha
    (tmp_path / CHAMPION_NAME).write_text(json.dumps(document))
    with pytest.raises(BundleDamaged, match="cannot be read"):
        read_champion(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current": {}, "history": []}'])
def test_a_champion_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / CHAMPION_NAME).write_text(text)
    with pytest.raises(BundleDamaged, match="promote a version again"):
        read_champion(tmp_path)
