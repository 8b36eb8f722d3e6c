"""Sentences of the page about what plays brought, and of the manager's queue."""

from __future__ import annotations

COACHING: dict[str, tuple[str, str]] = {
    "coaching.title": ("What suggestions have brought", "建议带来了什么"),
    "coaching.lead": (
        "Plays over all reps together; nothing here is about one person. Fewer than five people are never shown.",
        "各项做法按全体销售汇总，不涉及个人；少于五人的数字不显示。",
    ),
    "coaching.none": (
        "Nothing has been judged yet. Every scoring judges anew.",
        "尚未评估。每次评分后会重新评估。",
    ),
    "coaching.judged": ("Judged as of {day}.", "评估截至 {day}。"),
    "coaching.note": (
        "Effects are beyond the forecast, against similar rep-periods without a play, in points of target.",
        "影响是相对预测、并与未采用做法的相似人次比较的差值，单位为目标的百分点。",
    ),
    "coaching.play": ("Play", "做法"),
    "coaching.shown": ("Shown to", "已展示"),
    "coaching.accepted": ("Taken up by", "已采纳"),
    "coaching.done": ("Done by", "已完成"),
    "coaching.effect": ("Effect", "影响"),
    "coaching.few": ("under 5", "少于 5"),
    "coaching.told": ("{effect} ({level} interval {low} to {high})", "{effect}（{level} 区间 {low} 至 {high}）"),
    "coaching.helps": ("Helped: {told}", "有帮助：{told}"),
    "coaching.unsure": ("Not told apart from no effect: {told}", "与无影响无法区分：{told}"),
    "coaching.placebo": ("Placebo p = {p}", "安慰剂检验 p = {p}"),
    "coaching.robust": ("Doubly robust: {told}", "双重稳健估计：{told}"),
    "coaching.refused_too_few": ("Too early to say", "数据尚少，暂无法判断"),
    "coaching.refused_no_overlap": ("Nobody without it is alike", "没有可比的未采用人次"),
    "coaching.refused_placebo": ("Groups differed before", "两组此前已有差异"),
    "coaching.needs": ("needs {count} more rep-periods", "还需 {count} 个人次周期"),
    "coaching.rest": (
        "{count} plays were shown to fewer than five people each, so that nothing is said about them.",
        "{count} 项做法各自展示不足五人，因此不作任何结论。",
    ),
    "coaching.rest_needs": ("Each needs {count} more rep-periods.", "每项还需 {count} 个人次周期。"),
    "coaching.others": ("Which plays", "有哪些做法"),
    "coaching.link": ("What suggestions have brought", "建议带来了什么"),
    "coaching.queue": ("Next hour with", "下一小时优先安排"),
    "coaching.queue_note": (
        "In order of expected gain per hour, whatever the forecast; at most {count} a week.",
        "按每小时预期收益排序，与预测高低无关；每周最多 {count} 条。",
    ),
    "coaching.per_hour": (
        "{mid} points per hour (plausible {low} to {high}), {hours} h",
        "每小时 {mid} 个百分点（合理区间 {low} 至 {high}），约 {hours} 小时",
    ),
}
