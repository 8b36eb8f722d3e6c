"""Loading mapping files: the built-in ones by name, others by path; every error names its line, field and mend."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from features.connectors.language import Mapping, merged
from features.connectors.settings import IngestSettings
from features.connectors.yaml_source import YamlDocument, parse_yaml
from features.domain.errors import MappingError

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
        raise MappingError(
            f"there is no mapping {text!r}; built in are {', '.join(builtin_mappings())}; "
            "or give the path of a file (`ingest --init-mapping` drafts one)"
        )
    if path.stat().st_size > IngestSettings().max_mapping_bytes:
        raise MappingError(f"{path.name} has {path.stat().st_size} bytes; a mapping is a short YAML file")
    try:
        return parse_mapping(path.read_text(encoding="utf-8-sig"), origin=path.name)
    except UnicodeDecodeError as error:
        raise MappingError(f"{path.name} is not UTF-8 text; save the mapping as UTF-8") from error


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
        raise MappingError(f"{origin}: a mapping is a block of fields; start with `mapping: 1`")
    base = content.get("extends")
    if isinstance(base, str):
        if base not in builtin_mappings():
            raise MappingError(
                f"{origin}: line {document.line_of(('extends',))}: extends: there is no built-in mapping {base!r}; "
                f"there are {', '.join(builtin_mappings())}"
            )
        parent = parse_yaml(_builtin_text(base), origin=f"{base}.yml").content
        content = merged(parent, content)
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        raise MappingError(_message(error, document, origin)) from error


def _builtin_text(name: str) -> str:
    return (resources.files("features.connectors") / "mappings" / f"{name}.yml").read_text(encoding="utf-8")


def _message(error: ValidationError, document: YamlDocument, origin: str) -> str:
    """Return all faults of a mapping, one per line."""
    lines = []
    for fault in error.errors(include_url=False, include_input=True):
        path = tuple(part for part in fault["loc"] if part != "[key]")
        line = document.line_of(path)
        field = ".".join(str(part) for part in path) or "mapping"
        lines.append(f"  line {line}: {field}: {_mend(fault['type'], fault['msg'], fault.get('input'))}")
    return "\n".join([f"{origin} is no valid mapping ({len(lines)} faults):", *lines, "see docs/mapping.md"])


def _mend(kind: str, message: str, given: object) -> str:
    """Say what to do about one fault."""
    if kind == "extra_forbidden":
        return "there is no such field; check the spelling or remove it"
    if kind == "missing":
        return "this field is required; add it"
    shown = f"; there is {given!r}" if isinstance(given, str | int | float | bool) else ""
    return f"{message.removeprefix('Value error, ')}{shown}"
