"""Loading mapping files: the built-in ones by name, others by path; every error names its line, field and mend."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from features.connectors.language import FIELDS, Mapping, merged
from features.connectors.misfits import NOTHING, Located, Misfit, Saying, close_hint, of_pydantic
from features.connectors.settings import IngestSettings
from features.connectors.yaml_source import YamlDocument, parse_yaml

__all__ = ["Mapping", "builtin_mappings", "load_mapping", "parse_mapping"]


@cache
def builtin_mappings() -> tuple[str, ...]:
    """Return the names of the mappings that ship with Paceline, sorted."""
    folder = resources.files("features.connectors") / "mappings"
    return tuple(sorted(entry.name[:-4] for entry in folder.iterdir() if entry.name.endswith(".yml")))


def load_mapping(name_or_file: str | Path) -> Mapping:
    """Load a mapping by the name of a built-in one, or from a file.

    Args:
        name_or_file: `salesforce`, or `exports/mapping.yml`.

    Raises:
        MappingError: There is no such mapping, or it says something that a mapping cannot say.
    """
    text = str(name_or_file)
    if text in builtin_mappings():
        return parse_mapping(_builtin_text(text), origin=f"{text}.yml")
    path = Path(name_or_file)
    if not path.is_file():
        raise Misfit("no such mapping", name=text, builtin=builtin_mappings())
    if path.stat().st_size > IngestSettings().max_mapping_bytes:
        raise Misfit("mapping too long", file=path.name, bytes=path.stat().st_size)
    try:
        return parse_mapping(path.read_text(encoding="utf-8-sig"), origin=path.name)
    except UnicodeDecodeError as error:
        raise Misfit("mapping not utf-8", file=path.name) from error


def parse_mapping(text: str, *, origin: str) -> Mapping:
    """Parse the text of a mapping.

    Args:
        text: YAML text.
        origin: File name for messages.

    Raises:
        MappingError: With every fault, each with its line and field.
    """
    document = parse_yaml(text, origin=origin)
    content = document.content
    if not isinstance(content, dict):
        raise Misfit("mapping not a block", file=origin)
    base = content.get("extends")
    if isinstance(base, str):
        if base not in builtin_mappings():
            unknown = Saying("no such parent", {"name": base, "builtin": builtin_mappings()})
            raise _misfit([_at(document, ("extends",), unknown)], origin)
        parent = parse_yaml(_builtin_text(base), origin=f"{base}.yml").content
        content = merged(parent, content)
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        raise _misfit(_found(error, document), origin) from error


def _builtin_text(name: str) -> str:
    return (resources.files("features.connectors") / "mappings" / f"{name}.yml").read_text(encoding="utf-8")


def _misfit(found: list[Saying], origin: str) -> Misfit:
    """Return all misfits of a mapping as one error."""
    return Misfit("mapping wrong", parts=[*found, Saying("see the page", {})], file=origin, count=len(found))


def _found(error: ValidationError, document: YamlDocument) -> list[Saying]:
    """Return every fault of a mapping with its line and field."""
    found = []
    for fault in error.errors(include_url=False, include_input=True):
        path = tuple(part for part in fault["loc"] if part != "[key]")
        context = fault.get("ctx", {})
        if fault["type"] == "misfit":
            located: tuple[Located, ...] = context["found"]
            found += [_at(document, (*path, *one.path), one.saying) for one in located]
        else:
            found.append(_at(document, path, _of_field(fault["type"], context, path, fault["msg"], fault.get("input"))))
    return found


def _of_field(kind: str, context: dict[str, Any], path: tuple[str | int, ...], message: str, given: object) -> Saying:
    """Return what is wrong with one field, with the name that was most likely meant."""
    if kind == "extra_forbidden":
        return Saying("no such field", {"hint": close_hint(str(path[-1]), FIELDS)})
    if kind == "missing":
        return Saying("field missing", {"given": NOTHING})
    return of_pydantic(kind, context, given, message=message)


def _at(document: YamlDocument, path: tuple[str | int, ...], what: Saying) -> Saying:
    field = ".".join(str(part) for part in path) or "mapping"
    return Saying("at a field", {"line": document.line_of(path), "field": field, "what": what})
