"""Sentences of the page that tells where a gap comes from."""

from __future__ import annotations

DIAGNOSIS: dict[str, tuple[str, str]] = {
    "diagnosis.open": ("Where the gap comes from", "差距从何而来"),
    "diagnosis.title": ("Where the gap comes from: {name}", "差距从何而来：{name}"),
    "diagnosis.own_title": ("Where my gap comes from", "我的差距从何而来"),
    "diagnosis.period": (
        "{period}. On average {mean} of target; 8 in 10 outcomes: {range}. Data to {day}.",
        "{period}。平均完成目标的 {mean}；80% 的可能结果：{range}。数据截至 {day}。",
    ),
    "diagnosis.split": ("The gap in its parts", "差距的构成"),
    "diagnosis.split_note": (
        "Points of target. Parts add up to the gap ({reference}). An empty bar may be chance. Links in past data, "
        "not proof of cause.",
        "单位为目标的百分点，各部分之和即差距（{reference}）。空心条可能只是偶然。来自以往数据的关联，并不证明因果。",
    ),
    "diagnosis.no_gap": ("no gap", "无差距"),
    "diagnosis.gap": ("Expected gap", "预计差距"),
    "diagnosis.plausible": ("plausible {low} to {high}", "合理区间 {low} 至 {high}"),
    "diagnosis.part": ("Part", "部分"),
    "diagnosis.what": ("What it is", "含义"),
    "diagnosis.points": ("Points", "百分点"),
    "diagnosis.range": ("Plausible", "合理区间"),
    "diagnosis.amount": ("Amount", "金额"),
    "diagnosis.to": ("{low} to {high}", "{low} 至 {high}"),
    "diagnosis.table": ("Show as table", "显示为表格"),
    "diagnosis.quota": ("How hard the quota is", "目标难度"),
    "diagnosis.quota_note": (
        "Similar reps’ own outcomes held against this quota.",
        "以同类销售自身的可能结果对照这一目标。",
    ),
    "diagnosis.hard_quota": (
        "{name}: {quota}, met in {chance} of similar reps’ outcomes",
        "{name}：{quota}，同类销售的可能结果中 {chance} 能够达到",
    ),
    "diagnosis.ahead": ("not begun", "尚未开始"),
    "diagnosis.running": ("running", "进行中"),
    "diagnosis.funnel": ("Where deals stand", "商机停留在哪里"),
    "diagnosis.funnel_note": (
        "Last 52 weeks. ● own with plausible range, ◇ {reference}. Numbers in brackets: similar reps.",
        "近 52 周。● 自身及合理区间，◇ {reference}。括号内为同类销售。",
    ),
    "diagnosis.moves_on": ("Moves on", "继续推进"),
    "diagnosis.days_in": ("Days in stage", "停留天数"),
    "diagnosis.deals_left": ("{count} deals", "{count} 个商机"),
    "diagnosis.deal_left": ("1 deal", "1 个商机"),
    "diagnosis.stage": ("Stage", "阶段"),
    "diagnosis.similar": ("similar {value}", "同类 {value}"),
    "diagnosis.long": ("Standing long", "停留过久"),
    "diagnosis.habits": ("What the top quarter does differently", "前四分之一的销售有何不同做法"),
    "diagnosis.habits_note": (
        "Past year, before results came, inside the same job. All ranges hold together; with no difference at all, one "
        "would be named in at most {share} of companies.",
        "过去一年，取得结果之前，同类岗位内比较。所有区间同时成立；若毫无差异，至多 {share} 的公司会被误报。",
    ),
    "diagnosis.measure": ("Habit", "习惯"),
    "diagnosis.top": ("Top quarter", "前四分之一"),
    "diagnosis.others": ("Others", "其余"),
    "diagnosis.difference": ("Difference, plausible", "差异的合理区间"),
    "diagnosis.training": ("Training", "培训"),
    "diagnosis.who": ("For", "涉及"),
    "diagnosis.habit": ("{top}, others {others}", "{top}，其余 {others}"),
    "diagnosis.less": ("◂ less", "◂ 更少"),
    "diagnosis.more": ("more ▸", "更多 ▸"),
    "diagnosis.own": ("here", "此处"),
    "diagnosis.trainings": ("Which training would pay most", "哪项培训最有价值"),
    "diagnosis.trainings_note": (
        "Points of the team’s target in the period from {day}, if members came nearer to the better quarter of similar "
        "reps. The range is of what a what-if is usually worth in practice.",
        "若成员接近同类销售中较好的四分之一，自 {day} 起的周期内团队目标的百分点。区间反映推演在实践中的通常效果。",
    ),
    "diagnosis.people": ("{count} people", "{count} 人"),
    "diagnosis.training_chance": (
        "Chance of the team’s target: {after} instead of {before}.",
        "团队达标概率：{after}，原为 {before}。",
    ),
    "diagnosis.none": ("There is no diagnosis of this period yet.", "本期暂无诊断。"),
}
