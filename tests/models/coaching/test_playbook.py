"""The delivered playbook is complete, and a broken play is refused with file, play and field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from features.definitions.registry import feature_named, feature_names
from features.domain.errors import CheckFailed
from models.coaching.never import forbidden
from models.coaching.playbook import (
    PLAYBOOK_FOLDER,
    GapPlay,
    default_playbook,
    due_on,
    features_of,
    read_playbook,
)
from models.explain.lint import style_faults, texts_in

Change = Callable[[dict[str, Any]], object]
FACTORS = {"volume", "size", "win", "timing"}


def broken(folder: Path, change: Change, source: str = "discovery_review") -> Path:
    """Write one delivered play with a change into a folder and return the folder."""
    content = yaml.safe_load((PLAYBOOK_FOLDER / f"{source}.yml").read_text(encoding="utf-8"))
    change(content)
    (folder / f"{source}.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def test_there_are_at_least_twenty_five_plays_for_gaps_and_some_for_strengths() -> None:
    playbook = default_playbook()
    assert len(playbook.gaps) >= 25
    assert len(playbook.strengths) >= 5
    assert list(playbook.plays) == sorted(playbook.plays)


def test_every_factor_has_a_play() -> None:
    assert {play.mechanism.factor for play in default_playbook().gaps} == FACTORS


@pytest.mark.parametrize("play", default_playbook().plays.values(), ids=lambda play: play.id)
def test_triggers_refer_to_the_registry_alone(play: GapPlay) -> None:
    assert set(features_of(play)) <= set(feature_names())


@pytest.mark.parametrize("play", default_playbook().gaps, ids=lambda play: play.id)
def test_the_mechanism_is_something_that_people_can_change(play: GapPlay) -> None:
    feature = feature_named(play.mechanism.feature)
    assert feature.controllable in ("rep", "manager")
    assert feature.direction in ("none", "good" if play.mechanism.good == "up" else "bad")


@pytest.mark.parametrize("play", default_playbook().plays.values(), ids=lambda play: play.id)
def test_every_text_of_a_play_is_clean_and_asks_for_nothing_forbidden(play: GapPlay) -> None:
    texts = list(texts_in(play.model_dump()))
    assert len(texts) >= 4
    assert [fault for text in texts for fault in style_faults(text)] == []
    assert forbidden(content for text in texts for content in (text["en"], text["zh"])) == []


@pytest.mark.parametrize("play", default_playbook().plays.values(), ids=lambda play: play.id)
def test_the_grade_agrees_with_the_priors_of_the_evidence_table(play: GapPlay) -> None:
    # A +3 to +5 points, B +2, C +1, D 0, each give or take 3; a strength claims nothing
    allowed = {"A": (3.0, 5.0), "B": (2.0, 2.0), "C": (1.0, 1.0), "D": (0.0, 0.0)}
    low, high = allowed[play.evidence.grade] if play.kind == "gap" else (0.0, 0.0)
    assert low <= play.evidence.mean <= high
    assert play.evidence.sd >= 3.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda play: play.pop("title"), "discovery_review.yml: play discovery_review: title: Field required"),
        (lambda play: play["mechanism"].update(factor="luck"), "play discovery_review: mechanism.factor"),
        (lambda play: play["trigger"][0].update(feature="charm"), "feature: 'charm' is not in the registry"),
        (lambda play: play["trigger"][0].update(level=1.5), r"trigger.0.peers.level"),
        (lambda play: play["trigger"][0].update(versus="gut"), r"trigger.0"),
        (lambda play: play.update(trigger=[]), "trigger"),
        (lambda play: play["evidence"].update(sd=0.0), "evidence.sd"),
        (lambda play: play["evidence"].update(grade="E"), "evidence.grade"),
        (lambda play: play.update(effort_hours="two"), "effort_hours"),
        (lambda play: play.update(colour="red"), "colour: Extra inputs"),
        (lambda play: play.update(kind="hope"), "play discovery_review: kind"),
        (lambda play: play.update(id="other"), "differs from the file name 'discovery_review'"),
        (lambda play: play["mechanism"].update(feature="season_index"), "season_index is context"),
        (lambda play: play["mechanism"].update(good="down"), "mechanism.good: down contradicts the registry"),
        (lambda play: play["trigger"][0].update(level=0.6), "trigger: nothing puts the rep on the worse half"),
        (lambda play: play["trigger"][0].update(op="above"), "trigger: nothing puts the rep on the worse half"),
        (lambda play: play["title"].update(en="Help the weak performer"), "banned word 'weak'"),
        (lambda play: play["title"].update(zh="他需要帮助"), "banned word '他'"),
        (lambda play: play["steps"][0].update(en="Offer a deeper discount."), "asks for a deeper discount"),
        (lambda play: play["steps"][0].update(zh="请加班完成。"), "asks for longer hours"),
    ],
)
def test_each_fault_is_named_with_file_play_and_field(tmp_path: Path, change: Change, message: str) -> None:
    with pytest.raises(CheckFailed, match=message):
        read_playbook(broken(tmp_path, change))


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    broken(tmp_path, lambda play: play.pop("title"))
    broken(tmp_path, lambda play: play.pop("steps"), "ramp_buddy")
    with pytest.raises(CheckFailed, match=r"2 faults: .*discovery_review.*title.*ramp_buddy.*steps"):
        read_playbook(tmp_path)


def test_a_file_that_is_no_yaml_or_no_play_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("id: [", encoding="utf-8")
    (tmp_path / "b.yml").write_text("just words", encoding="utf-8")
    with pytest.raises(CheckFailed, match=r"(?s)a.yml: not YAML.*b.yml: play without an id"):
        read_playbook(tmp_path)


def test_an_empty_folder_is_no_playbook(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="no play files"):
        read_playbook(tmp_path)


def test_conditions_on_own_history_and_fixed_values_can_be_written(tmp_path: Path) -> None:
    wanted = [
        {"versus": "own_history", "feature": "win_rate", "op": "below", "sds": 1.0},
        {"versus": "value", "feature": "win_rate", "op": "below", "value": 0.2},
    ]
    play = read_playbook(broken(tmp_path, lambda content: content["trigger"].extend(wanted))).gaps[0]
    assert [condition.versus for condition in play.trigger] == ["peers", "own_history", "value"]


def test_a_play_is_due_within_its_period() -> None:
    play = default_playbook().plays["discovery_review"]
    assert play.due_days == 7
    assert due_on(play, date(2026, 11, 23), date(2026, 12, 31)) == date(2026, 11, 30)
    assert due_on(play, date(2026, 12, 28), date(2026, 12, 31)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Offer a bigger discount", "a deeper discount"),
        ("提前签约", "pulling deals forward"),
        ("Work the weekend", "longer hours"),
        ("Ask about the sick days", "health or leave"),
        ("Consider the age of the rep", "personal traits"),
        ("Ask {peer_name} for help", "colleagues by name"),
        ("Cut the commission", "pay or dismissal"),
        ("Call customers who opted out", "customers who opted out"),
    ],
)
def test_each_forbidden_subject_is_found(text: str, subject: str) -> None:
    assert forbidden([text]) == [subject]


def test_ordinary_words_are_not_forbidden() -> None:
    assert forbidden(["Agree on a dated next step for the three largest deals.", "为每个商机约定下一步。"]) == []
