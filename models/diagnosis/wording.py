"""Sentences of a diagnosis in English and Chinese: about plans, deals and stages, never about what somebody is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from models.diagnosis.stage_line import StageLine
from models.explain.documents import Text
from models.explain.wording import day, number, points

LABELS: Mapping[str, tuple[Text, Text, str]] = {
    "plan": (
        Text(en="Quota and plan", zh="目标与规划"),
        Text(
            en="What the quota asks beyond what similar reps usually book",
            zh="目标高出同类销售惯常签约水平的部分",
        ),
        "quota",
    ),
    "leads": (
        Text(en="Lead supply", zh="线索供给"),
        Text(
            en="How many deals there are to work on, and the territory they come from",
            zh="可跟进的商机数量，以及其所在区域",
        ),
        "manager",
    ),
    "process": (
        Text(en="Process", zh="销售流程"),
        Text(en="Whether deals close in time", zh="商机能否按时成交"),
        "manager",
    ),
    "skill": (
        Text(en="Winning and deal size", zh="赢单与单笔金额"),
        Text(en="How often deals are usually won, and how large they are", zh="惯常赢单率与单笔金额"),
        "rep",
    ),
    "chance": (
        Text(en="Season, market and luck", zh="季节、市场与运气"),
        Text(
            en="How this period’s deals happened to go, beside what is usual",
            zh="本期商机的偶然走势，与惯常水平相比",
        ),
        "context",
    ),
    "apart": (
        Text(en="People who cannot be compared yet", zh="暂时无法比较的成员"),
        Text(en="Without enough similar reps or known deals", zh="同类销售或已知商机不足"),
        "context",
    ),
}
"""Label, note and who can change it, by cause; `apart` only occurs in teams."""

TRAININGS: Mapping[str, Text] = {
    "prospecting": Text(en="Finding new deals", zh="开拓新商机"),
    "winning": Text(en="Winning more of the deals", zh="提高赢单率"),
    "value": Text(en="Selling larger deals", zh="提高单笔金额"),
    "closing": Text(en="Closing in time", zh="按时成交"),
}

NO_MISS = Text(
    en="The miss cannot be split: it takes a quota, deals in the data and at least 5 similar reps.",
    zh="无法拆解差距：需要目标、商机数据以及至少 5 位同类销售。",
)
NO_FUNNEL = Text(
    en="No funnel: it takes a history of stages and at least 5 similar reps.",
    zh="无法显示漏斗：需要阶段历史以及至少 5 位同类销售。",
)
NO_CONTRASTS = Text(
    en="Too few people, or too short a past, to say what the top quarter does differently.",
    zh="人数或历史不足，无法说明前四分之一的销售有何不同做法。",
)


def miss_headline(
    miss: float, causes: Mapping[str, tuple[float, float, float]], *, flagged: int, people: int, plan_first: bool
) -> Text:
    """Return what is said first about a miss.

    Args:
        miss: Points of quota, below zero for a surplus.
        causes: Points and range of each cause.
        flagged: People who are flagged.
        people: People with a forecast.
        plan_first: Whether the plan comes before the people.

    Examples:
        >>> told = miss_headline(9.0, {"plan": (8.0, 4.0, 12.0)}, flagged=5, people=8, plan_first=True)
        >>> told["en"].split(". ")[1]
        'Quota and plan: +8.0 points of an expected gap of 9.0 points.'
    """
    if plan_first:
        en, zh = f"{flagged} of {people} are likely to miss", f"{people} 人中有 {flagged} 人预计难以达标"
        return _plan_first(miss, causes, en, zh)
    if miss <= 0:
        return Text(
            en=f"No gap is expected: on average {points(-miss, 'en', signed=False)} above target.",
            zh=f"预计没有差距：平均高于目标 {points(-miss, 'zh', signed=False)}。",
        )
    gap_en, gap_zh = points(miss, "en", signed=False), points(miss, "zh", signed=False)
    largest = _largest(causes)
    if largest is None:
        return Text(
            en=f"Expected gap: {gap_en}. No single part stands out for sure.",
            zh=f"预计差距：{gap_zh}。没有哪一部分可以确定是主要原因。",
        )
    return Text(en=f"Expected gap: {gap_en}. {largest['en']}", zh=f"预计差距：{gap_zh}。{largest['zh']}")


def _plan_first(miss: float, causes: Mapping[str, tuple[float, float, float]], en: str, zh: str) -> Text:
    """Return what the plan has to do with a miss of many, and what weighs most where the plan does not."""
    plan, low, high = causes.get("plan", (0.0, 0.0, 0.0))
    told = Text(
        en=f"Look at the plan before the people: {en}. Quota and plan: {points(plan, 'en')} of an expected gap of "
        f"{points(miss, 'en', signed=False)}",
        zh=f"请先看规划，再看人：{zh}。目标与规划：预计差距 {points(miss, 'zh', signed=False)}"
        f"中的 {points(plan, 'zh')}",
    )
    if low > 0:
        return Text(en=f"{told['en']}.", zh=f"{told['zh']}。")
    largest = _largest({code: value for code, value in causes.items() if code != "plan"})
    unsure = (
        ("too unsure to explain it", "尚难确定是否为原因") if high > 0 else ("which does not explain it", "并非原因")
    )
    return Text(
        en=f"{told['en']} (plausible {number(low, 1)} to {number(high, 1)}), {unsure[0]}."
        + (f" {largest['en']}" if largest else ""),
        zh=f"{told['zh']}（合理区间 {number(low, 1)} 至 {number(high, 1)}），{unsure[1]}。"
        + (largest["zh"] if largest else ""),
    )


def _largest(causes: Mapping[str, tuple[float, float, float]]) -> Text | None:
    """Return the largest part that is above zero for sure, with its range; None where there is none."""
    sure = {code: value for code, value in causes.items() if value[1] > 0 and code != "apart"}
    if not sure:
        return None
    code = max(sure, key=lambda name: sure[name][0])
    size, low, high = sure[code]
    label = LABELS[code][0]
    return Text(
        en=f"Largest part: {label['en']}, {points(size, 'en')} (plausible {number(low, 1)} to {number(high, 1)}).",
        zh=f"最主要的部分：{label['zh']}，{points(size, 'zh')}（合理区间 {number(low, 1)} 至 {number(high, 1)}）。",
    )


def difficulty_sentence(chance: float, low: float, high: float, others: int, word: str) -> Text:
    """Return how hard a quota is, with range and number of people.

    Examples:
        >>> difficulty_sentence(0.22, 0.15, 0.31, 11, "hard")["en"]
        'About 22% of the outcomes of 11 similar reps would meet this quota (plausible 15% to 31%): hard to reach.'
    """
    told = {
        "hard": ("hard to reach", "较难达到"),
        "usual": ("within reach", "可以达到"),
        "easy": ("easily reached", "容易达到"),
        "unsure": ("too close to call", "尚难判断"),
    }[word]
    share, least, most = (f"{number(100 * value)}%" for value in (chance, low, high))
    return Text(
        en=f"About {share} of the outcomes of {others} similar reps would meet this quota "
        f"(plausible {least} to {most}): {told[0]}.",
        zh=f"{others} 位同类销售的可能结果中约 {share} 能达到这一目标（合理区间 {least} 至 {most}）：{told[1]}。",
    )


def quotas_sentence(hard: int, people: int, chance: float) -> Text:
    """Return how hard a team's quotas are.

    Examples:
        >>> quotas_sentence(2, 8, 0.41)["en"]
        '2 of 8 quotas are hard to reach for similar reps; on average 41% of outcomes would meet them.'
    """
    share = f"{number(100 * chance)}%"
    return Text(
        en=f"{hard} of {people} quotas are hard to reach for similar reps; on average {share} of outcomes would meet "
        "them.",
        zh=f"{people} 个目标中有 {hard} 个对同类销售而言较难达到；平均约 {share} 的可能结果能够达标。",
    )


def funnel_sentence(lines: Sequence[StageLine]) -> Text:
    """Return where deals stall or are lost, and how many stand long now."""
    slow = [line for line in lines if line.stalls]
    lost = [line for line in lines if line.leaks]
    en, zh = [], []
    for line in slow:
        en.append(
            f"Deals stand longest in {line.stage} against similar reps: {number(line.dwell[0])} days "
            f"(plausible {number(line.dwell[1])} to {number(line.dwell[2])}), similar {number(line.dwell[3])}."
        )
        zh.append(
            f"与同类销售相比，商机在“{line.stage}”停留更久：{number(line.dwell[0])} 天"
            f"（合理区间 {number(line.dwell[1])} 至 {number(line.dwell[2])}），同类 {number(line.dwell[3])} 天。"
        )
    for line in lost:
        own, low, high, similar = (f"{number(100 * value)}%" for value in line.conversion)
        en.append(f"Fewer deals move on from {line.stage}: {own} (plausible {low} to {high}), similar {similar}.")
        zh.append(f"从“{line.stage}”继续推进的商机较少：{own}（合理区间 {low} 至 {high}），同类 {similar}。")
    if not en:
        en.append("No stage differs from similar reps by more than chance would explain.")
        zh.append("各阶段与同类销售相比，没有超出偶然波动的差异。")
    standing = sum(line.long for line in lines)
    if standing:
        deals = "open deal has" if standing == 1 else "open deals have"
        en.append(f"{standing} {deals} stood in their stage longer than 8 in 10 similar deals.")
        zh.append(f"有 {standing} 个在手商机在当前阶段的停留时间超过八成同类商机。")
    return Text(en=" ".join(en), zh="".join(zh))


def contrasts_sentence(claimed: Sequence[Text], top: int, others: int) -> Text:
    """Return what the top quarter did differently, and among how many people."""
    if not claimed:
        return Text(
            en=f"Between the {top} people of the top quarter and {others} others, no habit differs by more than chance "
            "would explain.",
            zh=f"前四分之一的 {top} 人与其余 {others} 人之间，没有超出偶然波动的习惯差异。",
        )
    return Text(
        en=f"Before their results came, the {top} people of the top quarter differed from {others} others in: "
        f"{'; '.join(text['en'] for text in claimed)}. A pattern, not proof.",
        zh=f"在取得结果之前，前四分之一的 {top} 人与其余 {others} 人的不同之处："
        f"{'；'.join(text['zh'] for text in claimed)}。这是规律，不是证明。",
    )


def training_sentence(low: float, gain: float, high: float, people: int, period: date) -> Text:
    """Return what a training may be worth to a team.

    Examples:
        >>> training_sentence(0.4, 2.3, 4.6, 5, date(2026, 10, 1))["en"].split(": ")[1].split(" (")[0]
        '+2.3 points of the team quota in the period from 1 Oct 2026'
    """
    ends = f"{_plus(low)} to {_plus(high)}"
    who = "1 person" if people == 1 else f"{people} people"
    return Text(
        en=f"With {who} nearer to the better quarter of similar reps: {points(gain, 'en')} of the team quota in the "
        f"period from {day(period, 'en')} (plausible {ends}). A model’s response, not a promise.",
        zh=f"若 {people} 人接近同类销售中较好的四分之一：自 {day(period, 'zh')} 起的周期，团队目标 "
        f"{points(gain, 'zh')}（合理区间 {_plus(low)} 至 {_plus(high)}）。这是模型推演，不是承诺。",
    )


def _plus(value: float) -> str:
    text = number(value, 1)
    return text if text.startswith("−") or text == "0.0" else f"+{text}"
