"""The what-if block: levers on the rep's page, and the model's answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10

from service.scoring.documents import ForecastDoc
from service.web import formats
from service.web.texts import pick, say
from service.web.views import wording
from service.whatif.schemas import Outcome, WhatIfAnswer, WhatIfRequest

NAMES = ("pipeline", "meetings", "win_points", "size_percent")


@dataclass(frozen=True)
class Lever:
    """One slider."""

    name: str
    label: str
    less: str
    more: str
    step: float
    top: float
    value: float


@dataclass(frozen=True)
class AnswerWords:
    """The model's answer."""

    sentences: list[str]
    needed: str
    label: str
    notes: list[str]


def levers(forecast: ForecastDoc, asked: WhatIfRequest, lang: str) -> list[Lever]:
    """Return the sliders of a forecast; the pipeline's step fits what is open.

    Args:
        forecast: The current period.
        asked: Where the sliders stand.
        lang: `en` or `zh`.
    """
    step = nice_step(forecast["pipeline_open"] or forecast["quota"] or 1.0)
    sizes = {
        "pipeline": (step, 10 * step),
        "meetings": (1.0, 20.0),
        "win_points": (1.0, 20.0),
        "size_percent": (5.0, 50.0),
    }
    found = []
    for name in NAMES:
        label = say(f"whatif.{name}", lang)
        words = {"less": say("whatif.less", lang, lever=label), "more": say("whatif.more", lang, lever=label)}
        value = min(max(float(getattr(asked, name)), 0.0), sizes[name][1])
        found.append(Lever(name=name, label=label, step=sizes[name][0], top=sizes[name][1], value=value, **words))
    return found


def nice_step(amount: float) -> float:
    """Return about a tenth of an amount as 1, 2 or 5 times a power of ten.

    Examples:
        >>> nice_step(2_160_000.0), nice_step(78_000.0)
        (200000.0, 5000.0)
    """
    size = max(amount / 10.0, 1.0)
    power = 10.0 ** floor(log10(size))
    return next(factor * power for factor in (5.0, 2.0, 1.0) if factor * power <= size)


def asked_in(query: Mapping[str, str]) -> WhatIfRequest:
    """Return the levers of a query; what is not a number in range stays where it is."""
    found: dict[str, float] = {}
    for name in NAMES:
        try:
            found[name] = WhatIfRequest.model_validate({name: float(query.get(name, "0"))}).model_dump()[name]
        except ValueError:
            continue
    return WhatIfRequest(**found)  # type: ignore[arg-type]  # names and types of the model


def answer_words(found: WhatIfAnswer, lang: str) -> AnswerWords:
    """Return the answer in words, every estimate with its range, and what it is not.

    Args:
        found: The model's response.
        lang: `en` or `zh`.
    """
    same = found.base == found.changed
    words = {"middle": _finish(found.changed.p50, found, lang), "range": _range(found.changed, found, lang)}
    if same:
        sentences = [say("whatif.same", lang, **words)]
    else:
        sentences = [say("whatif.answer", lang, base=_finish(found.base.p50, found, lang), **words)]
    if found.changed.p_attain is not None and found.base.p_attain is not None and not same:
        chance = wording.chance_percent(found.changed.p_attain)
        sentences.append(say("whatif.chance", lang, chance=chance, base=wording.chance_percent(found.base.p_attain)))
    label = pick(found.label.model_dump(), lang)  # type: ignore[attr-defined]  # made from the contract
    notes = [pick(note.model_dump(), lang) for note in found.notes]  # type: ignore[attr-defined]
    return AnswerWords(sentences, _needed(found, lang), label, notes)


def _needed(found: WhatIfAnswer, lang: str) -> str:
    needed = found.needed
    if needed is None:
        return ""
    aim = formats.percent(needed.chance)
    if needed.pipeline is None or needed.deals is None:
        return say("whatif.needed_too_much", lang, aim=aim)
    if needed.deals == 0:
        return say("whatif.needed_none", lang, aim=aim)
    amount = formats.money(needed.pipeline, found.currency, lang)
    return say("whatif.needed", lang, aim=aim, amount=amount, deals=needed.deals)


def _finish(amount: float, found: WhatIfAnswer, lang: str) -> str:
    return formats.percent(amount / found.quota) if found.quota else formats.money(amount, found.currency, lang)


def _range(outcome: Outcome, found: WhatIfAnswer, lang: str) -> str:
    if found.quota:
        return formats.percent_range(outcome.p10 / found.quota, outcome.p90 / found.quota, lang)
    return formats.money_range(outcome.p10, outcome.p90, found.currency, lang)
