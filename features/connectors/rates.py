"""Rates between currencies: what one unit of another currency is worth in the company's, from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from features.connectors.columns import Columns
from features.connectors.dates import DateStyle, to_day
from features.connectors.language import Mapping, RatesSpec
from features.connectors.numbers import NumberStyle, to_number
from features.connectors.shape import Lookup
from features.contracts.faults import Fault

ALWAYS = date(1, 1, 1)
"""Day from which a plan rate holds: it has no date."""

NEWEST = date(9999, 12, 31)
"""Day of what has no day of its own: the newest rate holds on it."""

_RATE_TYPE = pa.decimal128(18, 8)
_RATE_SCHEMA = pa.schema([("currency", pa.string()), ("valid_from", pa.date32()), ("rate", _RATE_TYPE)])
_SMALLEST = Decimal("1e-8")


@dataclass(frozen=True)
class Rates:
    """What one unit of a currency is worth, from a day on.

    Attributes:
        table: Columns `currency`, `valid_from` and `rate` (> 0), one row per currency and day.
        quoted_in_company: Whether a rate says units of the company's currency per unit of the other; else the reverse.
    """

    table: pa.Table
    quoted_in_company: bool = True

    @property
    def given(self) -> bool:
        """Whether the source brings any rate."""
        return bool(self.table.num_rows)

    def worth(self, amount: str, rate: str = "rate") -> str:
        """Return SQL for an amount in the company's currency, exact to 4 decimals.

        Args:
            amount: SQL of the amount in the other currency.
            rate: SQL of the rate as it is quoted.
        """
        if self.quoted_in_company:
            return f"CAST({amount} * {rate} AS DECIMAL(18, 4))"
        return f"CAST(round(CAST({amount} AS DOUBLE) / CAST({rate} AS DOUBLE), 4) AS DECIMAL(18, 4))"


NO_RATES = Rates(_RATE_SCHEMA.empty_table())


@dataclass(frozen=True)
class _Line:
    """One line of a file of rates: what could be read of it, and what it says as text."""

    row: int
    code: str
    day: date | None
    rate: Decimal | None
    text: str
    mend: str

    @property
    def is_whole(self) -> bool:
        return bool(self.code) and self.day is not None and self.rate is not None


def read_rates(spec: RatesSpec, lookup: Lookup, mapping: Mapping) -> tuple[Rates, list[Fault]]:
    """Return the rates that a source brings, and a fault for each line that is none.

    Args:
        spec: Which columns hold them.
        lookup: The file.
        mapping: For zones.

    Raises:
        MappingError: The file has no such column.
    """
    rows: dict[tuple[str, date | None], Decimal | None] = {}
    faults = []
    for line in _lines(spec, Columns(lookup.table, lookup.header, mapping.nulls), mapping.calendar.zone):
        if not line.is_whole or rows.setdefault((line.code, line.day), line.rate) != line.rate:
            place = int(lookup.lines[line.row])
            faults.append(Fault(lookup.file, place, "rates", spec.rate, "not a rate", line.text, line.mend))
    ordered = sorted(rows.items(), key=str)
    table = pa.table(
        [[code for (code, _), _ in ordered], [day for (_, day), _ in ordered], [rate for _, rate in ordered]],
        schema=_RATE_SCHEMA,
    )
    return Rates(table, spec.quoted == "company_per_unit"), faults


def _lines(spec: RatesSpec, columns: Columns, zone: str) -> Iterator[_Line]:
    """Yield what each line says."""
    codes, texts = columns.text(spec.currency).to_pylist(), columns.text(spec.rate)
    numbers, unread = to_number(texts, NumberStyle())
    days: list[date | None] = [ALWAYS] * columns.rows
    undated: dict[int, str] = {}
    if spec.valid_from is not None:
        found, undated = to_day(columns.text(spec.valid_from), DateStyle(tuple(spec.format), zone, zone))
        days = found.to_pylist()
    for row, number in enumerate(numbers.to_pylist()):
        mend = undated.get(row) or unread.get(row) or "give each currency one rate above zero per day"
        yield _Line(row, (codes[row] or "").upper(), days[row], _rate(number), str(texts[row].as_py() or ""), mend)


def _rate(number: float | None) -> Decimal | None:
    """Return a number as a rate; None for what is not above zero at 8 decimals."""
    if number is None or number <= 0:
        return None
    return Decimal(repr(number)).quantize(_SMALLEST) or None


def no_rate(table: str, company: str, place: tuple[str, int], code: str, day: date) -> Fault:
    """Return the fault of a row whose amount cannot be turned into the company's currency.

    Args:
        table: Canonical table.
        company: The company's currency.
        place: File and line.
        code: Currency of the row.
        day: Day whose rate is missing.
    """
    when = "" if day == NEWEST else f" on {day}"
    mend = (
        f"no rate from {code} to {company} is known{when}: add one to the file of `rates`, "
        f"or set `currency: {code}` if that is what the company counts in"
    )
    return Fault(place[0], int(place[1]), table, "currency", "no rate", code, mend)
