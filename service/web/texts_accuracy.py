"""Sentences of the page about past accuracy, and of people's own numbers."""

from __future__ import annotations

ACCURACY: dict[str, tuple[str, str]] = {
    "accuracy.title": ("How good are these forecasts?", "这些预测有多准？"),
    "accuracy.judged": (
        "Judged on {periods} closed periods ({from_} to {to}), each with only what was known at the time.",
        "以 {periods} 个已结束的周期检验（{from_}至{to}），每次只使用当时已知的数据。",
    ),
    "accuracy.typical": (
        "Halfway through, the middle estimate missed the final figure by {ours} points of target on average "
        "(range over periods {range}); an even pace missed by {pace}.",
        "周期过半时，中间估计与最终结果平均相差 {ours} 个百分点（各周期在 {range}）；匀速推算相差 {pace} 个百分点。",
    ),
    "accuracy.held": (
        "The 8-in-10 range held {share} of outcomes then (range over periods {range}).",
        "当时 80% 区间覆盖了 {share} 的结果（各周期在 {range}）。",
    ),
    "accuracy.too_high": (
        "In total, forecasts were {share} too high halfway (range over periods {range}).",
        "总体而言，过半时的预测偏高 {share}（各周期在 {range}）。",
    ),
    "accuracy.too_low": (
        "In total, forecasts were {share} too low halfway (range over periods {range}).",
        "总体而言，过半时的预测偏低 {share}（各周期在 {range}）。",
    ),
    "accuracy.not_scored": (
        "Nothing is forecast yet. Run paceline train, then paceline score.",
        "还没有预测。请运行 paceline train，然后运行 paceline score。",
    ),
    "accuracy.not_kept": (
        "The model that is served was trained before backtests were kept. Run paceline train to see how good it is.",
        "当前模型训练时尚未保存检验结果。请运行 paceline train 后查看。",
    ),
    "accuracy.too_few_periods": (
        "Too few periods have closed to judge the forecasts. They are judged as soon as enough have.",
        "已结束的周期太少，暂时无法检验；积累足够后会自动检验。",
    ),
    "accuracy.error": ("How far off, by how much of the period has gone", "误差随时间的变化"),
    "accuracy.error_note": (
        "Average miss in points of target; lower is better. Lines: range when whole periods are drawn again.",
        "平均误差，单位为目标的百分点，越低越好。竖线：重新抽取周期时的范围。",
    ),
    "accuracy.coverage": ("Does the 8-in-10 range hold 8 in 10?", "80% 区间是否真的覆盖 80%？"),
    "accuracy.coverage_note": (
        "Share of outcomes inside the range that was shown; on the line is best.",
        "落在所示区间内的结果占比，越靠近竖线越好。",
    ),
    "accuracy.promise": ("promised {share}", "承诺 {share}"),
    "accuracy.points_axis": ("{count} pts", "{count} 点"),
    "accuracy.lead_start": ("At the start", "期初"),
    "accuracy.lead_quarter": ("¼ gone", "已过 ¼"),
    "accuracy.lead_half": ("½ gone", "已过 ½"),
    "accuracy.lead_three": ("¾ gone", "已过 ¾"),
    "accuracy.when": ("When", "时点"),
    "accuracy.table": ("Show as table", "以表格显示"),
    "accuracy.measured": ("{value} ({low}–{high})", "{value}（{low}–{high}）"),
    "accuracy.measured_signed": ("{value} ({low} to {high})", "{value}（{low} 至 {high}）"),
    "accuracy.from_to": ("{low} to {high}", "{low} 至 {high}"),
    "accuracy.chart_point": ("{name} {when}: {value}", "{name} {when}：{value}"),
    "accuracy.insufficient": ("too few to say", "样本太少"),
    "accuracy.f_paceline": ("Paceline", "Paceline"),
    "accuracy.f_pace": ("Even pace", "匀速推算"),
    "accuracy.f_closed_plus_trailing": ("Booked plus past rate", "已签约加以往速度"),
    "accuracy.f_last_period": ("Same as last period", "与上期相同"),
    "accuracy.f_stage_weighted": ("Amount × stage chance", "金额 × 阶段概率"),
    "accuracy.f_trailing_mean": ("Past average", "以往平均"),
    "accuracy.rules": ("Beside every simple rule", "与各种简单规则比较"),
    "accuracy.rules_note": ("Average miss, points of target.", "平均误差，单位为目标的百分点。"),
    "accuracy.rule": ("Rule", "规则"),
    "accuracy.teams": ("By team, halfway through", "各团队（周期过半时）"),
    "accuracy.team": ("Team", "团队"),
    "accuracy.miss": ("Miss, points", "误差（百分点）"),
    "accuracy.miss_pace": ("Even pace, points", "匀速推算（百分点）"),
    "accuracy.held_short": ("Range held", "区间覆盖"),
    "accuracy.count": ("Rep-periods", "人·周期数"),
    "accuracy.calls": ("People’s own numbers", "个人判断"),
    "accuracy.calls_note": (
        "Numbers that stood at each moment, beside Paceline and an even pace on the very same people and periods.",
        "各时点有效的个人判断，与同一批人、同一周期的 Paceline 和匀速推算比较。",
    ),
    "accuracy.no_calls": (
        "No number was given yet for a period that has settled. Numbers are given on a rep’s page and judged "
        "by the first forecast that is made ten days after their period has ended.",
        "已结算的周期还没有个人判断。可在销售页面填写，周期结束十天后的首次预测会检验。",
    ),
    "accuracy.who": ("Who", "谁"),
    "accuracy.bias": ("Too high or low", "偏高或偏低"),
    "accuracy.reached": ("Reached", "达到的比例"),
    "accuracy.flags": ("What the at-risk flag is worth", "提醒的效果"),
    "accuracy.flags_note": (
        "As it would have stood: of those flagged, how many ended below target; of all who did, how many were "
        "flagged by then, and how long before the end.",
        "回溯检验：被提醒者中最终低于目标的比例，所有低于目标者中当时已提醒的比例，以及提前天数。",
    ),
    "accuracy.flagged": ("Flagged", "被提醒"),
    "accuracy.precision": ("Right", "命中"),
    "accuracy.recall": ("Found", "覆盖"),
    "accuracy.days": ("Days before the end", "提前天数"),
    "accuracy.churn": ("Taken back, per flagged", "撤回次数（每位被提醒者）"),
    "accuracy.waiting": ("Kept waiting", "排队"),
    "accuracy.how": ("How this was measured", "检验方法"),
    "accuracy.how_text": (
        "For each closed period the model was fitted again on what was known on its eve, and asked four times. "
        "Misses beyond 400 points count as 400. Figures about fewer than {rep_periods} rep-periods or {reps} people "
        "are not stated.",
        "对每个已结束的周期，模型只用期初前已知的数据重新训练，并在四个时点预测。超过 400 个百分点的误差按 400 计。"
        "不足 {rep_periods} 个人·周期或 {reps} 人时不给出数字。",
    ),
    "accuracy.from": (
        "Model {model} · data {dataset} · judged with data to {day}",
        "模型 {model} · 数据 {dataset} · 检验数据截至 {day}",
    ),
    "accuracy.link": ("How good are these forecasts?", "这些预测有多准？"),
    "accuracy.reliability": (
        "In the last {periods} periods, at this point, the 8-in-10 range held {share} of the time; "
        "typical miss {miss} points (range over periods {range}).",
        "过去 {periods} 个周期的同一时点，80% 区间的命中率为 {share}，典型误差 {miss} 个百分点（各周期在 {range}）。",
    ),
    "accuracy.past": ("Closed periods: what was said halfway, and what came", "已结束的周期：过半时的预测与最终结果"),
    "accuracy.past_note": (
        "Judged afterwards, with only what was known halfway. Shares of target.",
        "事后检验，只使用过半时已知的数据。数字为目标的百分比。",
    ),
    "accuracy.past_called": ("Own numbers then", "当时的个人判断"),
    "accuracy.past_said": ("Paceline said", "Paceline 预测"),
    "accuracy.past_came": ("Attained", "最终完成"),
    # People's own numbers
    "call.title": ("Own numbers beside the forecast", "预测之外的个人判断"),
    "call.note": (
        "Both are kept, and compared with what was attained once the period has closed. A new number is added; "
        "the ones before stay.",
        "两者都会保留，周期结束后与实际结果比较。新的判断会追加，以前的不变。",
    ),
    "call.forecast": ("Paceline, middle estimate", "Paceline 中间估计"),
    "call.none": ("No number of one’s own yet.", "还没有个人判断。"),
    "call.of_target": ("{amount} ({share} of target)", "{amount}（目标的 {share}）"),
    "call.given": ("{day}, {by}", "{day}，{by}"),
    "call.side_rep": ("Rep", "销售"),
    "call.side_manager": ("Manager", "经理"),
    "call.most_likely": ("Most likely", "最可能"),
    "call.commit": ("Commit", "承诺"),
    "call.best_case": ("High case", "乐观"),
    "call.worst_case": ("Low case", "保守"),
    "call.kind": ("Kind", "类型"),
    "call.amount": ("My number for {period}", "我对{period}的判断"),
    "call.amount_hint": (
        "an amount or a share of target: 1.2M, 850000 or 90%",
        "金额或目标的百分比：120万、850000 或 90%",
    ),
    "call.why": ("Why, in a few words", "简要说明原因"),
    "call.keep": ("Keep my number", "保存我的判断"),
    "call.kept": ("Kept.", "已保存。"),
    "call.number": ("Number", "判断"),
}
