"""Text to days and moments: declared formats, ISO and 年月日 without asking; what can be read two ways is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from features.connectors.date_advice import FIRST_YEAR, LAST_YEAR, advice
from features.contracts.tables import DAY, MOMENT

_ISO = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:(?:[T ]\s*|(?<=日))(上午|下午)?\s*(\d{1,2})[:时点](\d{2})分?(?::?(\d{2})秒?(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_PLAIN_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PLAIN_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$"
_OFFSET_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|\+00:?00)$"
_WIDEST = timedelta(hours=14)
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 -- a workbook's days have no zone


@dataclass(frozen=True)
class DateStyle:
    """How a source writes dates.

    Attributes:
        formats: Declared formats, tried in order; empty means ISO and its relatives.
        zone: Zone of times without offset.
        home: The company's zone, which decides the day of a moment and the midnight of a day.
    """

    formats: tuple[str, ...] = ()
    zone: str = "UTC"
    home: str = "UTC"

    @cached_property
    def _readers(self) -> tuple[str, ...]:
        return self.formats or ("iso",)


@dataclass(frozen=True)
class Reading:
    """A date as a source wrote it: `naive` is its wall clock, `instant` is set when it named an offset.

    Attributes:
        naive: Date and time as written.
        offset: Offset that was written, or None.
        has_time: Whether a time of day was written.
    """

    naive: datetime
    offset: timedelta | None = None
    has_time: bool = False


def parse_date(text: str, style: DateStyle) -> Reading:
    """Return what `text` says.

    Raises:
        ValueError: It is no date in the declared formats, or can be read in more than one way.

    Examples:
        >>> parse_date("2020年6月1日", DateStyle()).naive.date().isoformat()
        '2020-06-01'
        >>> parse_date("02/03/2020", DateStyle(("%d/%m/%Y",))).naive.date().isoformat()
        '2020-03-02'
        >>> parse_date("02/03/2020", DateStyle())
        Traceback (most recent call last):
        ValueError: it may be 2020-03-02 or 2020-02-03; declare `format: '%d/%m/%Y'` or `format: '%m/%d/%Y'`
    """
    for form in style._readers:
        reading = _read(text, form)
        if reading is not None:
            if not FIRST_YEAR <= reading.naive.year <= LAST_YEAR:
                raise ValueError(f"the year {reading.naive.year} is outside 1990..2100; check the format or the value")
            return reading
    raise ValueError(advice(text, style.formats))


def _read(text: str, form: str) -> Reading | None:
    """Return the reading of `text` in one format, or None."""
    try:
        if form == "iso":
            return _read_iso(text)
        if form in ("epoch_ms", "epoch_s"):
            seconds = float(text) / (1000 if form == "epoch_ms" else 1)
            moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 -- offset is given beside it
            return Reading(moment, timedelta(0), True)
        if form == "excel":
            return _read_excel(text)
        parsed = datetime.strptime(text, form)  # noqa: DTZ007 -- offset is kept beside it
    except (ValueError, OverflowError):
        return None
    has_time = any(sign in form for sign in ("%H", "%I", "%M", "%S", "%X", "%c", "%T"))
    return Reading(parsed.replace(tzinfo=None), parsed.utcoffset(), has_time)


def _read_excel(text: str) -> Reading | None:
    """Return the day that a workbook's serial number means; typed cells arrive as ISO text."""
    if _ISO.match(text):
        return _read_iso(text)
    serial = float(text)
    return Reading(_EXCEL_ZERO + timedelta(days=serial), None, serial % 1 != 0)


def _read_iso(text: str) -> Reading | None:
    """Return the reading of ISO text and its relatives, or None."""
    found = _ISO.match(text)
    if found is None:
        short = _COMPACT.match(text)
        return Reading(datetime(*(int(part) for part in short.groups()))) if short else None  # type: ignore[arg-type] # noqa: DTZ001
    year, month, day, half, hour, minute, second, fraction, offset = found.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    of_day = _hour(int(hour or 0), half)
    naive = datetime(int(year), int(month), int(day), of_day, int(minute or 0), int(second or 0), micro)  # noqa: DTZ001
    return Reading(naive, _offset(offset), hour is not None)


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of the day; `half` is 上午 (before noon) or 下午 (after noon), where the source writes it.

    Raises:
        ValueError: That half of the day has no such hour.
    """
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"no hour {hour} in {half}")
    return hour % 12 + (12 if half == "下午" else 0)


def _offset(text: str | None) -> timedelta | None:
    """Return the offset that `text` names."""
    if text is None:
        return None
    if text in ("Z", "UTC"):
        return timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if span > _WIDEST:
        raise ValueError(f"no zone is {text} from UTC")
    return -span if text[0] == "-" else span


def to_day(texts: pa.Array, style: DateStyle) -> tuple[pa.Array, dict[int, str]]:
    """Return days in the company's zone, and the mend for each row that is no date.

    A date without time is that day; a time without offset keeps its written day; a time with an offset is moved to
    the company's zone first.
    """
    if not style.formats and _all_match(texts, _PLAIN_DAY):
        quick = _quick(texts, DAY)
        if quick is not None:
            return quick, {}
    return _each(texts, style, DAY)


def to_moment(texts: pa.Array, style: DateStyle) -> tuple[pa.Array, dict[int, str]]:
    """Return moments in UTC without zone, and the mend for each row that is no date.

    A date without time is that day's midnight in the company's zone; a time without offset stands in `style.zone`.
    """
    if not style.formats:
        for pattern, zone in ((_PLAIN_DAY, style.home), (_PLAIN_MOMENT, style.zone), (_OFFSET_MOMENT, "UTC")):
            if _all_match(texts, pattern):
                bare = pc.replace_substring_regex(texts, r"(Z|\+00:?00)$", "") if pattern is _OFFSET_MOMENT else texts
                quick = _quick(bare, MOMENT)
                moments = None if quick is None else _to_utc(quick, zone)
                if moments is not None:
                    return moments, {}
    return _each(texts, style, MOMENT)


def _all_match(texts: pa.Array, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(texts, pattern)).as_py() is not False


def _quick(texts: pa.Array, target: pa.DataType) -> pa.Array | None:
    """Return the column cast by Arrow, or None when a value is no sane date and has to be named."""
    try:
        moments = texts.cast(MOMENT)
    except pa.ArrowInvalid:
        return None
    span = pc.min_max(pc.year(moments)).as_py()
    if span["min"] is not None and not (span["min"] >= 1990 and span["max"] < 2100):
        return None
    return moments.cast(target)


def _to_utc(moments: pa.Array, zone: str) -> pa.Array | None:
    """Return wall-clock times of a zone as UTC, or None where Arrow cannot be trusted with them.

    Arrow knows no summer time after 2037 and has its own idea of hours that clocks skip.
    """
    if zone == "UTC":
        return moments
    if (pc.max(pc.year(moments)).as_py() or 0) > 2037:
        return None
    try:
        aware = pc.assume_timezone(moments, zone, ambiguous="earliest", nonexistent="raise")
    except pa.ArrowInvalid:
        return None
    return aware.cast(pa.timestamp("us", "UTC")).cast(MOMENT)


def _each(texts: pa.Array, style: DateStyle, target: pa.DataType) -> tuple[pa.Array, dict[int, str]]:
    """Parse each distinct text once."""
    coded = texts.dictionary_encode()
    parsed: list[date | datetime | None] = []
    mends: dict[int, str] = {}
    for position, text in enumerate(coded.dictionary.to_pylist()):
        try:
            reading = parse_date(text, style)
            parsed.append(day_of(reading, style) if target == DAY else moment_of(reading, style))
        except ValueError as error:
            parsed.append(None)
            mends[position] = str(error)
    values = pa.array(parsed, target).take(coded.indices)
    if not mends:
        return values, {}
    codes = coded.indices.to_pylist()
    return values, {row: mends[code] for row, code in enumerate(codes) if code in mends}


def day_of(reading: Reading, style: DateStyle) -> date:
    """Return the day of a reading in the company's zone."""
    if reading.offset is None or not reading.has_time:
        return reading.naive.date()
    instant = (reading.naive - reading.offset).replace(tzinfo=UTC)
    return instant.astimezone(ZoneInfo(style.home)).date()


def moment_of(reading: Reading, style: DateStyle) -> datetime:
    """Return the instant of a reading as naive UTC."""
    if reading.offset is not None:
        return reading.naive - reading.offset
    zone = style.zone if reading.has_time else style.home
    return reading.naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
