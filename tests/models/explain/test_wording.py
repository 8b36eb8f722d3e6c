"""Numbers in words: the cases that formatting libraries get wrong in Chinese, and signs that must survive."""

from __future__ import annotations

from datetime import date

import pytest

from features.domain.errors import UsageError
from models.explain.wording import comparison, day, money, number, pair, points, quantity


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (2_400_000, "¥2.40M", "240 万元"),
        (165_000_000, "¥165.00M", "1.65 亿元"),
        (100_000_000, "¥100.00M", "1.00 亿元"),
        (980_000, "¥980.0K", "98.0 万元"),
        (12_525, "¥12.5K", "1.3 万元"),
        (9_999, "¥9,999", "9,999 元"),
        (0, "¥0", "0 元"),
        (-45_000, "−¥45.0K", "−4.5 万元"),
        (-0.2, "¥0", "0 元"),
        (999_600, "¥1.00M", "100.0 万元"),
    ],
)
def test_amounts_are_shortened_as_people_write_them(value: float, en: str, zh: str) -> None:
    assert money(value, "CNY", "en") == en
    assert money(value, "CNY", "zh") == zh


@pytest.mark.parametrize(
    ("currency", "en", "zh"),
    [("USD", "$20.0K", "2.0 万美元"), ("SEK", "SEK 20.0K", "2.0 万 SEK"), ("", "20.0K", "2.0 万")],
)
def test_other_currencies_keep_their_sign_or_code(currency: str, en: str, zh: str) -> None:
    assert money(20_000, currency, "en") == en
    assert money(20_000, currency, "zh") == zh


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (5.5, "+5.5 points", "+5.5 个百分点"),
        (-4.0, "−4.0 points", "−4.0 个百分点"),
        (1.0, "+1.0 point", "+1.0 个百分点"),
        (-1.0, "−1.0 point", "−1.0 个百分点"),
        (0.04, "0.0 points", "0.0 个百分点"),
        (-0.04, "0.0 points", "0.0 个百分点"),
    ],
)
def test_points_carry_a_sign_and_a_unit(value: float, en: str, zh: str) -> None:
    assert (points(value, "en"), points(value, "zh")) == (en, zh)


def test_points_without_sign_when_they_are_a_level() -> None:
    assert points(82.0, "en", signed=False) == "82.0 points"


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (0.314, "share", "31%", "31%"),
        (1.0, "days", "1 day", "1 天"),
        (62.0, "days", "62 days", "62 天"),
        (1.6, "ratio", "1.6×", "1.6 倍"),
        (12.0, "count", "12", "12"),
        (3.0, "points", "+3.0 points", "+3.0 个百分点"),
    ],
)
def test_every_unit_has_words(value: float, unit: str, en: str, zh: str) -> None:
    assert (quantity(value, unit, "en"), quantity(value, unit, "zh")) == (en, zh)


def test_an_unknown_unit_or_language_is_refused() -> None:
    with pytest.raises(UsageError, match="no wording for unit 'furlongs' in 'en'"):
        quantity(1.0, "furlongs", "en")
    with pytest.raises(UsageError, match="'fr'"):
        quantity(1.0, "count", "fr")


@pytest.mark.parametrize(
    ("value", "reference", "unit", "texts"),
    [
        (12.0, 16.0, "count", ("12", "16")),
        (12.4, 11.9, "count", ("12.4", "11.9")),
        (0.3142, 0.3139, "share", ("31.42%", "31.39%")),
        (2_401_000.0, 2_404_000.0, "currency", ("¥2.401M", "¥2.404M")),
    ],
)
def test_two_different_values_never_read_the_same(
    value: float, reference: float, unit: str, texts: tuple[str, str]
) -> None:
    assert pair(value, reference, unit, "en", currency="CNY") == texts


def test_equal_values_read_the_same() -> None:
    assert pair(0.5494505, 0.5494505, "share", "en") == ("55%", "55%")


def test_minus_is_a_true_minus_and_zero_has_none() -> None:
    assert number(-1234.5, 1) == "−1,234.5"
    assert number(-0.01) == "0"


def test_dates_cannot_be_misread() -> None:
    assert day(date(2026, 3, 4), "en") == "4 Mar 2026"
    assert day(date(2026, 3, 4), "zh") == "2026-03-04"


@pytest.mark.parametrize(
    ("value", "reference", "en", "zh"), [(2, 1, "above", "高于"), (1, 2, "below", "低于"), (1, 1, "equal to", "等于")]
)
def test_comparison_names_the_side(value: float, reference: float, en: str, zh: str) -> None:
    assert (comparison(value, reference, "en"), comparison(value, reference, "zh")) == (en, zh)
