"""The registry says everything about each feature once, in two languages, and no two features say the same."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest

from features.assemble import assemble
from features.definitions.registry import JOIN_KEYS, feature_named, feature_names, load_features
from features.definitions.render import wide_targets
from features.domain.time import AsOf
from tests.support.companies import CompanyPlan, toy_history

FAMILIES = {
    "pace", "bookings", "pipeline", "maturity", "slippage", "win_rate", "cycle", "deal_size", "activity", "focus",
    "seasonality", "ramp", "team", "quota",
}  # fmt: skip


def test_names_are_unique_and_every_family_has_one() -> None:
    names = feature_names()
    assert len(set(names)) == len(names) >= 30
    assert {feature.family for feature in load_features()} == FAMILIES


def test_every_entry_speaks_both_languages_and_says_why() -> None:
    for feature in load_features():
        assert re.search("[一-鿿]", feature.zh), feature.name
        assert re.search("[一-鿿]", feature.why_zh), feature.name
        assert feature.en[0].isupper(), feature.name
        assert feature.why_en.endswith("."), feature.name
        assert feature.unit in {"currency", "share", "count", "days", "ratio"}
        assert feature.direction in {"good", "bad", "none"}
        assert feature.controllable in {"rep", "manager", "context", "quota"}
        assert feature.grain in JOIN_KEYS


def test_labels_are_unique_in_each_language() -> None:
    for language in ("en", "zh"):
        labels = [getattr(feature, language) for feature in load_features()]
        assert len(set(labels)) == len(labels)


def test_features_of_one_file_share_one_grain() -> None:
    grains: dict[str, set[str]] = {}
    for feature in load_features():
        grains.setdefault(feature.file, set()).add(feature.grain)
    assert all(len(found) == 1 for found in grains.values()), grains
    assert "f_pace.period_ix = t.period_ix" in wide_targets()


def test_an_unknown_feature_is_refused() -> None:
    with pytest.raises(KeyError, match="speed_of_light"):
        feature_named("speed_of_light")


def test_no_two_features_correlate_above_98_percent_on_a_toy_company() -> None:
    days = [date(2022, month, 14) for month in range(5, 13)] + [date(2023, month, 14) for month in range(1, 7)]
    with toy_history(CompanyPlan(n_reps=12)).known_by(AsOf(date(2023, 6, 30))) as known:
        targets = assemble(known, days).targets
    table = targets[list(feature_names())].corr(method="spearman", min_periods=50).abs().to_numpy()
    above = np.argwhere(np.triu(table, k=1) > 0.98)
    assert [(feature_names()[i], feature_names()[j]) for i, j in above] == []
