"""Names of simulated people, teams and accounts; none is meant to be a real person or company."""

from __future__ import annotations

from itertools import count

import numpy as np


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN = _words(
    "Jie Marco Aisha Wei Lucia Tomas Yan Priya Daniel Ingrid Hao Sofia Omar Lin Elena Kenji Fatima Min Jonas Camila "
    "Xin Mateo Hana Bo Nadia Felix Ling Arjun Clara Tao Amara Viktor Ying Rafael Mei Oliver Leila Jun Paula Samir Na "
    "Henrik Dana Peng Ines Kofi Rui Maya Anton Qian Zoe Diego Fang Noor Emil Lan Isabel Ravi Kai Teresa"
)
FAMILY_WEST = _words(
    "Silva Rossi Novak Costa Haddad Larsen Mehta Okafor Weber Moreau Santos Keller Ibrahim Lindgren Fischer Duarte Rao "
    "Nowak Petit Andersen Marino Torres Kaya Bauer Osei Romano Vega Holm Farah Lehmann Sato Mori Kim Park Suarez "
    "Dubois Klein Pereira Nair Jensen"
)
FAMILY_CHINA = _words("Chen Wang Li Zhang Liu Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo")
GIVEN_CHINA = frozenset(_words("Jie Wei Yan Hao Lin Min Xin Bo Ling Tao Ying Mei Jun Na Peng Rui Qian Fang Lan Kai"))
REGIONS = ("North America", "EMEA", "Greater China", "Latin America", "Asia Pacific")
COUNTRIES = (
    ("United States", "Canada"),
    ("Germany", "France", "United Kingdom", "Italy"),
    ("China",),
    ("Brazil", "Mexico", "Chile"),
    ("Japan", "Singapore", "Australia", "India"),
)
SEGMENT_TITLES = ("Small Business", "Mid-Market", "Enterprise")
INDUSTRIES = ("Manufacturing", "Retail", "Technology", "Healthcare", "Finance", "Logistics", "Education", "Energy")
ACCOUNT_FIRST = _words(
    "Amber Birch Cobalt Delta Ember Falcon Granite Harbor Indigo Juniper Kestrel Lumen Maple Nimbus Orchid Pioneer "
    "Quartz River Summit Tidal Umbra Vertex Willow Xenon Yarrow Zephyr Alder Beacon Cedar Drift Echo Fjord Glacier "
    "Horizon Iris Jade Keystone Lotus Meridian Nova Opal Prism Quill Ridge Sable Terra Ultra Vista Westward "
    "Apex"
)
ACCOUNT_SECOND = _words(
    "Foods Systems Logistics Textiles Energy Health Robotics Media Capital Motors Labs Paper Marine Optics Plastics "
    "Networks Farms Steel Travel Learning"
)
ACCOUNT_FORM = ("Group", "Ltd", "Inc", "Co", "Partners")


def people_names(rng: np.random.Generator, number: int) -> list[str]:
    """Return `number` different full names; Chinese ones stand family name first.

    Examples:
        >>> len(set(people_names(np.random.default_rng(1), 2000)))
        2000
    """
    names: list[str] = []
    taken: set[str] = set()
    for given in rng.integers(len(GIVEN), size=number):
        names.append(_unused(GIVEN[given], rng, taken))
        taken.add(names[-1])
    return names


def _unused(given: str, rng: np.random.Generator, taken: set[str]) -> str:
    """Return a full name with `given` that nobody carries yet, with a middle initial or a number where all are gone."""
    families = FAMILY_CHINA if given in GIVEN_CHINA else FAMILY_WEST
    order = rng.permutation(len(families))
    for attempt in count():
        for index in order:
            family = families[index] if attempt == 0 else f"{families[index]} {_ordinal(attempt)}"
            name = f"{family} {given}" if given in GIVEN_CHINA else f"{given} {family}"
            if name not in taken:
                return name
    raise AssertionError("count() never ends")


def _ordinal(attempt: int) -> str:
    return chr(ord("A") + attempt - 1) + "." if attempt <= 26 else str(attempt)


def account_name(index: int) -> str:
    """Return the name of an account; different for each index.

    Examples:
        >>> account_name(0), account_name(1), account_name(5000)
        ('Amber Foods Group', 'Alder Steel Partners', 'Amber Foods Group 2')
    """
    size = len(ACCOUNT_FIRST) * len(ACCOUNT_SECOND) * len(ACCOUNT_FORM)
    # 2689 shares no factor with 5,000, so every combination comes once before the first repeats
    place = index * 2689 % size
    first, rest = place // (len(ACCOUNT_SECOND) * len(ACCOUNT_FORM)), place % (len(ACCOUNT_SECOND) * len(ACCOUNT_FORM))
    name = (
        f"{ACCOUNT_FIRST[first]} {ACCOUNT_SECOND[rest // len(ACCOUNT_FORM)]} {ACCOUNT_FORM[rest % len(ACCOUNT_FORM)]}"
    )
    return name if index < size else f"{name} {index // size + 1}"


def team_name(region: int, segment: str, number: int) -> str:
    """Return the name of a team.

    Examples:
        >>> team_name(1, "Enterprise", 2)
        'EMEA Enterprise 2'
    """
    return f"{REGIONS[region]} {segment} {number}"
