"""Sentences of the page that says how good past forecasts were."""

from __future__ import annotations

ACCURACY: dict[str, tuple[str, str]] = {
    "acc.title": ("How good are these forecasts?", "预测有多准？"),
    "acc.headline": (
        "Half-way through a period the middle was off by {ours} points of target",
        "期中时，预测中值平均偏差 {ours} 个百分点",
    ),
    "acc.headline_none": ("Not judged yet", "尚未评估"),
    "acc.beside": (
        "Going by pace alone: {pace} points. Judged on {rows} forecasts in {periods} past periods, each made by a "
        "model that had not seen the period.",
        "仅按进度推算：{pace} 个百分点。依据过去 {periods} 期的 {rows} 次预测；每次预测所用的模型都未见过该期数据。",
    ),
    "acc.none": (
        "The served model was trained without a look back: there are too few closed periods.",
        "当前模型训练时已结束的周期太少，未做回顾评估。",
    ),
    "acc.error": ("Average miss by time of the period", "各时点的平均偏差"),
    "acc.error_note": (
        "Points of target between the middle and what it came to; further left is better.",
        "中值与实际结果相差的目标百分点；越靠左越好。",
    ),
    "acc.model": ("Paceline", "Paceline"),
    "acc.pace": ("Pace alone", "仅按进度"),
    "acc.calls": ("People's calls", "人工预判"),
    "acc.lead0": ("At the start", "期初"),
    "acc.lead1": ("A quarter gone", "过去四分之一"),
    "acc.lead2": ("Half gone", "过去一半"),
    "acc.lead3": ("Three quarters gone", "过去四分之三"),
    "acc.range": ("Did the likely range hold?", "可能区间可靠吗？"),
    "acc.range_note": (
        "About 8 in 10 results should lie inside it: fewer means too narrow, more means too wide.",
        "约八成结果应落在区间内：偏低说明区间过窄，偏高说明过宽。",
    ),
    "acc.inside": ("Inside the range", "落在区间内"),
    "acc.lean": ("Too high or too low", "偏高还是偏低"),
    "acc.high": ("{points} points too high", "偏高 {points} 个百分点"),
    "acc.low": ("{points} points too low", "偏低 {points} 个百分点"),
    "acc.even": ("on the mark", "基本持平"),
    "acc.few": ("too few to judge ({rows})", "样本太少（{rows}）"),
    "acc.when": ("Time of the period", "时点"),
    "acc.count": ("Forecasts", "预测数"),
    "acc.teams": ("Your teams", "您的团队"),
    "acc.team": ("Team", "团队"),
    "acc.calls_note": (
        "Calls are numbers that people gave beside the forecast, compared with the middle that was shown that day.",
        "人工预判是大家在预测之外给出的数字，与当天显示的中值作比较。",
    ),
    "acc.picture": (
        "{lead}: Paceline {ours} points, pace alone {pace} points",
        "{lead}：Paceline {ours} 个百分点，仅按进度 {pace} 个百分点",
    ),
}
