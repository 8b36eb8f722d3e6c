"""The parts that charts are made of: an axis that keeps to its frame, and marks as SVG text."""

# ruff: noqa: PLR0917 - coordinates come first and in the order in which SVG writes them

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

INK, INK2, INK3 = "var(--ink,#12202F)", "var(--ink2,#3D4F63)", "var(--ink3,#5A6B7F)"
HAIR, CARD = "var(--hair,#EAEFF5)", "var(--card,#fff)"
BLUE, BLUE_MID, BLUE_SOFT = "var(--blue,#0A5BAF)", "var(--blue-mid,#4C8FD1)", "var(--blue-soft,#DCEAF8)"
ORANGE, ORANGE_MID = "var(--orange,#AD430A)", "var(--orange-mid,#D9752F)"
ORANGE_SOFT = "var(--orange-soft,#FDEBDF)"
GREY_MID, GREY_SOFT = "var(--grey-mid,#8395A9)", "var(--grey-soft,#EBF0F5)"


@dataclass(frozen=True)
class Axis:
    """A linear scale from values to pixels that keeps what is drawn inside its frame.

    Attributes:
        low: Value at `start`.
        high: Value at `end`.
        start: Pixel of `low`.
        end: Pixel of `high`; may be smaller than `start`.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of `value`, held at the edges.

        Examples:
            >>> axis = Axis(0.0, 1.4, 0.0, 140.0)
            >>> axis.at(0.7), axis.at(2.5), axis.at(-0.2)
            (70.0, 140.0, 0.0)
        """
        held = min(max(value, self.low), self.high)
        span = (self.high - self.low) or 1.0
        return round(self.start + (held - self.low) / span * (self.end - self.start), 2)

    def holds(self, value: float) -> bool:
        """Return whether `value` lies on the axis."""
        return self.low <= value <= self.high


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers between two values, about `count` of them.

    Examples:
        >>> ticks(0.0, 1.1)
        [0.0, 0.25, 0.5, 0.75, 1.0]
        >>> ticks(0.0, 2_500_000.0)
        [0.0, 500000.0, 1000000.0, 1500000.0, 2000000.0, 2500000.0]
    """
    rough = max((high - low) / count, 1e-9)
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first = ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, floor(high / step + 1e-9) + 1)]


def svg(width: float, height: float, uid: str, title: str, description: str, body: Iterable[str]) -> str:
    """Return a whole picture that states what it shows.

    Args:
        width: Of the frame, pixels.
        height: Of the frame, pixels.
        uid: Unique on the page.
        title: The finding, in a sentence.
        description: What else a reader of the picture would take from it; may be empty.
        body: Marks, back to front.
    """
    described = f'<desc id="{uid}-d">{escape(description)}</desc>' if description else ""
    names = f"{uid}-t {uid}-d" if description else f"{uid}-t"
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-labelledby="{names}" font-family="inherit"><title id="{uid}-t">{escape(title)}</title>'
        f"{described}{''.join(body)}</svg>"
    )


def rect(x: float, y: float, width: float, height: float, fill: str, extra: str = "") -> str:
    """Return a rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{max(width, 0):g}" height="{height:g}" fill="{fill}"{extra}/>'


def span(axis: Axis, low: float, high: float, y: float, height: float, look: str) -> str:
    """Return a bar between two values of an axis, held inside it."""
    left, right = sorted((axis.at(low), axis.at(high)))
    return f'<rect x="{left:g}" y="{y:g}" width="{right - left:g}" height="{height:g}" {look}/>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float, extra: str = "") -> str:
    """Return a straight line."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{stroke}" stroke-width="{width:g}"{extra}/>'


def text(
    x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK3, weight: int = 400, size: float = 11.5
) -> str:
    """Return a line of words."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}" font-weight="{weight}" '
        f'font-size="{size:g}">{escape(words)}</text>'
    )


def dot(x: float, y: float, radius: float, *, filled: bool) -> str:
    """Return an outcome: filled where it reaches the target, hollow where not."""
    fill, stroke = (BLUE, BLUE) if filled else ("none", GREY_MID)
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" stroke="{stroke}" stroke-width="1.6"/>'


def path(points: Iterable[tuple[float, float]], look: str, *, closed: bool = False) -> str:
    """Return a line or an area through points."""
    joined = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f'<path d="M{joined}{"Z" if closed else ""}" {look}/>' if joined else ""


def edge_arrows(axis: Axis, values: Iterable[float], y: float, colour: str = INK) -> list[str]:
    """Return arrows at the ends of a horizontal axis beyond which some value lies."""
    listed = list(values)
    arrows = []
    if any(value > axis.high for value in listed):
        arrows.append(path([(axis.end - 1, y - 5), (axis.end + 5, y), (axis.end - 1, y + 5)], f'fill="{colour}"'))
    if any(value < axis.low for value in listed):
        arrows.append(path([(axis.start + 1, y - 5), (axis.start - 5, y), (axis.start + 1, y + 5)], f'fill="{colour}"'))
    return arrows


def hatch(uid: str) -> str:
    """Return the pattern of what does not exist yet; fill with `url(#UID-hatch)`."""
    return (
        f'<defs><pattern id="{uid}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{BLUE_SOFT}"/>'
        f'<rect width="2.4" height="6" fill="{BLUE_MID}"/></pattern></defs>'
    )
