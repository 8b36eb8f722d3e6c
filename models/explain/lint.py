"""Words that no person reads here, and sentences that contradict their own numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from models.explain.catalogue import Catalogue, default_catalogue
from models.explain.documents import DealReasonDoc, DriverDoc, Text
from models.explain.wording import pair, points

BANNED = {
    "en": re.compile(
        r"\b(underperform\w*|poor(ly|er|est)?|weak(er|est|ness)?|failing|lazy|bottom|worst|laggards?|should have"
        r"|red flags?|guaranteed?|probably|he|she|his|her|him|hers|shap|p-values?|log-odds|quantiles?)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"落后|垫底|最差|末位|不合格|执行力差|懒|一定会|保证|(?<![其吉])他|她|SHAP|分位数|对数几率|P 值|p 值"
    ),
}
"""Words about the person instead of the work, promises, pronouns that guess a gender, and jargon."""

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,:;()]|[,:;()][\u4e00-\u9fff]")
"""Half-width punctuation beside a Chinese character."""

SIDES = {"en": {"above": 1, "below": -1, "equal to": 0}, "zh": {"高于": 1, "低于": -1, "等于": 0}}
"""Words that say on which side of the reference a value lies."""


def banned_words(text: Text) -> list[str]:
    """Return every banned word of a text, both lists over both languages, in order of appearance.

    Examples:
        >>> banned_words(Text(en="She is the worst closer, guaranteed.", zh="其他销售落后了"))
        ['She', 'worst', 'guaranteed', '落后']
    """
    found: list[str] = []
    for content in (text["en"], text["zh"]):
        for pattern in BANNED.values():
            found.extend(match.group(0) for match in pattern.finditer(content))
    return found


def style_faults(text: Text) -> list[str]:
    """Return what is wrong with a text in itself: banned words, empty or half-translated, punctuation.

    Examples:
        >>> style_faults(Text(en="Deals: {n}", zh="Deals"))
        ['unfilled field {n}', 'no Chinese in the Chinese text']
    """
    faults = [f"banned word {word!r}" for word in banned_words(text)]
    for content in (text["en"], text["zh"]):
        faults.extend(f"unfilled field {field}" for field in re.findall(r"\{\w*\}", content))
    if not text["en"].strip() or re.search(r"[\u4e00-\u9fff]", text["en"]):
        faults.append("the English text is empty or holds Chinese")
    if not re.search(r"[\u4e00-\u9fff]", text["zh"]):
        faults.append("no Chinese in the Chinese text")
    faults.extend(f"half-width punctuation {match!r}" for match in HALF_WIDTH.findall(text["zh"]))
    return faults


def texts_in(document: object) -> Iterator[Text]:
    """Yield every text of a document, however deep it lies."""
    if isinstance(document, Mapping):
        if set(document) == {"en", "zh"}:
            yield Text(en=str(document["en"]), zh=str(document["zh"]))
        else:
            for value in document.values():
                yield from texts_in(value)
    elif isinstance(document, Iterable) and not isinstance(document, str | bytes):
        for item in document:
            yield from texts_in(item)


def side_faults(sentence: Text, value: float, reference: float) -> list[str]:
    """Return the words of a sentence that name another side than the one the value lies on.

    Examples:
        >>> side_faults(Text(en="6, above similar reps (11)", zh="6 个，低于同类销售（11 个）"), 6.0, 11.0)
        ["en says 'above' although 6.0 against 11.0"]
    """
    side = (value > reference) - (value < reference)
    faults: list[str] = []
    for lang, content in (("en", sentence["en"]), ("zh", sentence["zh"])):
        faults.extend(
            f"{lang} says {word!r} although {value} against {reference}"
            for word, said in SIDES[lang].items()
            if word in content and said != side
        )
        if not any(word in content for word in SIDES[lang]):
            faults.append(f"{lang} names no side")
    return faults


def contradictions(driver: DriverDoc, catalogue: Catalogue | None = None) -> list[str]:
    """Return every way in which a driver contradicts itself; a document with any must not be shown.

    Args:
        driver: The driver as it would be stored.
        catalogue: Says in which direction more helps; the delivered one if None.

    Returns:
        One line per fault, empty if value, reference, sign, direction and both sentences agree.
    """
    value, reference, contribution = driver["value"], driver["reference"], driver["contribution"]
    if value is None or reference is None:
        return ["own value or reference is missing"]
    faults = side_faults(driver["sentence"], value, reference)
    if driver["direction"] != ("up" if contribution > 0 else "down"):
        faults.append(f"direction {driver['direction']} with {contribution} points")
    good = (catalogue or default_catalogue()).driver(driver["code"]).good
    if (value - reference) * contribution * (1.0 if good == "up" else -1.0) <= 0:
        faults.append(f"{contribution} points although {value} against {reference} and more is {good}")
    for lang, content in (("en", driver["sentence"]["en"]), ("zh", driver["sentence"]["zh"])):
        if points(contribution, lang) not in content:
            faults.append(f"{lang} does not state {points(contribution, lang)}")
    own, similar = pair(value, reference, driver["unit"], "en")
    if own == similar:
        faults.append(f"both values read {own}")
    return faults


def deal_faults(reason: DealReasonDoc) -> list[str]:
    """Return every way in which the reason of a deal contradicts itself; one with any must not be shown.

    Args:
        reason: The reason as it would be stored.
    """
    low, high, contribution = reason["low"], reason["high"], reason["contribution"]
    faults = [] if low * high > 0 else [f"the range {low} to {high} crosses zero"]
    for lang, content in (("en", reason["sentence"]["en"]), ("zh", reason["sentence"]["zh"])):
        if points(contribution, lang) not in content:
            faults.append(f"{lang} does not state {points(contribution, lang)}")
    stated = re.search(r": \D*?(\S.*) \(similar open deals: (.*)\),", reason["sentence"]["en"])
    if stated is not None and stated.group(1) == stated.group(2):
        faults.append(f"both values read {stated.group(1)}")
    return faults + style_faults(reason["sentence"])
