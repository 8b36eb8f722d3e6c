"""Sentences of the working parts of the pages: open deals, what changed, what-if, the 1:1 page."""

from __future__ import annotations

WORK: dict[str, tuple[str, str]] = {
    # Open deals
    "deal.title": ("Open deals that matter most", "影响最大的在手商机"),
    "deal.note": (
        "In points of target. Reasons compare with {reference}; they are links in past data, not proof of cause.",
        "单位为目标的百分点。原因与{reference}比较，来自以往数据的关联，并不证明因果。",
    ),
    "deal.deal": ("Deal", "商机"),
    "deal.adds": ("Adds", "贡献"),
    "deal.chance": ("Chance this period", "本期成交概率"),
    "deal.chance_usual": ("{chance} (similar deals {usual})", "{chance}（同类 {usual}）"),
    "deal.why": ("Why", "原因"),
    "deal.nothing": ("Much like similar deals", "与同类商机相近"),
    "deal.others": ("{count} more open deals", "另外 {count} 个在手商机"),
    "deal.correction": ("Past bias and shared swings", "以往偏差与共同波动"),
    "deal.total": ("All open deals", "全部在手商机"),
}
