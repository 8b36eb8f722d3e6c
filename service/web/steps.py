"""The rows of a waterfall: from similar reps, driver by driver, to the forecast."""

from __future__ import annotations

from dataclasses import dataclass

from service.scoring.documents import ExplanationDoc
from service.web import formats
from service.web.texts import pick, say


@dataclass(frozen=True)
class Step:
    """One row of a waterfall.

    Attributes:
        label: What it is.
        note: Own value and reference.
        amount: What stands at the right.
        start: Points before the row.
        end: Points after it; equal to `start` in the first and last row, which are dots.
        kind: `point`, `driver` or `result`.
    """

    label: str
    note: str
    amount: str
    start: float
    end: float
    kind: str


def waterfall_steps(explanation: ExplanationDoc, *, lang: str, currency: str) -> list[Step]:
    """Return the rows of a waterfall: reference, drivers by size, everything else, mean to median, result.

    Args:
        explanation: Drivers that add up.
        lang: `en` or `zh`.
        currency: Currency of values whose unit it is.

    Returns:
        Rows in which each starts where the one before ended.
    """
    at = explanation["reference"]
    peers = say("chart.peers", lang, count=explanation["peers"])
    steps = [Step(say("chart.reference", lang), peers, formats.percent(at / 100), at, at, "point")]
    for driver in sorted(explanation["drivers"], key=lambda driver: -abs(driver["contribution"])):
        own = formats.value(driver["value"], driver["unit"], currency, lang)
        similar = formats.value(driver["reference"], driver["unit"], currency, lang)
        note = say("chart.own_and_similar", lang, own=own, similar=similar)
        steps.append(_driver_step(fitting(pick(driver["label"], lang)), fitting(note, 40), at, driver["contribution"]))
        at += driver["contribution"]
    for key, amount in (("rest", explanation["everything_else"]), ("median", explanation["mean_to_median"])):
        if abs(amount) >= 0.05:
            steps.append(_driver_step(say(f"chart.{key}", lang), say(f"chart.{key}_note", lang), at, amount))
            at += amount
    median = explanation["median"]
    steps.append(Step(say("chart.result", lang), "", formats.percent(median / 100), median, median, "result"))
    return steps


def fitting(words: str, room: int = 32) -> str:
    """Return words that fit beside the bars, cut with an ellipsis; a Chinese character takes the room of two.

    Examples:
        >>> fitting("Win rate on qualified deals")
        'Win rate on qualified deals'
        >>> fitting("Account Executive, mid-market, more than 18 months in the job", 20)
        'Account Executive…'
    """
    taken = 0
    for index, letter in enumerate(words):
        taken += 2 if ord(letter) > 0x2E7F else 1
        if taken > room:
            return words[: index - 1].rstrip(" ,;") + "…"
    return words


def _driver_step(label: str, note: str, at: float, amount: float) -> Step:
    arrow = "▲" if amount > 0 else "▼"
    return Step(label, note, f"{arrow} {formats.signed(amount)}", at, at + amount, "driver")
