"""Sentences about how well the served model fits what has closed since its training."""

from __future__ import annotations

DRIFT: dict[str, tuple[str, str]] = {
    "drift.title": ("Does the model still fit?", "模型是否仍然适用？"),
    "drift.none": ("Nobody has looked yet: run `paceline monitor`.", "尚未检查，请运行 paceline monitor。"),
    "drift.other_model": (
        "The last look was at an earlier model: run `paceline monitor`.",
        "上次检查的是旧模型，请运行 paceline monitor。",
    ),
    "drift.looked": ("Last look", "最近一次检查"),
    "drift.since": ("Periods closed since the training", "训练后已结束的周期"),
    "drift.state": ("State", "状态"),
    "drift.too_early": ("nothing to compare yet", "暂无可比较的周期"),
    "drift.ok": ("fits", "适用"),
    "drift.flagged": ("no longer fits: train again and compare", "不再适用，请重新训练并比较"),
    "drift.surprise": ("Outside the joint forecast", "超出整体预测"),
    "drift.off": ("{sd} times the usual variation", "{sd} 倍常见波动"),
    "drift.bias": ("Company total beside its forecast, period from {start}", "公司总额与预测之差，周期始于 {start}"),
    "drift.spread": ("Outcomes beside their ranges, period from {start}", "结果在预测区间中的分布，周期始于 {start}"),
    "drift.inflow": ("Deals opened per rep, period from {start}", "人均新建商机，周期始于 {start}"),
}
