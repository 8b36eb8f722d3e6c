"""The catalogue of deal reasons: which inputs of the deal model belong together, and how each is put in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from features.domain.errors import CheckFailed
from models.contracts import FloatArray
from models.explain.catalogue import Words

FILE = Path(__file__).with_name("deal_reasons.yml")


class Fact(BaseModel):
    """One input of the deal model in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: str = Field(min_length=1, description="Name of the input.")
    unit: Literal["count", "times", "days", "ratio", "share", "currency", "word"] = Field(description="Unit.")
    good: Literal["up", "down", "either"] = Field(description="Direction that goes with a higher chance of a win.")
    en: str = Field(min_length=1, description="What is stated, English.")
    zh: str = Field(min_length=1, description="What is stated, Chinese.")


class DealGroup(BaseModel):
    """Inputs that speak of the same thing; their contributions are summed and never told apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(min_length=1, description="Name; never shown.")
    label: Words = Field(description="Concept in words.")
    controllable: Literal["rep", "manager", "context", "quota"] = Field(description="Who can change it.")
    inputs: tuple[str, ...] = Field(min_length=1, description="Inputs of the deal model.")
    facts: tuple[Fact, ...] = Field(min_length=1, description="What can be stated.")

    @model_validator(mode="after")
    def _facts_are_inputs(self) -> DealGroup:
        strangers = [fact.input for fact in self.facts if fact.input not in self.inputs]
        if strangers:
            raise ValueError(f"group {self.code} states {strangers}, which are not among its inputs {self.inputs}")
        return self


class DealCatalogue(BaseModel):
    """All deal reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: Words = Field(description="The sentence of every reason.")
    groups: tuple[DealGroup, ...] = Field(min_length=1, description="Concept groups.")

    @model_validator(mode="after")
    def _each_once(self) -> DealCatalogue:
        inputs = [name for group in self.groups for name in group.inputs]
        twice = sorted({name for name in inputs if inputs.count(name) > 1})
        if twice:
            raise ValueError(f"inputs {twice} stand in more than one group; keep each in one")
        return self

    def membership(self, inputs: Sequence[str]) -> FloatArray:
        """Return which input belongs to which group, 0 or 1, shape (n_inputs, n_groups).

        Raises:
            CheckFailed: An input stands in no group.
        """
        place = {name: index for index, group in enumerate(self.groups) for name in group.inputs}
        lost = [name for name in inputs if name not in place]
        if lost:
            raise CheckFailed(
                f"inputs {lost} of the deal model stand in no group of reasons; groups are "
                f"{[group.code for group in self.groups]}; add each to the group it belongs to in {FILE.name}"
            )
        found = np.zeros((len(inputs), len(self.groups)))
        found[np.arange(len(inputs)), [place[name] for name in inputs]] = 1.0
        return found


def read_deal_catalogue(path: Path) -> DealCatalogue:
    """Read and check a catalogue of deal reasons.

    Raises:
        CheckFailed: The file is no YAML, or an entry is incomplete.
    """
    try:
        return DealCatalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as fault:
        raise CheckFailed(f"{path.name} is not YAML: {fault}; mend the place named") from fault
    except ValidationError as fault:
        places = [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors()]
        raise CheckFailed(f"{path.name} is not a catalogue of deal reasons: {'; '.join(places)}") from fault


@cache
def default_deal_catalogue() -> DealCatalogue:
    """Return the catalogue that is delivered with the product."""
    return read_deal_catalogue(FILE)
