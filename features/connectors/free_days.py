"""Public holidays of a country as days: what `calendar.country` of a mapping stands for.

The days come from the `holidays` package, which also knows the weekend days on which China works in return for
longer holidays (调休), for the years whose arrangement was published when the package was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays
from holidays.constants import PUBLIC

from features.connectors.misfits import Saying, wrong

YEARS_AHEAD = 2
"""Years after the newest fact whose holidays are listed too: periods that are forecast may end there."""


def check_country(country: str, region: str | None = None) -> None:
    """Check that the holidays of a country, or of a region in it, are known.

    Args:
        country: ISO 3166-1 alpha-2 code.
        region: ISO 3166-2 code of a part of it, without the country.

    Raises:
        ValueError: They are not; the message says what is.
    """
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise wrong("unknown country", country=country)
    if region is not None and region not in known[country]:
        choices = known[country] or Saying("no regions", {})
        raise wrong("unknown region", region=region, country=country, choices=choices)


def free_days(country: str, years: Iterable[int], region: str | None = None) -> tuple[list[date], list[date]]:
    """Return the public holidays of some years, and the weekend days that are worked in return.

    Args:
        country: ISO 3166-1 alpha-2 code.
        years: Calendar years.
        region: ISO 3166-2 code of a part of it, without the country.

    Returns:
        Both in order; the second is empty for countries that shift no days.

    Examples:
        >>> free, worked = free_days("CN", [2024])
        >>> date(2024, 10, 7) in free, date(2024, 10, 12) in worked
        (True, True)
    """
    wanted = sorted(set(years))
    found = holidays.country_holidays(country, subdiv=region, years=wanted, categories=(PUBLIC,))
    worked: set[date] = getattr(found, "weekend_workdays", set())
    return (
        sorted(day for day in found if day.year in wanted),
        sorted(day for day in worked if day.year in wanted),
    )


def years_of(days: Iterable[str]) -> range:
    """Return the years from the first day to some years after the last one.

    Args:
        days: ISO days, in any order; empty texts are passed over.

    Examples:
        >>> years_of(["2023-05-01", "", "2024-01-31"])
        range(2023, 2027)
    """
    found = [int(day[:4]) for day in days if day]
    return range(min(found), max(found) + YEARS_AHEAD + 1) if found else range(0)
