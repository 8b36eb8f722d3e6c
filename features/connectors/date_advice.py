"""What to do about a text that is no date as it stands: which formats would read it, and as which day."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_TWO_WAYS = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ T].*)?$")
_COMMON = (
    "%Y%m%d%H%M%S",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%Y-%m-%d %I:%M %p",
    "%Y %m %d",
    "%Y-%m",
    "%Y/%m",
    "%Y.%m",
    "%Y年%m月",
    "%Y%m",
    "%b %Y",
    "%B %Y",
    "%b-%y",
)
"""Formats that exports use and that leave no doubt, once they are declared."""

_QUARTER = re.compile(r"(?i)^(FY)?\s*\d{2,4}\s*[-/ ]?\s*Q[1-4]$|^Q[1-4]\s*[-/ ]?\s*(FY)?\d{2,4}$")
_ISO_FORM = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
FIRST_YEAR, LAST_YEAR = 1990, 2099
"""Years of dates that are believed."""


def advice(text: str, formats: tuple[str, ...]) -> str:
    """Say how a text may be read, or what is expected.

    Args:
        text: What stood there.
        formats: Formats that the mapping declares for the column.

    Examples:
        >>> advice("45292", ())
        'it may be 2024-01-01 as the day number of a workbook; declare `format: excel`'
        >>> advice("2024-02-30", ())
        'there is no such day; correct the value'
        >>> advice("2024Q1", ())
        'it names a period and no day; put the date together with `date_parts`'
    """
    if formats:
        return f"it is not written as {' or '.join(formats)}; correct the value or add its format"
    if _is_no_day(text):
        return "there is no such day; correct the value"
    if _QUARTER.match(text):
        return "it names a period and no day; put the date together with `date_parts`"
    two_ways = _TWO_WAYS.match(text)
    if two_ways is not None:
        return _day_and_month(*two_ways.groups())
    return _number(text) or _common(text) or "write it as 2020-12-31 or 2020-12-31 23:59, or declare its `format:`"


def _is_no_day(text: str) -> bool:
    """Whether a text begins with year, month and day of which no calendar has the day."""
    found = _ISO_FORM.match(text)
    if found is None:
        return False
    try:
        date(*(int(part) for part in found.groups()))
    except ValueError:
        return True
    return False


def _day_and_month(first: str, sign: str, second: str, year: str) -> str:
    full, y = (year, "%Y") if len(year) == 4 else (f"20{year}", "%y")
    readings, formats = [], []
    for day, month, form in ((first, second, f"%d{sign}%m{sign}{y}"), (second, first, f"%m{sign}%d{sign}{y}")):
        try:
            readings.append(date(int(full), int(month), int(day)).isoformat())
        except ValueError:
            continue
        formats.append(f"`format: '{form}'`")
    if not readings:
        return "there is no such day; correct the value"
    return f"it may be {' or '.join(readings)}; declare {' or '.join(formats)}"


def _number(text: str) -> str:
    """Return what a plain number may mean: a day of a workbook, or seconds or milliseconds since 1970."""
    if not re.fullmatch(r"\d{5}(\.\d+)?|\d{10}|\d{13}", text):
        return ""
    if len(text) in (10, 13) and "." not in text:
        form, seconds = ("epoch_s", int(text)) if len(text) == 10 else ("epoch_ms", int(text) // 1000)
        day = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 -- shown as a day only
        return f"it may be {day.date().isoformat()} as a count since 1970; declare `format: {form}`"
    day = datetime(1899, 12, 30) + timedelta(days=float(text))  # noqa: DTZ001 -- a workbook's days have no zone
    return f"it may be {day.date().isoformat()} as the day number of a workbook; declare `format: excel`"


def _common(text: str) -> str:
    for form in _COMMON:
        day = _read(text, form)
        if day is not None:
            return f"it may be {day.isoformat()}; declare `format: '{form}'`"
    return ""


def _read(text: str, form: str) -> date | None:
    try:
        day = datetime.strptime(text, form).date()  # noqa: DTZ007 -- shown as a day only
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
