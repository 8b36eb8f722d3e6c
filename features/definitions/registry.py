"""The typed list of features: what each one means, for whom it matters, and which file defines it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

FeatureGrain = Literal["target", "measure", "rep"]
Unit = Literal["currency", "share", "count", "days", "ratio"]
Direction = Literal["good", "bad", "none"]
Controllable = Literal["rep", "manager", "context", "quota"]

JOIN_KEYS: dict[FeatureGrain, tuple[str, ...]] = {
    "target": ("rep_id", "metric", "ix", "period_ix"),
    "measure": ("rep_id", "metric", "ix"),
    "rep": ("rep_id", "ix"),
}
"""Columns by which a feature of each grain is joined to the targets."""


@dataclass(frozen=True)
class Feature:
    """One feature of a rep at an as_of.

    Attributes:
        name: Column name in the targets frame.
        family: Subject it belongs to, e.g. `pace` or `pipeline`.
        grain: What one value belongs to: a target (rep, period, measure), a measure of a rep, or a rep.
        window: Days looked back, or `period`, `now`, `all`.
        unit: What the number counts.
        direction: Whether more of it is good or bad for attainment, or neither.
        controllable: Who can change it; `context` nobody, `quota` whoever sets the quota.
        en: Label in English.
        zh: Label in Chinese.
        why_en: Why a manager should care, one English sentence.
        why_zh: The same in Chinese.
        file: Name of the SQL file that defines it.
    """

    name: str
    family: str
    grain: FeatureGrain
    window: str
    unit: Unit
    direction: Direction
    controllable: Controllable
    en: str
    zh: str
    why_en: str
    why_zh: str
    file: str


def _feature(entry: dict[str, Any]) -> Feature:
    return Feature(**{"file": entry["family"], **entry, "window": str(entry["window"])})


@cache
def load_features() -> tuple[Feature, ...]:
    """Return every feature in the order of its column in the targets frame.

    Examples:
        >>> load_features()[1].name, load_features()[1].unit
        ('pace', 'ratio')
    """
    text = files("features.definitions").joinpath("registry.yml").read_text(encoding="utf-8")
    return tuple(_feature(entry) for entry in yaml.safe_load(text))


def feature_names() -> tuple[str, ...]:
    """Return the feature columns of the targets frame, in order."""
    return tuple(feature.name for feature in load_features())


def feature_named(name: str) -> Feature:
    """Return one feature.

    Raises:
        KeyError: There is no feature of that name.

    Examples:
        >>> feature_named("open_pipeline").controllable
        'rep'
    """
    return {feature.name: feature for feature in load_features()}[name]
