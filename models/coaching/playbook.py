"""The playbook: coaching moves as checked data, never as code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from features.definitions.registry import feature_named, feature_names
from features.domain.errors import CheckFailed
from models.coaching.never import forbidden
from models.explain.catalogue import Words
from models.explain.lint import style_faults, texts_in

PLAYBOOK_FOLDER = Path(__file__).with_name("playbook")

MEDIAN = 0.5

Factor = Literal["volume", "size", "win", "timing"]
Part = Literal["open", "new"]
Grade = Literal["A", "B", "C", "D"]
Direction = Literal["below", "above"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PeerCondition(_Strict):
    """Own value against the group of similar reps."""

    versus: Literal["peers"]
    feature: str = Field(description="Feature of the registry.")
    op: Direction = Field(description="`below`: among the lowest; `above`: among the highest of the group.")
    level: float = Field(gt=0, lt=1, description="Quantile of the group: below 0.3 means the lowest 30 %.")


class HistoryCondition(_Strict):
    """Own value against the rep's own past."""

    versus: Literal["own_history"]
    feature: str = Field(description="Feature of the registry.")
    op: Direction = Field(description="Side of the own past mean.")
    sds: float = Field(gt=0, description="Distance from the own past mean, in own standard deviations.")


class ValueCondition(_Strict):
    """Own value against a fixed number."""

    versus: Literal["value"]
    feature: str = Field(description="Feature of the registry.")
    op: Direction = Field(description="Side of the number.")
    value: float = Field(description="Number, in the unit of the feature.")


Condition = Annotated[PeerCondition | HistoryCondition | ValueCondition, Field(discriminator="versus")]


class Mechanism(_Strict):
    """What the play is meant to move, and how that moves the forecast."""

    feature: str = Field(description="Proximal metric: the feature that should change first.")
    good: Literal["up", "down"] = Field(description="Direction in which the metric should move.")
    factor: Factor = Field(description="Factor of the structural equation that follows the metric.")
    parts: tuple[Part, ...] = Field(min_length=1, strict=False, description="Deals it acts on: open, new or both.")
    link: Literal["proportional", "inverse", "complement"] = Field(
        description="How the factor follows: target / own, own / target, or (1 - target) / (1 - own)."
    )
    elasticity: float = Field(
        default=1.0, gt=0, le=1, description="Power of the ratio; below 1 where the factor follows only in part."
    )


class Evidence(_Strict):
    """What is known about the effect from elsewhere, before any data of this company."""

    grade: Grade = Field(description="A randomised, B quasi-experimental or meta-analysis, C observational, D opinion.")
    mean: float = Field(description="Expected effect, points of quota.")
    sd: float = Field(gt=0, description="Standard deviation of the effect, points of quota.")
    source: Words = Field(description="Where it comes from, with numbers.")


class Play(_Strict):
    """What all plays have."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]+$", description="Stable name; part of every suggestion's identity.")
    title: Words = Field(description="The move, verb first.")
    audience: Literal["rep", "manager"] = Field(description="Who is asked to do it.")
    trigger: tuple[Condition, ...] = Field(min_length=1, strict=False, description="All must hold.")
    contraindications: tuple[Condition, ...] = Field(default=(), strict=False, description="None may hold.")
    effort_hours: float = Field(gt=0, description="Time it takes, hours.")
    due_days: int = Field(ge=1, description="Days after the as_of by which it should be done.")
    cool_down_days: int = Field(ge=0, description="Days before the same play is proposed again once it was closed.")
    steps: tuple[Words, ...] = Field(min_length=1, strict=False, description="What to do, in order.")
    success_check: Words = Field(description="How one sees that it worked.")


class GapPlay(Play):
    """A move that closes a gap; it has an effect that can be stated."""

    kind: Literal["gap"]
    mechanism: Mechanism = Field(description="What it moves.")
    evidence: Evidence = Field(description="What is known about it.")
    lag_days: int = Field(ge=0, description="Days before it can show in bookings; longer than the time left: not now.")


class StrengthPlay(Play):
    """A move that keeps and shares what works; no effect on the own forecast is claimed."""

    kind: Literal["strength"]
    feature: str = Field(description="The measure that stands out.")
    praise: Words = Field(description="What works, one sentence.")
    evidence: Evidence = Field(description="What is known about sharing it.")


AnyPlay = Annotated[GapPlay | StrengthPlay, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[GapPlay | StrengthPlay] = TypeAdapter(AnyPlay)


class Playbook(BaseModel):
    """All plays, by id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plays: Mapping[str, GapPlay | StrengthPlay] = Field(description="Plays by id, sorted.")

    @model_validator(mode="after")
    def _sorted(self) -> Playbook:
        if list(self.plays) != sorted(self.plays):
            raise ValueError("plays are not sorted by id")
        return self

    @property
    def gaps(self) -> tuple[GapPlay, ...]:
        """Plays that close a gap."""
        return tuple(play for play in self.plays.values() if isinstance(play, GapPlay))

    @property
    def strengths(self) -> tuple[StrengthPlay, ...]:
        """Plays that share a strength."""
        return tuple(play for play in self.plays.values() if isinstance(play, StrengthPlay))


def gap_features(play: GapPlay) -> tuple[str, ...]:
    """Return the features by which the trigger puts a rep on the worse half of similar reps, in order.

    One of them at least has to be there: it is what the reason of the suggestion is told by.
    """
    found = []
    for condition in play.trigger:
        if isinstance(condition, PeerCondition) and condition.feature in feature_names():
            direction = feature_named(condition.feature).direction
            low = condition.op == "below" and condition.level <= MEDIAN and direction != "bad"
            high = condition.op == "above" and condition.level >= MEDIAN and direction != "good"
            found += [condition.feature] if low or high else []
    return tuple(found)


def features_of(play: GapPlay | StrengthPlay) -> tuple[str, ...]:
    """Return every feature that a play refers to, sorted."""
    names = {condition.feature for condition in (*play.trigger, *play.contraindications)}
    names.add(play.mechanism.feature if isinstance(play, GapPlay) else play.feature)
    return tuple(sorted(names))


def read_playbook(folder: Path) -> Playbook:
    """Read every `*.yml` of a folder, one play per file.

    Args:
        folder: Folder of play files.

    Returns:
        The checked plays.

    Raises:
        CheckFailed: A file is no play; all faults at once, each with file, play and field.
    """
    faults: list[str] = []
    plays: dict[str, GapPlay | StrengthPlay] = {}
    for path in sorted(folder.glob("*.yml")):
        play = _read(path, faults)
        if play is not None:
            faults.extend(f"{path.name}: play {play.id}: {fault}" for fault in _misfits(play, path, plays))
            plays[play.id] = play
    if not plays and not faults:
        faults.append(f"no play files (*.yml) in {folder}; add one")
    if faults:
        raise CheckFailed(f"the playbook has {len(faults)} faults: " + "; ".join(faults))
    return Playbook(plays=dict(sorted(plays.items())))


@cache
def default_playbook() -> Playbook:
    """Return the playbook that is delivered with the product."""
    return read_playbook(PLAYBOOK_FOLDER)


def due_on(play: GapPlay | StrengthPlay, as_of: date, period_end: date) -> date:
    """Return the day by which a play should be done: never after its period.

    Examples:
        >>> due_on(default_playbook().gaps[0], date(2026, 12, 30), date(2026, 12, 31)).isoformat()
        '2026-12-31'
    """
    wanted = date.fromordinal(as_of.toordinal() + play.due_days)
    return min(wanted, period_end)


def _read(path: Path, faults: list[str]) -> GapPlay | StrengthPlay | None:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        faults.append(f"{path.name}: not YAML: {fault}")
        return None
    name = content.get("id", "without an id") if isinstance(content, dict) else "without an id"
    try:
        return _ADAPTER.validate_python(content)
    except ValidationError as fault:
        for error in fault.errors():
            place = ".".join(str(part) for part in error["loc"][1:]) or "kind"
            faults.append(f"{path.name}: play {name}: {place}: {error['msg']}")
    return None


def _misfits(play: GapPlay | StrengthPlay, path: Path, known: Mapping[str, object]) -> list[str]:
    found = []
    if play.id != path.stem:
        found.append(f"id: differs from the file name {path.stem!r}; name both alike")
    if play.id in known:
        found.append("id: stands twice; rename one")
    unknown = [name for name in features_of(play) if name not in feature_names()]
    found.extend(f"feature: {name!r} is not in the registry; use a name of registry.yml" for name in unknown)
    texts = list(texts_in(play.model_dump()))
    found.extend(f"text {text['en']!r}: {fault}" for text in texts for fault in style_faults(text))
    asked = forbidden(content for text in texts for content in (text["en"], text["zh"]))
    found.extend(f"text: asks for {subject}, which is never suggested" for subject in asked)
    if isinstance(play, GapPlay) and play.mechanism.feature not in unknown:
        found.extend(_bad_mechanism(play))
    return found


def _bad_mechanism(play: GapPlay) -> list[str]:
    feature = feature_named(play.mechanism.feature)
    found = []
    if not gap_features(play):
        found.append("trigger: nothing puts the rep on the worse half of similar reps, so no reason could be told")
    if feature.controllable not in ("rep", "manager"):
        found.append(f"mechanism.feature: {feature.name} is {feature.controllable}; nobody can be coached on it")
    if feature.direction != "none" and (feature.direction == "good") != (play.mechanism.good == "up"):
        found.append(
            f"mechanism.good: {play.mechanism.good} contradicts the registry, where more is {feature.direction}"
        )
    return found
