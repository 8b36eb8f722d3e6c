"""The catalogue of reasons is complete: every feature and every driver has words in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from features.definitions.registry import feature_named, feature_names
from features.domain.errors import CheckFailed
from models.coaching.playbook import GapPlay, default_playbook, features_of
from models.explain.catalogue import (
    CATALOGUE_FILE,
    DriverReason,
    default_catalogue,
    driver_sentence,
    fact_sentence,
    read_catalogue,
)
from models.explain.documents import Text
from models.explain.lint import side_faults, style_faults
from models.explain.shapley import FACTORS
from models.explain.structural import REST

AS_OF = date(2026, 11, 23)

Change = Callable[[dict[str, Any]], object]


def broken(tmp_path: Path, change: Change) -> Path:
    """Write the delivered catalogue with one change and return its path."""
    content = yaml.safe_load(CATALOGUE_FILE.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "reasons.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_every_feature_of_the_registry_has_an_entry_and_no_other() -> None:
    assert sorted(measure.code for measure in default_catalogue().features) == sorted(feature_names())


def test_every_factor_of_the_equation_has_an_entry_and_so_has_the_rest() -> None:
    assert [reason.code for reason in default_catalogue().drivers] == [*FACTORS, REST]


@pytest.mark.parametrize("code", feature_names())
def test_every_measure_makes_a_clean_sentence(code: str) -> None:
    sentence = fact_sentence(default_catalogue(), code, 0.25, 0.5, as_of=AS_OF, currency="CNY")
    assert style_faults(sentence) == []
    assert side_faults(sentence, 0.25, 0.5) == []
    assert code not in sentence["en"]
    assert "2026-11-23" in sentence["zh"]
    assert "23 Nov 2026" in sentence["en"]


@pytest.mark.parametrize("reason", default_catalogue().drivers, ids=lambda reason: reason.code)
def test_every_driver_makes_a_clean_sentence_for_each_part(reason: DriverReason) -> None:
    for part in reason.sentences:
        sentence = driver_sentence(reason, part, 3.0, 2.0, 4.5, as_of=AS_OF, currency="EUR")
        assert style_faults(sentence) == []
        assert side_faults(sentence, 3.0, 2.0) == []
        assert "+4.5 points" in sentence["en"]
        assert "+4.5 个百分点" in sentence["zh"]


def test_a_count_has_its_chinese_measure_word() -> None:
    sentence = fact_sentence(default_catalogue(), "new_deals_91d", 6.0, 11.0, as_of=AS_OF, currency="CNY")
    assert sentence == Text(
        en="New deals opened in the last 13 weeks: 6, below similar reps (11; data to 23 Nov 2026).",
        zh="近 13 周新增商机：6 个，低于同类销售（11 个；数据截至 2026-11-23）。",
    )


def test_measure_words_stand_only_beside_counts() -> None:
    for measure in default_catalogue().features:
        if measure.counter:
            assert feature_named(measure.code).unit in ("count", "ratio"), measure.code


def test_plays_named_in_the_catalogue_exist_and_work_on_that_reason() -> None:
    playbook, catalogue = default_playbook(), default_catalogue()
    for measure in catalogue.features:
        for name in measure.plays:
            assert measure.code in features_of(playbook.plays[name]), (measure.code, name)
    for reason in catalogue.drivers:
        for name in reason.plays:
            play = playbook.plays[name]
            assert isinstance(play, GapPlay)
            assert reason.code in (play.mechanism.factor, "quota", "booked"), (reason.code, name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["drivers"][0].pop("label"), "drivers.0.label"),
        (lambda c: c["drivers"].append(c["drivers"][0]), "codes .'booked'. stand twice"),
        (lambda c: c["fact"].update(en="{what}: {value}"), "fact.en has the fields"),
        (lambda c: c["drivers"][1]["sentences"]["open"].update(zh="{value}"), "volume.open.zh has the fields"),
        (lambda c: c["drivers"][0].update(unit="furlong"), "drivers.0.unit"),
        (lambda c: c["drivers"][0].update(colour="red"), "drivers.0.colour"),
    ],
)
def test_an_incomplete_catalogue_is_refused_with_the_place(tmp_path: Path, change: Change, message: str) -> None:
    with pytest.raises(CheckFailed, match=message):
        read_catalogue(broken(tmp_path, change))


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reasons.yml"
    path.write_text("drivers: [", encoding="utf-8")
    with pytest.raises(CheckFailed, match=r"reasons.yml is not YAML"):
        read_catalogue(path)


def test_an_unknown_code_says_what_there_is() -> None:
    with pytest.raises(CheckFailed, match="no reason for driver 'luck'"):
        default_catalogue().driver("luck")
    with pytest.raises(CheckFailed, match="no reason for feature 'luck'"):
        default_catalogue().measure("luck")
