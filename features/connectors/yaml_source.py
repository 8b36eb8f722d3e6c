"""Reading YAML with the line of every field kept, so that a mapping error can point at its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from features.connectors.misfits import Misfit

Path = tuple[str | int, ...]


class _PlainLoader(yaml.SafeLoader):
    """YAML 1.2 scalars: only `true` and `false` are booleans and days stay text, so `Yes: won` means what it says."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: a few lines of them can unfold into gigabytes."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (`*name`) are not allowed; write it out", problem_mark=mark)
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)


@dataclass(frozen=True)
class YamlDocument:
    """The content of a YAML text and the line of each of its fields.

    Attributes:
        content: Plain dicts, lists and scalars; keys of mappings are text.
        lines: Line number, from 1, per path of keys and indexes.
    """

    content: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """Return the line of the field at `path`, or of its nearest parent.

        A list of one may stand in the text without its dash, and so without its index.
        """
        without = tuple(part for part in path if part != 0)
        return self._nearest(max(path, without, key=self._depth))

    def _depth(self, path: Path) -> float:
        """Return how much of a path is in the text, as a share of it."""
        return max((n / len(path) for n in range(len(path), 0, -1) if path[:n] in self.lines), default=0.0)

    def _nearest(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse_yaml(text: str, *, origin: str) -> YamlDocument:
    r"""Parse `text` as one YAML document of plain values.

    Args:
        text: YAML text.
        origin: File name for messages.

    Raises:
        MappingError: The text is no YAML, or a key stands twice in one block.

    Examples:
        >>> document = parse_yaml("a: 1\nb:\n  Yes: won\n", origin="m.yml")
        >>> document.content, document.line_of(("b", "Yes"))
        ({'a': 1, 'b': {'Yes': 'won'}}, 3)
    """
    lines: dict[Path, int] = {}
    try:
        content = _content(text, lines, origin)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise Misfit("not yaml", file=origin, line=line, problem=problem) from error
    except RecursionError as error:
        raise Misfit("yaml too deep", file=origin) from error
    return YamlDocument(content, lines)


def _content(text: str, lines: dict[Path, int], origin: str) -> Any:  # noqa: ANN401 -- see `_build`
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        return _build(loader, node, (), lines, origin) if node is not None else {}
    finally:
        loader.dispose()


def _build(loader: yaml.SafeLoader, node: yaml.Node, path: Path, lines: dict[Path, int], origin: str) -> Any:  # noqa: ANN401 -- YAML scalars are of any plain type
    """Return the plain value of `node` and note the line of everything below it."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, child, (*path, i), lines, origin) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, child in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                raise Misfit("yaml key twice", file=origin, line=line, key=key)
            lines[(*path, key)] = line
            result[key] = _build(loader, child, (*path, key), lines, origin)
        return result
    try:
        return loader.construct_object(node, deep=True)
    except (ValueError, TypeError) as error:
        raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error
