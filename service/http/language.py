"""Which of the two languages a request is answered in."""

from __future__ import annotations

from starlette.requests import HTTPConnection

LANGUAGES = ("en", "zh")
LANGUAGE_COOKIE = "paceline_lang"


def preferred(header: str) -> str:
    """Return the language of an Accept-Language header; English where it names neither.

    Examples:
        >>> preferred("fr;q=0.9, zh-CN;q=0.8, en;q=0.5")
        'zh'
        >>> preferred("de")
        'en'
    """
    best, best_weight = "en", 0.0
    for part in header.split(","):
        tag, _, weight_text = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        weight = _weight(weight_text)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def language_of(connection: HTTPConnection) -> str:
    """Return the language of a request: what the address asks for, else the cookie, else the browser's."""
    asked = connection.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    kept = connection.cookies.get(LANGUAGE_COOKIE, "")
    return kept if kept in LANGUAGES else preferred(connection.headers.get("accept-language", ""))


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
