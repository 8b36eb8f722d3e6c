"""Where a database source stands: an address without secrets in the mapping, filled in from the environment.

A mapping may name variables as `${PACELINE_SOURCE_...}` and no others, so that it can neither hold a password nor send
another secret of the machine anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlsplit

from sqlglot import tokenize
from sqlglot.errors import TokenError

from features.connectors.misfits import Misfit, wrong

PREFIX = "PACELINE_SOURCE_"
"""How the names of variables begin that a mapping may use."""

_PLACE = re.compile(r"\$\{([^}]*)\}")
_SCHEMES = ("postgresql", "postgres")
_READING = ("SELECT", "WITH", "VALUES", "TABLE")


@dataclass(frozen=True)
class Address:
    """A database address with everything filled in.

    Attributes:
        url: The address; it may hold a password, so it is never shown.
        secrets: Texts that no message may hold.
    """

    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def redacted(self, text: str) -> str:
        """Return a text without the secrets.

        Examples:
            >>> Address("postgresql://bo:pw1@db/crm", ("pw1",)).redacted("no login for bo with pw1")
            'no login for bo with ***'
        """
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def check_address(url: str) -> None:
    """Check what a mapping says about the place of a database.

    Raises:
        ValueError: It is no PostgreSQL address, names other variables, or holds a password in plain sight.
    """
    for name in _PLACE.findall(url):
        if not re.fullmatch(rf"{PREFIX}[A-Z0-9_]+", name):
            raise wrong("variable not allowed", name=name)
    if _PLACE.fullmatch(url):
        return
    parts = urlsplit(_PLACE.sub("", url))
    if parts.scheme not in _SCHEMES:
        raise wrong("unknown database", scheme=parts.scheme or url.partition(":")[0])
    if parts.password or {"password", "passfile", "service"} & set(parse_qs(parts.query)):
        raise wrong("password in sight")


def check_query(query: str) -> None:
    """Check that a text is one statement that reads.

    Raises:
        ValueError: It is none, or several.
    """
    try:
        tokens = tokenize(query, read="postgres")
    except TokenError:
        tokens = []
    several = any(token.token_type.name == "SEMICOLON" for token in tokens[:-1])
    if not tokens or tokens[0].text.upper() not in _READING or several:
        raise wrong("not one select")


def fill_in(url: str, environment: Mapping[str, str], *, name: str) -> Address:
    """Return an address with its variables filled in.

    Args:
        url: What the mapping says.
        environment: Variables.
        name: Name under `files`, for messages.

    Raises:
        MappingError: A variable is not set, or holds no PostgreSQL address.
    """
    names = _PLACE.findall(url)
    missing = [each for each in names if not environment.get(each)]
    if missing:
        raise Misfit("variables not set", name=name, missing=missing)
    whole = _PLACE.fullmatch(url) is not None
    filled = _PLACE.sub(lambda place: _part(environment[place.group(1)], whole=whole), url)
    parts = urlsplit(filled)
    if parts.scheme not in _SCHEMES:
        raise Misfit("variable holds no address", name=name, variable=names[0])
    values = [environment[each] for each in names]
    passwords = [parts.password, *parse_qs(parts.query).get("password", [])]
    told = [*values, *filter(None, passwords)]
    forms = [form for text in told for form in (text, quote(text, safe=""), unquote(text))]
    return Address(filled, tuple(dict.fromkeys(forms)))


def _part(value: str, *, whole: bool) -> str:
    return value if whole else quote(value, safe="")
