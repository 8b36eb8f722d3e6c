"""The picture of past misses: one line per time of the period, one mark per way of forecasting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.web.svg import BLUE, CARD, GREY_MID, HAIR, INK2, INK3, ORANGE, Axis, line, path, svg, text, ticks

RIGHT, TOP, BOTTOM = 24.0, 14.0, 26.0


@dataclass(frozen=True)
class Shape:
    """Measures of the picture, pixels: beside its line a lead's words need `left`; on a phone they stand above it."""

    width: float
    row: float
    left: float
    above: float


WIDE, NARROW = Shape(620.0, 46.0, 152.0, 0.0), Shape(340.0, 62.0, 10.0, 22.0)


@dataclass(frozen=True)
class MissRow:
    """Average misses at one time of the period, points of target; None where there is no number.

    Attributes:
        lead: Words for the time.
        model: Of the served model.
        pace: Of pace alone.
        calls: Of people.
    """

    lead: str
    model: float | None
    pace: float | None
    calls: float | None


def miss_chart(rows: Sequence[MissRow], *, title: str, description: str, uid: str, narrow: bool = False) -> str:
    """Return the picture: a filled dot for the model, a ring for pace alone, a diamond for people.

    Args:
        rows: From the start of the period to its end.
        title: The finding, in a sentence.
        description: All values in words.
        uid: Unique on the page.
        narrow: For a phone.
    """
    values = [value for row in rows for value in (row.model, row.pace, row.calls) if value is not None]
    shape = NARROW if narrow else WIDE
    axis = Axis(0.0, max([10.0, *values]) * 1.08, shape.left, shape.width - RIGHT)
    height = TOP + shape.row * len(rows) + BOTTOM
    body = []
    for tick in ticks(axis.low, axis.high, 5):
        x = axis.at(tick)
        body += [line(x, TOP, x, height - 24, HAIR, 1), text(x, height - 8, f"{tick:g}", anchor="middle")]
    for place, row in enumerate(rows):
        body += _marks(row, axis, TOP + shape.row * (place + 0.5) + shape.above / 2, shape)
    return svg(shape.width, height, uid, title, description, body)


def _marks(row: MissRow, axis: Axis, y: float, shape: Shape) -> list[str]:
    beside = text(shape.left - 14, y + 4, row.lead, anchor="end", fill=INK2, size=12.5)
    found = [text(0, y - shape.above - 6, row.lead, fill=INK2, size=12.5) if shape.above else beside]
    if row.model is not None and row.pace is not None:
        found.append(line(axis.at(row.model), y, axis.at(row.pace), y, GREY_MID, 2))
    if row.pace is not None:
        x = axis.at(row.pace)
        found.append(f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="{CARD}" stroke="{GREY_MID}" stroke-width="2"/>')
        found.append(text(x, y - 11, f"{row.pace:.0f}", anchor="middle", fill=INK3))
    if row.calls is not None:
        x = axis.at(row.calls)
        corners = [(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)]
        found.append(path(corners, f'fill="{ORANGE}"', closed=True))
    if row.model is not None:
        x = axis.at(row.model)
        found.append(f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="{BLUE}"/>')
        found.append(text(x, y - 11, f"{row.model:.0f}", anchor="middle", fill=BLUE, weight=700))
    return found
