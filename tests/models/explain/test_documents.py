"""What leaves `models` has key for key the shape of what the service stores."""

from __future__ import annotations

from typing import get_type_hints, is_typeddict

import pytest

from models.explain import documents as ours
from service.scoring import documents as stored

NAMES = ("Text", "AccountingDoc", "DriverDoc", "ExplanationDoc", "SuggestionDoc")


def shape(kind: object) -> object:
    """Return a type with every TypedDict inside replaced by its keys and their shapes."""
    if is_typeddict(kind):
        return {name: shape(hint) for name, hint in get_type_hints(kind).items()}
    if getattr(kind, "__args__", None):
        return getattr(kind, "__origin__", "union"), tuple(shape(part) for part in kind.__args__)  # type: ignore[attr-defined] # checked above
    return kind


@pytest.mark.parametrize("name", NAMES)
def test_documents_map_one_to_one_onto_those_of_the_service(name: str) -> None:
    assert shape(getattr(ours, name)) == shape(getattr(stored, name))


def test_a_changed_key_would_be_seen() -> None:
    assert shape(ours.DriverDoc) != shape(stored.ExplanationDoc)
    assert shape(ours.Text) == {"en": str, "zh": str}
