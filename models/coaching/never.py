"""What no play may ever ask for, as patterns over its words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

NEVER: Mapping[str, str] = {
    "a deeper discount": r"\b(deeper|extra|bigger|larger) discount|\bdiscount more\b|加大折扣|更大折扣|降价",
    "pulling deals forward": r"\bpull[- ]?(in|forward)\b|\bstuffing\b|\bquarter-end push\b|提前签约|压货|冲量",
    "longer hours": r"\bovertime\b|\bweekends?\b|\blonger hours\b|\bevenings?\b|加班|周末|晚上",
    "health or leave": r"\b(sick|health|holiday|vacation|parental)\b|\bleave of absence\b|病假|健康|产假|年假|休假",
    "personal traits": r"\b(age|gender|race|religion|nationality|pregnan\w+)\b|年龄|性别|民族|宗教|国籍|怀孕",
    "colleagues by name": r"\{(peer|colleague)_name\}|\branked?\b|\bleaderboard\b|排名|榜单",
    "pay or dismissal": r"\b(salary|bonus|commission|pay rise|dismiss\w*|fire[ds]?|terminat\w+)\b"
    r"|薪|奖金|提成|辞退|解雇|开除",
    "customers who opted out": r"\bopted[- ]out\b|\bdo[- ]not[- ]contact\b|拒绝联系|勿扰名单",
}
"""Subjects that no play may ask for, as patterns over both languages."""


def forbidden(texts: Iterable[str]) -> list[str]:
    """Return the subjects of `NEVER` that the texts touch, sorted.

    Examples:
        >>> forbidden(["Offer a deeper discount before Friday.", "周末加班跟进。"])
        ['a deeper discount', 'longer hours']
    """
    joined = "\n".join(texts)
    return sorted(name for name, pattern in NEVER.items() if re.search(pattern, joined, re.IGNORECASE))
