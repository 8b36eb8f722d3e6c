"""The sentences of faults of a dataset in English and Chinese, made from their figures; the web reads them too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORDS: dict[str, tuple[str, str]] = {
    "scale": (
        "bookings are {median_ratio:.4g} times quota (median of {pairs:.0f} reps and closed periods, expected between "
        "{low:g} and {high:g}): the two are hardly in the same unit; set `scale` for the amount of bookings "
        "or quotas in the mapping, or map the column that quotas are set for",
        "业绩为目标的 {median_ratio:.4g} 倍（{pairs:.0f} 个已结束的人期的中位数，"
        "正常应在 {low:g} 与 {high:g} 之间）：两者的单位很可能不同；"
        "请在映射中为业绩或目标的金额设置 `scale`，或改用目标所针对的列",
    ),
    "owner_undecidable": (
        "{share:.1%} of the amount booked since {since} has an owner who is not among the reps (more than "
        "{limit:.0%} cannot be scored): import these reps, or let the mapping find the owner by a join",
        "{since} 以来的业绩金额中有 {share:.1%} 的归属人不在人员表里（超过 {limit:.0%} 就无法评分）："
        "请导入这些人员，或在映射中通过关联找到归属人",
    ),
    "feed_stopped": (
        "{feed}: {before_last:.0f} and {last:.0f} rows in {before_last_month} and {last_month}, "
        "where {usual:g} a month were usual: the feed seems to have stopped; import the missing months, "
        "or waive it if business really stopped",
        "{feed}：{before_last_month} 与 {last_month} 只有 {before_last:.0f} 与 {last:.0f} 行，而平常每月 {usual:g} 行："
        "数据似乎已中断；请导入缺少的月份，若业务确已停止则可豁免",
    ),
}
"""English and Chinese by code; the figures of the fault are filled in."""


def fault_sentence(code: str, figures: Mapping[str, float | str], lang: str) -> str:
    """Return what is wrong with a dataset, with its figures and how to mend it.

    Args:
        code: Name of the fault.
        figures: Its numbers, days and names.
        lang: `en` or `zh`.

    Raises:
        KeyError: There is no such fault, or a figure is missing.

    Examples:
        >>> fault_sentence("owner_undecidable", {"share": 0.2, "since": "2024-01-01", "limit": 0.05}, "en")[:35]
        '20.0% of the amount booked since 20'
    """
    return WORDS[code][lang == "zh"].format(**figures)


def told_fault(fault: Mapping[str, Any], lang: str) -> str:
    """Return the sentence of a fault out of the stored report of an import.

    Args:
        fault: `code`, `sentence` and `figures`; imports of older versions have fewer figures, and then keep the English
            sentence that they were stored with.
        lang: `en` or `zh`.
    """
    try:
        return fault_sentence(fault["code"], fault["figures"], lang)
    except KeyError:
        return str(fault["sentence"])
