"""Fiscal years of whole weeks, as retailers keep them: twelve periods of four or five weeks, listed year by year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise

from features.domain.time import Period

WEEKS_OF_A_QUARTER = 13


@dataclass(frozen=True)
class RetailYears:
    """Fiscal years of 52 or 53 weeks.

    Attributes:
        starts: First day of each fiscal year, ascending; the last one only ends the year before it.
        pattern: Weeks of the three months of a quarter; a 53rd week belongs to the last month.

    Examples:
        >>> years = RetailYears(((2023, date(2023, 1, 29)), (2024, date(2024, 2, 4))))
        >>> years.months(2023)[0]
        Period(start=datetime.date(2023, 1, 29), end=datetime.date(2023, 2, 25))
        >>> years.months(2023)[-1].days // 7
        6
    """

    starts: tuple[tuple[int, date], ...]
    pattern: tuple[int, int, int] = (4, 4, 5)

    def months(self, year: int) -> list[Period]:
        """Return the twelve periods of a fiscal year, none if the year is not listed."""
        return self._cut(year, [weeks for _ in range(4) for weeks in self.pattern])

    def quarters(self, year: int) -> list[Period]:
        """Return the four quarters of a fiscal year, none if the year is not listed."""
        return self._cut(year, [WEEKS_OF_A_QUARTER] * 4)

    def weeks(self, year: int) -> list[Period]:
        """Return the weeks of a fiscal year, none if the year is not listed."""
        whole = self.year(year)
        return [] if whole is None else self._cut(year, [1] * (whole.days // 7))

    def year(self, year: int) -> Period | None:
        """Return a whole fiscal year, None if it is not listed."""
        for (name, start), (_, after) in pairwise(self.starts):
            if name == year:
                return Period(start, after - timedelta(days=1))
        return None

    def parts(self, year: int, grain: str) -> list[Period]:
        """Return the periods of a fiscal year, by `week`, `month`, `quarter` or `year`; none if it is not listed."""
        whole = self.year(year)
        if whole is None:
            return []
        if grain == "year":
            return [whole]
        return {"week": self.weeks, "month": self.months, "quarter": self.quarters}[grain](year)

    def containing(self, day: date, grain: str) -> Period | None:
        """Return the period of a grain that holds a day, None where no listed year does."""
        held = (name for (name, start), (_, after) in pairwise(self.starts) if start <= day < after)
        return next((part for name in held for part in self.parts(name, grain) if part.contains(day)), None)

    def _cut(self, year: int, weeks: list[int]) -> list[Period]:
        whole = self.year(year)
        if whole is None:
            return []
        begins = [whole.start + timedelta(weeks=n) for n in accumulate(weeks[:-1], initial=0)]
        ends = [*(begin - timedelta(days=1) for begin in begins[1:]), whole.end]
        return [Period(begin, end) for begin, end in zip(begins, ends, strict=True)]
