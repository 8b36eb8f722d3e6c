"""What does not fit: a mapping that says what it cannot say, or a source that is not as the mapping says.

Every misfit has a code and parameters; the sentence is made from `misfit_words` in the language that is asked for, so
that nothing is translated from another sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic_core import PydanticCustomError

from features.connectors.fault_words import fault_line
from features.connectors.misfit_words import WORDS
from features.contracts.faults import Fault
from features.domain.errors import MappingError

LISTED_NAMES = 60
"""Names of columns, files or fields that a sentence lists before it says how many more there are."""


@dataclass(frozen=True)
class Saying:
    """A sentence that can be said in each language of the catalogue.

    Attributes:
        code: Entry of the catalogue.
        params: What is filled in; a saying among them is said in the same language, a list of names is joined.
    """

    code: str
    params: Mapping[str, object]

    def told(self, lang: str) -> str:
        """Return the sentence in `en` or `zh`.

        Raises:
            KeyError: The catalogue has no such code.

        Examples:
            >>> Saying("file is empty", {"file": "a.csv"}).told("en")
            'a.csv is empty; it needs at least a header'
        """
        words = WORDS[self.code]
        filled = {name: _said(value, lang) for name, value in self.params.items()}
        return (words.zh if lang == "zh" else words.en).format(**filled)


def _said(value: object, lang: str) -> object:
    """Return a parameter as it stands in a sentence."""
    if isinstance(value, Saying):
        return value.told(lang)
    if isinstance(value, Fault):
        return fault_line(value, lang)
    if isinstance(value, list | tuple):
        shown = [item.told(lang) if isinstance(item, Saying) else str(item) for item in value[:LISTED_NAMES]]
        return ("、" if lang == "zh" else ", ").join(shown) + (" …" if len(value) > LISTED_NAMES else "")
    return value


NOTHING = Saying("nothing", {})
"""The empty sentence, for a hint that there is not."""


class Misfit(MappingError):
    """One misfit, or several under one heading; its text is English, `told` says it in either language.

    Attributes:
        saying: The sentence, or the heading.
        parts: The single misfits below a heading.
    """

    def __init__(self, code: str, /, *, parts: Sequence[Saying] = (), **params: object) -> None:
        self.saying = Saying(code, params)
        self.parts = tuple(parts)
        super().__init__(self.told("en"))

    def told(self, lang: str) -> str:
        """Return the text in `en` or `zh`, one line per part."""
        return "\n".join([self.saying.told(lang), *(f"  {part.told(lang)}" for part in self.parts)])


class MissingColumn(Misfit):
    """A file has not the column that the mapping names.

    Attributes:
        file: The file.
        name: The column, or all columns of which one would do, with a stroke between them.
        enough: Column with which the file would do.
    """

    def __init__(self, *names: str, file: str, has: Sequence[str]) -> None:
        name = " / ".join(names)
        super().__init__("missing column", file=file, name=name, has=list(has), hint=close_hint(name, has))
        self.file = file
        self.name = name
        self.enough = names[0]


def missing_columns(file: str, names: Sequence[str], has: Sequence[str], hint: Saying) -> Saying:
    """Return what is said of all columns that a file lacks.

    Args:
        file: The file.
        names: Columns that the mapping names and the file has not, at least one.
        has: Its columns.
        hint: What may be the reason; the empty sentence if nothing is known.
    """
    if len(names) == 1:
        near = close_hint(names[0], has) if hint is NOTHING else hint
        return Saying("missing column", {"file": file, "name": names[0], "has": list(has), "hint": near})
    each = [Saying("a missing name", {"name": name, "hint": _aside(close_hint(name, has))}) for name in names]
    return Saying("missing columns", {"file": file, "names": each, "has": list(has), "hint": hint})


def _aside(hint: Saying) -> Saying:
    return NOTHING if hint is NOTHING else Saying("aside", {"name": hint.params["name"]})


def close_hint(name: str, known: Sequence[str]) -> Saying:
    """Return which known name is most likely meant, the empty sentence where none is near.

    Examples:
        >>> close_hint("amout", ["amount", "id"]).told("en")
        'is it `amount`? '
    """
    folded = {other.casefold(): other for other in reversed(known)}
    near = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.7)
    return Saying("is it", {"name": folded[near[0]]}) if near else NOTHING


@dataclass(frozen=True)
class Located:
    """A misfit at one field of a mapping file.

    Attributes:
        path: Keys and indexes that lead to the field, from where the check stands.
        saying: What is wrong with it.
    """

    path: tuple[str | int, ...]
    saying: Saying


def wrong(code: str, /, **params: object) -> PydanticCustomError:
    """Return the error that a validator of the mapping language raises."""
    return wrong_at([Located((), Saying(code, params))])


def wrong_at(found: Sequence[Located]) -> PydanticCustomError:
    """Return the error that a validator raises for misfits at several fields below it."""
    text = "; ".join(one.saying.told("en") for one in found)
    return PydanticCustomError("misfit", "{text}", {"text": text, "found": tuple(found)})


_PYDANTIC: dict[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, object]]]] = {
    "missing": ("field missing", lambda _: {}),
    "literal_error": ("not one of", lambda ctx: {"choices": ctx["expected"]}),
    "greater_than": ("number too small", lambda ctx: {"least": f"> {ctx['gt']}"}),
    "greater_than_equal": ("number too small", lambda ctx: {"least": f">= {ctx['ge']}"}),
    "less_than_equal": ("number too large", lambda ctx: {"most": f"<= {ctx['le']}"}),
    "string_type": ("not a text", lambda _: {}),
    "string_too_short": ("text too short", lambda ctx: {"least": ctx["min_length"]}),
    "string_too_long": ("text too long", lambda ctx: {"most": ctx["max_length"]}),
    "too_short": ("list too short", lambda ctx: {"least": ctx["min_length"]}),
    "bool_type": ("not true or false", lambda _: {}),
    "bool_parsing": ("not true or false", lambda _: {}),
    "int_type": ("not a whole number", lambda _: {}),
    "int_parsing": ("not a whole number", lambda _: {}),
    "int_from_float": ("not a whole number", lambda _: {}),
    "float_type": ("not a plain number", lambda _: {}),
    "float_parsing": ("not a plain number", lambda _: {}),
    "finite_number": ("not a plain number", lambda _: {}),
    "is_instance_of": ("not a plain number", lambda _: {}),
    "decimal_type": ("not a plain number", lambda _: {}),
    "decimal_parsing": ("not a plain number", lambda _: {}),
    "list_type": ("not a list", lambda _: {}),
    "dict_type": ("not a block", lambda _: {}),
    "model_type": ("not a block", lambda _: {}),
    "model_attributes_type": ("not a block", lambda _: {}),
}
"""Sentence of each error that pydantic itself finds, with its parameters."""


def of_pydantic(kind: str, context: Mapping[str, Any], given: object, *, message: str) -> Saying:
    """Return the sentence of an error that pydantic itself found.

    Args:
        kind: Type of the error.
        context: Its context.
        given: What stood in the mapping.
        message: English words of pydantic, for the types that the catalogue has no sentence for.
    """
    entry = _PYDANTIC.get(kind)
    if entry is None:
        return Saying("otherwise wrong", {"message": message})
    code, params = entry
    shown = Saying("there is", {"value": repr(given)}) if isinstance(given, str | int | float) else NOTHING
    return Saying(code, {**params(context), "given": shown})
