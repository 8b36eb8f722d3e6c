"""Pictures of a diagnosis: the gap as a waterfall, the funnel beside similar reps, habits and trainings as dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from models.diagnosis.documents import CauseDoc, HabitDoc, MissDoc, StageDoc, TrainingDoc
from service.web import formats
from service.web.svg import (
    BLUE,
    BLUE_MID,
    CARD,
    GREY_MID,
    HAIR,
    INK,
    INK3,
    ORANGE,
    ORANGE_MID,
    Axis,
    line,
    path,
    span,
    svg,
    text,
    ticks,
)
from service.web.texts import pick, say

WIDE, NARROW = 640.0, 340.0
LONGEST_STAGE = 26


@dataclass(frozen=True)
class Row:
    """One dot with its range: label and note to the left, amount to the right."""

    label: str
    note: str
    amount: str
    value: float
    low: float
    high: float
    strong: bool


def gap_waterfall(miss: MissDoc, *, lang: str, uid: str, narrow: bool = False) -> str:
    """Draw how causes add up to the expected gap; orange adds to it, blue takes from it, each with its range.

    Args:
        miss: Causes that add up.
        lang: `en` or `zh`.
        uid: Unique on the page.
        narrow: For a phone: the words stand above the bar.

    Returns:
        SVG, 640 or 340 wide, and as high as it has rows.
    """
    steps, marks = _steps(miss["causes"]), [0.0, miss["points"]]
    marks += [edge for start, cause in steps for edge in (start, start + cause["low"], start + cause["high"])]
    margin = max((max(marks) - min(marks)) * 0.05, 2.0)
    width, left, right = (NARROW, 8.0, 268.0) if narrow else (WIDE, 268.0, 560.0)
    axis, row = Axis(min(marks) - margin, max(marks) + margin, left, right), 66 if narrow else 46
    height = 26.0 + row * (len(steps) + 1)
    body = _scale(axis, height, say("diagnosis.no_gap", lang), narrow=narrow)
    for index, (start, cause) in enumerate(steps):
        body += _cause(start, cause, axis, 26.0 + index * row, (width, row), lang=lang, narrow=narrow)
    y = 26.0 + len(steps) * row + (40 if narrow else 20)
    body += [
        text(2, y - (22 if narrow else -4), say("diagnosis.gap", lang), fill=INK, weight=650, size=12),
        line(axis.start, y, axis.end, y, HAIR, 2),
        f'<circle cx="{axis.at(miss["points"]):g}" cy="{y:g}" r="7" fill="{BLUE if miss["points"] <= 0 else ORANGE}"/>',
        text(width - 2, y + 4, formats.signed(miss["points"]), anchor="end", fill=INK, weight=650, size=12.5),
    ]
    words = "; ".join(f"{pick(cause['label'], lang)} {formats.signed(cause['points'])}" for _, cause in steps)
    return svg(width, height, uid, pick(miss["headline"], lang), words, body)


def deals(count: int, lang: str) -> str:
    """Return a number of deals.

    Examples:
        >>> deals(1, "en"), deals(3, "en"), deals(3, "zh")
        ('1 deal', '3 deals', '3 个商机')
    """
    return say("diagnosis.deal_left", lang) if count == 1 else say("diagnosis.deals_left", lang, count=count)


def _steps(causes: Sequence[CauseDoc]) -> list[tuple[float, CauseDoc]]:
    start, steps = 0.0, []
    for cause in causes:
        steps.append((start, cause))
        start += cause["points"]
    return steps


def _scale(axis: Axis, height: float, zero: str, *, narrow: bool) -> list[str]:
    words = [
        text(axis.at(tick), 12, formats.signed(tick, 0), anchor="middle")
        for tick in ticks(axis.low, axis.high, 3 if narrow else 4)
        if abs(axis.at(tick) - axis.at(0.0)) > 52 and axis.at(tick) > axis.start + 8
    ]
    x = min(max(axis.at(0.0), axis.start + 24), axis.end - 24)
    return [
        *words,
        text(x, 12, zero, anchor="middle", fill=INK, weight=600),
        "" if narrow else line(axis.at(0.0), 18, axis.at(0.0), height - 4, GREY_MID, 1.4),
    ]


def _cause(
    start: float, cause: CauseDoc, axis: Axis, y: float, frame: tuple[float, float], *, lang: str, narrow: bool
) -> list[str]:
    width, row = frame
    middle, adds = y + (46 if narrow else 20), cause["points"] >= 0
    colour, fill = (ORANGE, ORANGE_MID) if adds else (BLUE, BLUE_MID)
    # A range across zero is told apart by an empty bar, not by colour alone.
    look = f'fill="{fill}"' if cause["sure"] else f'fill="{CARD}" stroke="{fill}" stroke-width="1.6"'
    end = start + cause["points"]
    ends = (axis.at(start + cause["low"]), axis.at(start + cause["high"]))
    return [
        # On a phone words stand above the bars; a line through them would strike them out.
        line(axis.at(0.0), middle - 12, axis.at(0.0), middle + 12, GREY_MID, 1.4) if narrow else "",
        text(2, y + 14, pick(cause["label"], lang), fill=INK, weight=600, size=12),
        text(2, y + 29, _short(cause, lang), size=11),
        span(axis, start, end, middle - 8, 16, f'rx="2" {look}'),
        line(axis.at(start), middle - 10, axis.at(start), middle + 10, INK3, 1),
        line(ends[0], middle, ends[1], middle, INK, 1.4),
        *(line(x, middle - 4, x, middle + 4, INK, 1.4) for x in ends),
        text(width - 2, middle + 4, formats.signed(cause["points"]), anchor="end", fill=colour, weight=650, size=12.5),
        line(0, y + row - 2, width, y + row - 2, HAIR, 1),
    ]


def _short(cause: CauseDoc, lang: str) -> str:
    return say("diagnosis.plausible", lang, low=formats.signed(cause["low"]), high=formats.signed(cause["high"]))


STAYS: tuple[Literal["days_high", "similar_days"], ...] = ("days_high", "similar_days")


def funnel(stages: Sequence[StageDoc], *, lang: str, uid: str, title: str, narrow: bool = False) -> str:
    """Draw each stage: the share that moves on and the days in it, own with range beside similar reps.

    Args:
        stages: Stages in order.
        lang: `en` or `zh`.
        uid: Unique on the page.
        title: The finding, in a sentence.
        narrow: For a phone: the two scales stand below each other.

    Returns:
        SVG, 640 or 340 wide, and as high as it has stages.
    """
    longest = 1.05 * max([1.0, *(stage[key] or 0.0 for stage in stages for key in STAYS)])
    if narrow:
        width, row, top, body = NARROW, 96.0, 8.0, []
        shares, days = Axis(0.0, 1.0, 96.0, 250.0), Axis(0.0, longest, 96.0, 250.0)
    else:
        width, row, top = WIDE, 52.0, 26.0
        shares, days = Axis(0.0, 1.0, 190.0, 330.0), Axis(0.0, longest, 430.0, 560.0)
        body = [
            text(shares.start, 12, say("diagnosis.moves_on", lang), weight=600),
            text(days.start, 12, say("diagnosis.days_in", lang), weight=600),
        ]
    for index, stage in enumerate(stages):
        body += _stage(stage, (shares, days), top + index * row, (width, row), lang=lang, narrow=narrow)
    words = "; ".join(_stage_words(stage, lang) for stage in stages)
    return svg(width, top + row * len(stages) + 2, uid, title, words, body)


def _stage(
    stage: StageDoc, axes: tuple[Axis, Axis], y: float, frame: tuple[float, float], *, lang: str, narrow: bool
) -> list[str]:
    shares, days = axes
    name = stage["stage"] if len(stage["stage"]) <= LONGEST_STAGE else stage["stage"][: LONGEST_STAGE - 1] + "…"
    count = deals(stage["left"], lang)
    body = [text(2, y + 16, name, fill=INK, weight=600, size=12)]
    body.append(text(frame[0] - 2, y + 16, count, anchor="end", size=11) if narrow else text(2, y + 32, count, size=11))
    first, second = (y + 40, y + 72) if narrow else (y + 22, y + 22)
    if narrow:
        body += [
            text(2, first + 4, say("diagnosis.moves_on", lang), size=11),
            text(2, second + 4, say("diagnosis.days_in", lang), size=11),
        ]
    share = (stage["conversion"], stage["conversion_low"], stage["conversion_high"], stage["similar_conversion"])
    stay = (stage["days"], stage["days_low"], stage["days_high"], stage["similar_days"])
    body += _beside(shares, first, share, formats.percent, marked=stage["leaks"])
    body += _beside(days, second, stay, lambda value: formats.value(value, "days", "", lang), marked=stage["stalls"])
    body.append(line(0, y + frame[1] - 4, frame[0], y + frame[1] - 4, HAIR, 1))
    return body


def _beside(
    axis: Axis,
    y: float,
    told: tuple[float | None, float | None, float | None, float | None],
    words: Callable[[float], str],
    *,
    marked: bool,
) -> list[str]:
    """Return own dot with its range, the diamond of similar reps, and both values; a dash where nothing is told."""
    own, low, high, similar = told
    body = [line(axis.start, y, axis.end, y, HAIR, 2)]
    if own is None or low is None or high is None or similar is None:
        return [*body, text(axis.end + 8, y + 4, "—")]
    colour = ORANGE if marked else BLUE
    x = axis.at(similar)
    return [
        *body,
        line(axis.at(low), y, axis.at(high), y, colour, 2.4),
        path(
            [(x, y - 7), (x + 6, y), (x, y + 7), (x - 6, y)],
            f'fill="{CARD}" stroke="{INK3}" stroke-width="1.6"',
            closed=True,
        ),
        f'<circle cx="{axis.at(own):g}" cy="{y:g}" r="5" fill="{colour}"/>',
        text(axis.end + 8, y, ("▲ " if marked else "") + words(own), fill=colour, weight=650, size=12),
        text(axis.end + 8, y + 14, f"({words(similar)})", size=11),
    ]


def _stage_words(stage: StageDoc, lang: str) -> str:
    if stage["conversion"] is None or stage["days"] is None:
        return f"{stage['stage']} —"
    share, stay = formats.percent(stage["conversion"]), formats.value(stage["days"], "days", "", lang)
    return f"{stage['stage']} {share}, {stay}"


def habit_dots(habits: Sequence[HabitDoc], *, lang: str, uid: str, title: str, narrow: bool = False) -> str:
    """Draw by how much the top quarter differs in each habit; each range is drawn equally wide, zero in the middle.

    Args:
        habits: Measures of different units.
        lang: `en` or `zh`.
        uid: Unique on the page.
        title: The finding, in a sentence.
        narrow: For a phone.
    """
    rows = []
    for habit in habits:
        reach = max((habit["high"] - habit["low"]) / 2.0, 1e-12)
        middle = (habit["high"] + habit["low"]) / 2.0 / reach
        top, others = (formats.value(habit[side], habit["unit"], "", lang) for side in ("top", "others"))
        note = say("diagnosis.habit", lang, top=top, others=others)
        own = "" if habit["own"] is None else formats.value(habit["own"], habit["unit"], "", lang)
        label = pick(habit["label"], lang)
        rows.append(Row(label, note, own, middle, middle - 1.0, middle + 1.0, habit["claimed"]))
    axis_words = (say("diagnosis.less", lang), say("diagnosis.more", lang), say("diagnosis.own", lang))
    return _dots(rows, uid=uid, title=title, heads=axis_words, narrow=narrow)


def training_dots(trainings: Sequence[TrainingDoc], *, lang: str, uid: str, title: str, narrow: bool = False) -> str:
    """Draw what each training may be worth, points of the team's quota, with its range.

    Args:
        trainings: The most gainful first.
        lang: `en` or `zh`.
        uid: Unique on the page.
        title: The finding, in a sentence.
        narrow: For a phone.
    """
    rows = [
        Row(
            pick(one["label"], lang),
            say("diagnosis.people", lang, count=one["people"]),
            formats.signed(one["points"]),
            one["points"],
            one["low"],
            one["high"],
            strong=index == 0,
        )
        for index, one in enumerate(trainings)
    ]
    return _dots(rows, uid=uid, title=title, heads=("", "", say("diagnosis.points", lang)), narrow=narrow)


def _dots(rows: Sequence[Row], *, uid: str, title: str, heads: tuple[str, str, str], narrow: bool) -> str:
    width, left, right, row = (NARROW, 8.0, 268.0, 60.0) if narrow else (WIDE, 268.0, 540.0, 40.0)
    marks = [0.0, *(edge for one in rows for edge in (one.low, one.high))]
    margin = max((max(marks) - min(marks)) * 0.05, 1e-9)
    axis = Axis(min(marks) - margin, max(marks) + margin, left, right)
    height = 24.0 + row * len(rows)
    body = [
        text(axis.start, 12, heads[0]),
        text(axis.end, 12, heads[1], anchor="end"),
        text(width - 2, 12, heads[2], anchor="end"),
        "" if narrow else line(axis.at(0.0), 18, axis.at(0.0), height - 4, GREY_MID, 1.4),
    ]
    for index, one in enumerate(rows):
        y = 24.0 + index * row
        middle, colour = y + (44.0 if narrow else 18.0), BLUE if one.strong else INK3
        fill = f'fill="{colour}"' if one.strong else f'fill="{CARD}" stroke="{colour}" stroke-width="1.8"'
        body += [
            line(axis.at(0.0), middle - 9, axis.at(0.0), middle + 9, GREY_MID, 1.4) if narrow else "",
            text(2, y + 14, one.label, fill=INK, weight=600, size=12),
            text(2, y + 28, one.note, size=11),
            line(axis.at(one.low), middle, axis.at(one.high), middle, colour, 2),
            f'<circle cx="{axis.at(one.value):g}" cy="{middle:g}" r="5" {fill}/>',
            text(width - 2, middle + 4, one.amount, anchor="end", fill=colour, weight=650, size=12),
            line(0, y + row - 2, width, y + row - 2, HAIR, 1),
        ]
    words = "; ".join(f"{one.label} {one.note}" for one in rows)
    return svg(width, height, uid, title, words, body)
