"""Numbers, money and days as people in each language write them."""

from __future__ import annotations

from datetime import date, datetime

MINUS = "\u2212"
DASH = "\u2013"
SYMBOLS = {"USD": "$", "CNY": "¥", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}
UNITS_ZH = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "INR": "卢比", "KRW": "韩元"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def money(amount: float, currency: str, lang: str) -> str:
    """Return an amount to three figures or so, in the unit that people count in.

    Args:
        amount: In `currency`.
        currency: ISO 4217 code.
        lang: `en` or `zh`.

    Examples:
        >>> money(2_400_000, "CNY", "en"), money(2_400_000, "CNY", "zh")
        ('¥2.40M', '240 万元')
        >>> money(138_000, "USD", "en"), money(138_000, "USD", "zh")
        ('$138K', '13.8 万美元')
        >>> money(165_000_000, "CNY", "zh"), money(-950, "EUR", "en")
        ('1.65 亿元', '−€950')
    """
    sign, size = (MINUS if round(amount) < 0 else ""), abs(amount)
    if lang == "zh":
        return f"{sign}{_chinese(size)}{UNITS_ZH.get(currency, ' ' + currency)}"
    symbol = SYMBOLS.get(currency, currency + "\u00a0")
    return f"{sign}{symbol}{_english(size)}"


def percent(share: float) -> str:
    """Return a share as whole percent.

    Examples:
        >>> percent(0.816), percent(-0.04)
        ('82%', '−4%')
    """
    whole = round(share * 100)
    return f"{MINUS if whole < 0 else ''}{abs(whole)}%"


def percent_range(low: float, high: float, lang: str) -> str:
    """Return a range of shares.

    Examples:
        >>> percent_range(0.68, 0.97, "en"), percent_range(0.68, 0.97, "zh")
        ('68–97%', '68%–97%')
        >>> percent_range(-0.05, 0.2, "en")
        '−5% to 20%'
    """
    if lang == "zh":
        return f"{percent(low)}{DASH}{percent(high)}" if low >= 0 else f"{percent(low)} 至 {percent(high)}"
    return (
        f"{percent(low)[:-1]}{DASH}{percent(high)}" if round(low * 100) >= 0 else f"{percent(low)} to {percent(high)}"
    )


def money_range(low: float, high: float, currency: str, lang: str) -> str:
    """Return a range of amounts.

    Examples:
        >>> money_range(1_520_000, 1_750_000, "CNY", "en")
        '¥1.52M–¥1.75M'
        >>> money_range(1_620_000, 2_320_000, "CNY", "zh"), money_range(-95_000, 2_320_000, "CNY", "zh")
        ('162–232 万元', '−9.5 万元 至 232 万元')
    """
    first, last = money(low, currency, lang), money(high, currency, lang)
    if MINUS in first + last:
        return f"{first} 至 {last}" if lang == "zh" else f"{first} to {last}"
    number, _, unit = first.partition(" ")
    if lang == "zh" and last.endswith(f" {unit}"):
        return f"{number}{DASH}{last}"
    return f"{first}{DASH}{last}"


def signed(points: float, digits: int = 1) -> str:
    """Return a signed number of points with a true minus.

    Examples:
        >>> signed(5.46), signed(-4.0), signed(0.04)
        ('+5.5', '−4.0', '0.0')
    """
    rounded = round(points, digits)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.{digits}f}"


def chance(probability: float, lang: str) -> str:
    """Return a chance as a count of twenty in English, as percent in Chinese.

    Examples:
        >>> chance(0.44, "en"), chance(0.44, "zh"), chance(0.01, "en"), chance(0.99, "zh")
        ('9 in 20', '44%', '<1 in 20', '95% 以上')
    """
    if lang == "zh":
        return "不到 5%" if probability < 0.05 else "95% 以上" if probability > 0.95 else percent(probability)
    if probability < 0.05:
        return "<1 in 20"
    return ">19 in 20" if probability > 0.95 else f"{min(max(round(probability * 20), 1), 19)} in 20"


def value(amount: float | None, unit: str, currency: str, lang: str) -> str:
    """Return the value of a KPI or driver in its unit; a dash where there is none.

    Args:
        amount: The value.
        unit: `currency`, `share`, `count`, `days`, `ratio` or `points`.
        currency: ISO 4217 code, used by `currency`.
        lang: `en` or `zh`.

    Examples:
        >>> value(0.31, "share", "USD", "en"), value(1.6, "ratio", "USD", "en"), value(62, "days", "USD", "zh")
        ('31%', '1.6×', '62 天')
        >>> value(0.05, "ratio", "USD", "en")
        '0.05×'
    """
    if amount is None:
        return "—"
    if unit == "currency":
        return money(amount, currency, lang)
    if unit == "share":
        return percent(amount)
    if unit == "ratio":
        return f"{amount:.2f}×" if 0 < abs(amount) < 1 else f"{_plain(amount)}×"
    suffix = {"days": (" days", " 天"), "points": (" pts", " 个百分点")}.get(unit, ("", ""))
    return _plain(amount) + suffix[lang == "zh"]


def day(moment: date, lang: str, *, year: bool = True) -> str:
    """Return a day.

    Examples:
        >>> day(date(2026, 11, 23), "en"), day(date(2026, 11, 23), "zh"), day(date(2026, 11, 3), "en", year=False)
        ('23 Nov 2026', '2026-11-23', '3 Nov')
    """
    if lang == "zh":
        return moment.isoformat() if year else f"{moment.month} 月 {moment.day} 日"
    return f"{moment.day} {MONTHS[moment.month - 1]}" + (f" {moment.year}" if year else "")


def moment(instant: datetime, lang: str) -> str:
    """Return a moment to the minute, in UTC.

    Examples:
        >>> moment(datetime(2026, 11, 23, 6, 0), "en")
        'Mon 23 Nov 2026, 06:00 UTC'
    """
    clock = f"{instant:%H:%M} UTC"
    if lang == "zh":
        return f"{instant:%Y-%m-%d} {clock}"
    return f"{DAYS[instant.weekday()]} {day(instant.date(), lang)}, {clock}"


def period(start: date, end: date, lang: str) -> str:
    """Return the name of a quota period, unambiguous for any fiscal year.

    Examples:
        >>> period(date(2026, 10, 1), date(2026, 12, 31), "en"), period(date(2026, 10, 1), date(2026, 12, 31), "zh")
        ('Oct–Dec 2026', '2026 年 10–12 月')
        >>> period(date(2026, 6, 1), date(2026, 6, 30), "en"), period(date(2026, 7, 1), date(2027, 6, 30), "en")
        ('Jun 2026', 'Jul 2026–Jun 2027')
    """
    same_year, same_month = start.year == end.year, (start.year, start.month) == (end.year, end.month)
    if lang == "zh":
        head = f"{start.year} 年 {start.month}"
        if same_month:
            return f"{head} 月"
        return f"{head}{DASH}{end.month} 月" if same_year else f"{head} 月{DASH}{end.year} 年 {end.month} 月"
    first, last = MONTHS[start.month - 1], MONTHS[end.month - 1]
    if same_month:
        return f"{first} {start.year}"
    return f"{first}{DASH}{last} {end.year}" if same_year else f"{first} {start.year}{DASH}{last} {end.year}"


def _english(size: float) -> str:
    if size >= 999_500_000:
        return f"{size / 1e9:.2f}B"
    if size >= 999_500:
        return f"{size / 1e6:.2f}M"
    return f"{size / 1e3:.0f}K" if size >= 10_000 else f"{size:,.0f}"


def _chinese(size: float) -> str:
    if size >= 99_995_000:
        return f"{size / 1e8:.2f} 亿"
    if size >= 9_999.5:
        tens = size / 1e4
        return f"{tens:,.0f} 万" if tens >= 100 else f"{round(tens, 1):g} 万"
    return f"{size:,.0f} "


def _plain(amount: float) -> str:
    rounded = round(amount, 1)
    text = f"{abs(rounded):,.0f}" if rounded == round(rounded) else f"{abs(rounded):,.1f}"
    return (MINUS if rounded < 0 else "") + text
