"""Text to exact numbers: separators, currency signs, 万 and 亿, brackets for minus; nothing ambiguous is accepted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from features.contracts.tables import MONEY

LARGEST = Decimal(10) ** 12
"""Largest amount that is believed."""

_SIGNS = re.compile(
    r"(?i)(?<![a-z])(?:US|HK|NT|A|C|R|S)\$|[¥￥$€£₹₩元圆]|人民币|RMB|CNY|USD|EUR|GBP|JPY|CHF|HKD|AUD|CAD|SEK|NOK|DKK|PLN|CZK"
    r"|(?<![a-z])(?:Fr\.|kr\.?|zł|Kč)(?![a-z])|\s"
)
_UNITS = {"万": Decimal(10_000), "萬": Decimal(10_000), "亿": Decimal(10) ** 8, "億": Decimal(10) ** 8}
_FORMS = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    ord("−"): "-",
    ord("–"): "-",
    ord("’"): "'",
    ord("‘"): "'",
}
"""Full-width signs, the minus sign and curly apostrophes, as the plain signs that they stand for."""

_LONGEST = 60
"""Characters of the longest text that is tried as a number."""

_INDIAN = re.compile(r"^[+-]?\d{1,2}(,\d{2})+,\d{3}$")
_PLAIN = r"^[+-]?[0-9]{1,13}(\.[0-9]{1,4}0*)?$"
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$")


@dataclass(frozen=True)
class NumberStyle:
    """How a source writes numbers.

    Attributes:
        decimal: Decimal sign.
        thousands: Thousands separator; None takes the usual partner of the decimal sign.
        scale: Factor that values are multiplied with.
        percent: Whether `50 %` may stand for 0.5.
    """

    decimal: str = "."
    thousands: str | None = None
    scale: Decimal = Decimal(1)
    percent: bool = False

    @property
    def separator(self) -> str:
        """The thousands separator in force."""
        return {".": ",", ",": "."}[self.decimal] if self.thousands is None else self.thousands


def parse_number(text: str, style: NumberStyle) -> Decimal:
    """Return the number that `text` says.

    Args:
        text: Cell text.
        style: How the source writes numbers.

    Raises:
        ValueError: The text is no number in this style; the message says how to mend it.

    Examples:
        >>> parse_number("¥1,234.50", NumberStyle())
        Decimal('1234.50')
        >>> parse_number("(1.234,5)", NumberStyle(decimal=","))
        Decimal('-1234.5')
        >>> parse_number("12.5万", NumberStyle())
        Decimal('125000.0')
        >>> parse_number("１，２３４", NumberStyle()), parse_number("50 %", NumberStyle(percent=True))
        (Decimal('1234'), Decimal('0.50'))
    """
    if len(text) > _LONGEST:
        raise ValueError("no number is that long; look for a missing quote or delimiter")
    bare = _SIGNS.sub("", text.translate(_FORMS))
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1] if negative else bare
    if bare.endswith("-"):
        negative, bare = True, bare[:-1]
    bare, unit = _unit_of(bare, style)
    bare = _ungrouped(bare, style)
    if not _NUMBER.match(bare) or not bare.isascii():
        raise ValueError(_advice(text, style))
    try:
        number = Decimal(bare) * unit * style.scale
    except InvalidOperation as error:
        raise ValueError("write a plain number") from error
    return -number if negative else number


def _unit_of(text: str, style: NumberStyle) -> tuple[str, Decimal]:
    """Return the text without the unit behind it, and what the unit multiplies with."""
    last = text[-1:]
    if last == "%":
        if not style.percent:
            raise ValueError("a percentage is no amount; map the column that holds the amount itself")
        return text[:-1], Decimal("0.01")
    if last not in _UNITS:
        return text, Decimal(1)
    if style.scale != 1:
        raise ValueError("the value names its own unit and the mapping declares a scale; remove one of the two")
    return text[:-1], _UNITS[last]


def _ungrouped(text: str, style: NumberStyle) -> str:
    """Return the text without thousands separators and with a decimal point."""
    whole, sign, rest = text.partition(style.decimal)
    separator = style.separator
    if separator and separator in whole:
        grouped = re.match(rf"^[+-]?\d{{1,3}}({re.escape(separator)}\d{{3}})+$", whole)
        if not grouped and not (separator == "," and _INDIAN.match(whole)):
            raise ValueError(_advice(text, style))
        whole = whole.replace(separator, "")
    return f"{whole}.{rest}" if sign else whole


def _advice(text: str, style: NumberStyle) -> str:
    """Say what would make the text a number."""
    other = "," if style.decimal == "." else "."
    if "'" in text.translate(_FORMS):
        return 'write a plain number, or set `thousands: "\'"` for this column'
    if re.search(r"\d\s*[kKmM]$", text):
        return "write the number out: k and m do not mean the same everywhere; or set `scale:` for this column"
    if other in text:
        return f"write a plain number, or set `decimal: '{other}'` or `thousands:` for this column"
    return "write a plain number, or list the text under `nulls:` if it means no value"


def to_money(texts: pa.Array, style: NumberStyle) -> tuple[pa.Array, dict[int, str]]:
    """Return exact amounts, and the mend for each row that is no number.

    Args:
        texts: Cell texts, null where there is no value, shape (n_rows,).
        style: How the source writes numbers.

    Returns:
        Decimals of the same shape, rounded to four places half to even, null where the text is refused; and the
        refused rows with the way to mend each.
    """
    plain = pc.all(pc.match_substring_regex(texts, _PLAIN)).as_py() if style.decimal == "." else False
    if plain is not False and style.scale == 1:
        return texts.cast(pa.decimal128(38, 18)).cast(MONEY), {}
    values, faults = _each(texts, style)
    quantum = Decimal("0.0001")
    amounts = [None if v is None else v.quantize(quantum) for v in values]
    return pa.array(amounts, MONEY), faults


def to_number(texts: pa.Array, style: NumberStyle) -> tuple[pa.Array, dict[int, str]]:
    """Return floats, and the mend for each row that is no number; see `to_money`."""
    values, faults = _each(texts, replace(style, percent=True))
    return pa.array([None if v is None else float(v) for v in values], pa.float64()), faults


def _each(texts: pa.Array, style: NumberStyle) -> tuple[list[Decimal | None], dict[int, str]]:
    """Parse each distinct text once."""
    coded = texts.dictionary_encode()
    parsed: list[Decimal | None] = []
    mends: dict[int, str] = {}
    for position, text in enumerate(coded.dictionary.to_pylist()):
        try:
            number = parse_number(text, style)
            if abs(number) > LARGEST:
                raise ValueError("amounts above 1e12 are not believed; check the unit")
            parsed.append(number)
        except ValueError as error:
            parsed.append(None)
            mends[position] = str(error)
    codes = coded.indices.to_pylist()
    values = [None if code is None else parsed[code] for code in codes]
    faults = {row: mends[code] for row, code in enumerate(codes) if code in mends} if mends else {}
    return values, faults
