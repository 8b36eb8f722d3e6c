"""The block that tells what changed, on the pages of reps and teams and in the 1:1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.changes.schemas import ChangeLine, Changes, Moment
from service.web import formats
from service.web.texts import say

SMALLEST_POINTS = 0.05
DEALS_SHOWN = 3


@dataclass(frozen=True)
class ChangeRow:
    """One line."""

    label: str
    size: str
    deals: str


@dataclass(frozen=True)
class ChangeBlock:
    """Everything that the block shows."""

    title: str
    note: str
    unit: str
    rows: list[ChangeRow]
    total: str


def change_block(changes: Changes | None, lang: str) -> ChangeBlock | None:
    """Return the block, None where there is nothing to compare.

    Args:
        changes: What changed.
        lang: `en` or `zh`.
    """
    if changes is None:
        return None
    day = formats.day(date.fromisoformat(changes.before.as_of), lang, year=False)
    in_points = changes.change_points is not None
    rows = [_row(line, changes, lang) for line in changes.lines if _counts(line, in_points=in_points)]
    total = formats.signed(changes.change_points) if changes.change_points is not None else _money(changes, lang)
    words = {"before": _end(changes.before, changes, lang), "after": _end(changes.after, changes, lang)}
    return ChangeBlock(
        title=say("change.title", lang, day=day),
        note=say("change.note", lang, **words),
        unit=say("change.points" if in_points else "change.amount", lang),
        rows=rows or [ChangeRow(say("change.none", lang), "", "")],
        total=total,
    )


def _counts(line: ChangeLine, *, in_points: bool) -> bool:
    return abs(line.points or 0.0) >= SMALLEST_POINTS if in_points else round(line.amount) != 0


def _row(line: ChangeLine, changes: Changes, lang: str) -> ChangeRow:
    size = formats.signed(line.points) if line.points is not None else _signed(line.amount, changes, lang)
    told = [
        f"{deal.label} {formats.signed(deal.points)}"
        if deal.points is not None
        else _deal(deal.label, deal.amount, changes, lang)
        for deal in line.deals[:DEALS_SHOWN]
        if deal.points is None or abs(deal.points) >= SMALLEST_POINTS
    ]
    label = line.label.zh if lang == "zh" else line.label.en  # type: ignore[attr-defined]  # made from the contract
    return ChangeRow(label=label, size=size, deals="，".join(told) if lang == "zh" else ", ".join(told))


def _deal(name: str, amount: float, changes: Changes, lang: str) -> str:
    return f"{name} {_signed(amount, changes, lang)}"


def _end(moment: Moment, changes: Changes, lang: str) -> str:
    if moment.median_points is not None and changes.change_points is not None:
        return formats.percent(moment.median_points / 100.0)
    return formats.money(moment.mean, changes.currency, lang)


def _money(changes: Changes, lang: str) -> str:
    return _signed(changes.change_amount, changes, lang)


def _signed(amount: float, changes: Changes, lang: str) -> str:
    return ("+" if amount > 0 else "") + formats.money(amount, changes.currency, lang)
