"""Numbers as people write them in English and Chinese: points, money, shares, counts, days, dates."""

from __future__ import annotations

from datetime import date

from features.domain.errors import UsageError

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}
"""Signs that stand before an amount in English; other currencies keep their code."""

ZH_CURRENCIES = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元"}
"""Names that stand after an amount in Chinese; other currencies keep their code."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

UNITS = ("currency", "share", "count", "days", "ratio", "points")
"""Every unit that a value can have."""

LANGUAGES = ("en", "zh")

_MAX_DIGITS = 6


def number(value: float, digits: int = 0) -> str:
    """Return `value` with thousands separators and a true minus sign.

    Examples:
        >>> number(-12345.678, 1)
        '−12,345.7'
    """
    text = f"{abs(value):,.{digits}f}"
    negative = value < 0 and any(character in "123456789" for character in text)
    return f"−{text}" if negative else text


def points(value: float, lang: str, *, signed: bool = True) -> str:
    """Return points of quota with one decimal, signed unless told otherwise.

    Examples:
        >>> points(-4.0, "en"), points(5.49, "zh"), points(1.0, "en")
        ('−4.0 points', '+5.5 个百分点', '+1.0 point')
    """
    text = number(value, 1)
    if signed and not text.startswith("−") and text != "0.0":
        text = f"+{text}"
    unit = "个百分点" if lang == "zh" else ("point" if text.lstrip("+−") == "1.0" else "points")
    return f"{text} {unit}"


def money(value: float, currency: str, lang: str, digits: int = 0) -> str:
    """Return an amount the way people of the language shorten it.

    Args:
        value: Amount.
        currency: ISO code; "" when unknown.
        lang: `en` or `zh`.
        digits: Digits beyond the usual ones.

    Returns:
        English in K and M, Chinese in 万 and 亿.

    Examples:
        >>> money(2_400_000, "CNY", "en"), money(2_400_000, "CNY", "zh"), money(165_000_000, "CNY", "zh")
        ('¥2.40M', '240 万元', '1.65 亿元')
        >>> money(98_200, "EUR", "en"), money(98_200, "USD", "zh"), money(-950, "SEK", "en")
        ('€98.2K', '9.8 万美元', '−SEK 950')
    """
    return _money_zh(value, currency, digits) if lang == "zh" else _money_en(value, currency, digits)


def _money_en(value: float, currency: str, digits: int) -> str:
    size = abs(value)
    if size >= 999_500:
        body = f"{size / 1e6:,.{2 + digits}f}M"
    elif size >= 10_000:
        body = f"{size / 1e3:,.{1 + digits}f}K"
    else:
        body = f"{size:,.{digits}f}"
    sign = "−" if value < 0 and any(character in "123456789" for character in body) else ""
    symbol = SYMBOLS.get(currency) or (f"{currency} " if currency else "")
    return f"{sign}{symbol}{body}"


def _money_zh(value: float, currency: str, digits: int) -> str:
    size = abs(value)
    if size >= 1e8:
        body, unit = f"{size / 1e8:,.{2 + digits}f}", "亿"
    elif size >= 1e6:
        body, unit = f"{size / 1e4:,.{digits}f}", "万"
    elif size >= 1e4:
        body, unit = f"{size / 1e4:,.{1 + digits}f}", "万"
    else:
        body, unit = f"{size:,.{digits}f}", ""
    sign = "−" if value < 0 and any(character in "123456789" for character in body) else ""
    name = ZH_CURRENCIES.get(currency, f" {currency}" if currency and unit else currency)
    return f"{sign}{body} {unit}{name}".rstrip()


def quantity(value: float, unit: str, lang: str, *, currency: str = "", digits: int = 0) -> str:
    """Return one value in its unit.

    Args:
        value: The value, in the unit.
        unit: One of `UNITS`.
        lang: `en` or `zh`.
        currency: ISO code, for amounts.
        digits: Digits beyond the usual ones of the unit.

    Returns:
        Text with its unit; a count stands alone, its sentence says what is counted.

    Raises:
        UsageError: The unit or the language is not known.

    Examples:
        >>> quantity(0.314, "share", "en"), quantity(62.0, "days", "zh"), quantity(1.6, "ratio", "en")
        ('31%', '62 天', '1.6×')
    """
    if unit not in UNITS or lang not in LANGUAGES:
        raise UsageError(f"no wording for unit {unit!r} in {lang!r}; units are {UNITS}, languages {LANGUAGES}")
    if unit == "currency":
        return money(value, currency, lang, digits)
    if unit == "share":
        return f"{number(100 * value, digits)}%"
    if unit == "days":
        text = number(value, digits)
        return f"{text} 天" if lang == "zh" else f"{text} {'day' if text == '1' else 'days'}"
    if unit == "ratio":
        return f"{number(value, 1 + digits)}{' 倍' if lang == 'zh' else '×'}"
    return points(value, lang) if unit == "points" else number(value, digits)


def pair(value: float, reference: float, unit: str, lang: str, *, currency: str = "") -> tuple[str, str]:
    """Return both values with as many digits as it takes to tell them apart; equal values stay short.

    Examples:
        >>> pair(12.4, 11.9, "count", "en"), pair(12.0, 16.0, "count", "en")
        (('12.4', '11.9'), ('12', '16'))
    """
    texts = ("", "")
    for digits in range(_MAX_DIGITS):
        texts = (
            quantity(value, unit, lang, currency=currency, digits=digits),
            quantity(reference, unit, lang, currency=currency, digits=digits),
        )
        if texts[0] != texts[1] or value == reference:
            break
    return texts


def day(value: date, lang: str) -> str:
    """Return a date that cannot be misread.

    Examples:
        >>> day(date(2026, 11, 3), "en"), day(date(2026, 11, 3), "zh")
        ('3 Nov 2026', '2026-11-03')
    """
    return value.isoformat() if lang == "zh" else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def comparison(value: float, reference: float, lang: str) -> str:
    """Return the word that says on which side of the reference the value lies.

    Examples:
        >>> comparison(12.0, 16.0, "en"), comparison(3.0, 1.0, "zh"), comparison(2.0, 2.0, "en")
        ('below', '高于', 'equal to')
    """
    if value == reference:
        return "等于" if lang == "zh" else "equal to"
    above = value > reference
    if lang == "zh":
        return "高于" if above else "低于"
    return "above" if above else "below"
