"""The catalogue of reasons: what every driver and every measure is called, and the sentence that states it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from features.definitions.registry import feature_named
from features.domain.errors import CheckFailed
from models.explain.documents import Text
from models.explain.wording import comparison, day, pair, points

CATALOGUE_FILE = Path(__file__).with_name("reasons.yml")

_DRIVER_FIELDS = frozenset({"value", "reference", "comparison", "effect", "date"})
_FACT_FIELDS = frozenset({"what", "value", "reference", "comparison", "date"})


class Words(BaseModel):
    """The same words in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str = Field(min_length=1, description="English.")
    zh: str = Field(min_length=1, description="Simplified Chinese.")

    @property
    def text(self) -> Text:
        """The words as a document."""
        return Text(en=self.en, zh=self.zh)


class Reason(BaseModel):
    """What all reasons have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(min_length=1, description="Driver or feature name; never shown.")
    label: Words = Field(description="Name of the measure.")
    unit: Literal["currency", "share", "count", "days", "ratio", "points"] = Field(description="Unit of both values.")
    good: Literal["up", "down"] = Field(description="Direction in which more of it helps attainment.")
    controllable: Literal["rep", "manager", "context", "quota"] = Field(description="Who can change it.")
    plays: tuple[str, ...] = Field(default=(), description="Plays that work on it.")


class DriverReason(Reason):
    """A factor of the structural equation: one sentence per part of the sum that can lead."""

    sentences: Mapping[Literal["booked", "open", "new", "quota"], Words] = Field(
        min_length=1, description="Sentence by part."
    )

    @model_validator(mode="after")
    def _complete(self) -> DriverReason:
        for part, words in self.sentences.items():
            _check_fields(f"{self.code}.{part}", words, _DRIVER_FIELDS)
        return self


class Measure(BaseModel):
    """A measure of the feature registry in words; unit and direction stand in the registry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(min_length=1, description="Feature name; never shown.")
    en: str = Field(min_length=1, description="What is measured, with its window, English.")
    zh: str = Field(min_length=1, description="What is measured, with its window, Chinese.")
    counter: str = Field(default="", description="Chinese measure word after a count.")
    plays: tuple[str, ...] = Field(default=(), description="Plays that work on it.")


class Catalogue(BaseModel):
    """All reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drivers: tuple[DriverReason, ...] = Field(description="One per factor of the structural equation.")
    fact: Words = Field(description="Sentence that states a measure beside that of similar reps.")
    features: tuple[Measure, ...] = Field(description="One per feature of the registry.")

    @model_validator(mode="after")
    def _complete(self) -> Catalogue:
        _check_fields("fact", self.fact, _FACT_FIELDS)
        codes = [reason.code for reason in self.drivers] + [measure.code for measure in self.features]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"codes {twice} stand twice; keep one entry each")
        return self

    def driver(self, code: str) -> DriverReason:
        """Return the entry of a factor."""
        for reason in self.drivers:
            if reason.code == code:
                return reason
        raise CheckFailed(
            f"no reason for driver {code!r}; there are {[r.code for r in self.drivers]}; "
            f"add it to {CATALOGUE_FILE.name}"
        )

    def measure(self, code: str) -> Measure:
        """Return the entry of a measure."""
        for reason in self.features:
            if reason.code == code:
                return reason
        raise CheckFailed(
            f"no reason for feature {code!r}; there are {[r.code for r in self.features]}; "
            f"add it to {CATALOGUE_FILE.name}"
        )


def read_catalogue(path: Path) -> Catalogue:
    """Read and check a catalogue of reasons.

    Raises:
        CheckFailed: The file is no YAML, or an entry is incomplete; every fault is named with its place.
    """
    try:
        return Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as fault:
        raise CheckFailed(f"{path.name} is not YAML: {fault}; mend the place named") from fault
    except ValidationError as fault:
        places = [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors()]
        raise CheckFailed(f"{path.name} is not a catalogue of reasons: {'; '.join(places)}") from fault


@cache
def default_catalogue() -> Catalogue:
    """Return the catalogue that is delivered with the product."""
    return read_catalogue(CATALOGUE_FILE)


def driver_sentence(
    reason: DriverReason, part: str, value: float, reference: float, contribution: float, *, as_of: date, currency: str
) -> Text:
    """Return the sentence of a driver in both languages.

    Args:
        reason: Catalogue entry.
        part: Part of the equation that leads.
        value: Own value, in the unit of the reason.
        reference: Value of similar reps, same unit.
        contribution: Points of quota, signed.
        as_of: Date of the data.
        currency: ISO code of amounts.
    """
    words = next(found for name, found in reason.sentences.items() if name == part)
    filled = {}
    for lang, template in (("en", words.en), ("zh", words.zh)):
        facts = _facts(reason.unit, value, reference, lang, as_of=as_of, currency=currency)
        filled[lang] = template.format(effect=points(contribution, lang), **facts)
    return Text(en=filled["en"], zh=filled["zh"])


def fact_sentence(
    catalogue: Catalogue, code: str, value: float, reference: float, *, as_of: date, currency: str
) -> Text:
    """Return the sentence that states a feature beside that of similar reps."""
    measure, unit = catalogue.measure(code), feature_named(code).unit
    english = _facts(unit, value, reference, "en", as_of=as_of, currency=currency)
    chinese = _facts(unit, value, reference, "zh", as_of=as_of, currency=currency)
    if measure.counter:
        chinese |= {name: f"{chinese[name]} {measure.counter}" for name in ("value", "reference")}
    return Text(
        en=catalogue.fact.en.format(what=measure.en, **english),
        zh=catalogue.fact.zh.format(what=measure.zh, **chinese),
    )


def _facts(unit: str, value: float, reference: float, lang: str, *, as_of: date, currency: str) -> dict[str, str]:
    own, similar = pair(value, reference, unit, lang, currency=currency)
    return {
        "value": own,
        "reference": similar,
        "comparison": comparison(value, reference, lang),
        "date": day(as_of, lang),
    }


def _check_fields(place: str, words: Words, needed: frozenset[str]) -> None:
    for lang, template in (("en", words.en), ("zh", words.zh)):
        fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        if fields != needed:
            raise ValueError(
                f"{place}.{lang} has the fields {sorted(fields)} and needs {sorted(needed)}; "
                "a sentence states measure, own value, reference and date"
            )
