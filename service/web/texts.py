"""Every sentence of the pages in English and Chinese, and `say`, which fills them in.

Each entry is (English, Chinese). A test holds both to the same blanks, and both to the words that are not used here.
"""

from __future__ import annotations

import re

from service.scoring.documents import Text
from service.web.texts_accuracy import ACCURACY
from service.web.texts_coaching import COACHING
from service.web.texts_diagnosis import DIAGNOSIS
from service.web.texts_drift import DRIFT
from service.web.texts_work import WORK

TEXTS: dict[str, tuple[str, str]] = {
    # The frame of every page
    "app.skip": ("Skip to content", "跳到正文"),
    "app.main": ("Main", "主导航"),
    "app.other_language": ("中文", "English"),
    "app.team": ("Team review", "团队总览"),
    "app.me": ("My page", "我的页面"),
    "app.coaching": ("Coaching", "辅导"),
    "app.accuracy": ("Accuracy", "准确度"),
    "app.status": ("System status", "系统状态"),
    "app.sign_out": ("Sign out", "退出"),
    "app.sign_in": ("Sign in", "登录"),
    "app.signed_in": ("Signed in as {name}", "当前用户：{name}"),
    "app.data_to": ("Data to {day}", "数据截至 {day}"),
    "app.purpose": (
        "A starting point for a conversation. Not used for pay, ranking or dismissal.",
        "仅作沟通起点，不用于薪酬、排名或辞退。",
    ),
    "app.provenance": (
        "Model {model} · data {dataset}, grade {grade} · data to {day} · scored {scored}",
        "模型 {model} · 数据 {dataset}，等级 {grade} · 数据截至 {day} · 计算于 {scored}",
    ),
    "demo.banner": ("Demo on sample data. Looking as", "示例数据演示。当前视角"),
    "demo.simulated": ("A simulated company, not a real one", "模拟公司，并非真实数据"),
    "demo.switch": ("Switch", "切换"),
    "demo.admin": ("Admin: everyone", "管理员：全部"),
    "demo.manager": ("Manager: {name}", "经理：{name}"),
    "demo.rep": ("Rep: {name}", "销售：{name}"),
    # Charts
    "chart.bullet": (
        "{name}: booked {booked}, likely finish {middle}, target 100%",
        "{name}：已完成 {booked}，预计 {middle}，目标 100%",
    ),
    "chart.range": ("8 in 10 outcomes: {range}", "80% 的可能结果：{range}"),
    "chart.eight_in_ten": ("8 in 10 outcomes: {range}", "80% 的可能结果：{range}"),
    "chart.target": ("target {amount}", "目标 {amount}"),
    "chart.target_word": ("target", "目标"),
    "chart.target_100": ("target 100%", "目标 100%"),
    "chart.accounting": ("Where the number comes from", "这个数字怎么来的"),
    "chart.accounting_parts": (
        "Booked {booked}, open deals {open_deals}, new deals {new_deals}, together {mean}",
        "已签约 {booked}，在手商机 {open_deals}，新增商机 {new_deals}，合计 {mean}",
    ),
    "chart.dots": (
        "{hits} of {total} equally likely outcomes reach the target",
        "{total} 种等可能的结果中有 {hits} 种达标",
    ),
    "chart.hits": ("{hits} of 20", "20 种中 {hits} 种"),
    "chart.hits_unit": ("reach target", "达标"),
    "chart.dots_plain": ("20 equally likely finishes", "20 种等可能的结果"),
    "chart.finish": (
        "Likely finish {middle}; 8 in 10 outcomes: {range}",
        "预计 {middle}；80% 的可能结果：{range}",
    ),
    "chart.pace": ("Booked {booked} of target", "已完成目标的 {booked}"),
    "chart.elapsed": ("{elapsed} of the time has gone", "时间已过 {elapsed}"),
    "chart.fan": ("Booked so far and where it may go", "目前进度与可能走势"),
    "chart.booked": ("booked {share}", "已签约 {share}"),
    "chart.middle": ("middle", "中间值"),
    "chart.waterfall": ("What moves this forecast, in points of target", "各因素的影响（目标的百分点）"),
    "chart.reference": ("Similar reps at this point", "同一时点的同类销售"),
    "chart.peers": ("{count} comparable reps", "{count} 位可比销售"),
    "chart.own_and_similar": ("{own} · similar reps {similar}", "{own} · 同类 {similar}"),
    "chart.rest": ("Everything else", "其他因素"),
    "chart.rest_note": ("many small things together", "多个小因素合计"),
    "chart.median": ("From average to middle", "由平均值到中间值"),
    "chart.median_note": ("rare large finishes lift the average", "少见的大额结果会拉高平均值"),
    "chart.result": ("This forecast", "本次预测"),
    # Team review
    "team.headline": (
        "{team} is heading for {middle} of its {period} target",
        "{team}预计完成 {period}目标的 {middle}",
    ),
    "team.headline_amount": ("{team} is heading for {middle} in {period}", "{team}预计{period}签约 {middle}"),
    "team.lead": (
        "Likely {range} (8 in 10 outcomes), reaching the target in {chance} ({percent}). {left}",
        "大概率在 {range} 之间（80% 的可能结果），达标概率 {percent}（{chance}）。{left}",
    ),
    "team.lead_amount": (
        "Likely {range} (8 in 10 outcomes). {left}",
        "大概率在 {range} 之间（80% 的可能结果）。{left}",
    ),
    "team.no_total": (
        "No total: it would show people outside of your reporting line",
        "不显示合计：其中有不在您汇报线内的成员",
    ),
    "team.where": ("Where the number comes from", "这个数字怎么来的"),
    "team.chance": ("Chance of reaching target", "达标概率"),
    "team.chance_note": (
        "{hits} of 20 equally likely outcomes reach 100%. {gap}",
        "20 种等可能的结果中有 {hits} 种达到 100%。{gap}",
    ),
    "team.gap": ("Gap at the average: {amount} (range above).", "按平均值还差 {amount}（区间见上）。"),
    "team.surplus": ("Above target at the average: {amount} (range above).", "按平均值超出 {amount}（区间见上）。"),
    "team.progress": ("Progress and forecast", "进度与预测"),
    "team.talk": ("Worth a conversation this week", "本周建议沟通"),
    "team.talk_note": ("in the order in which your time is likely to help most", "按您的时间最能帮上忙的顺序排列"),
    "team.more": ("{count} more", "另有 {count} 位"),
    "team.watch": ("Keep in view", "持续留意"),
    "team.ok": ("On course", "进度正常"),
    "team.early": ("Too early to say", "数据还少，先观察"),
    "team.people": ("People, grouped by what to do", "按行动分组的成员"),
    "team.rep": ("Rep", "销售"),
    "team.scale": ("Share of target", "目标完成率"),
    "team.finish": ("Likely finish", "预计完成"),
    "team.reaches": ("Reaches target", "达标概率"),
    "team.reason": ("Main reason", "主要原因"),
    "team.this_week": ("This week’s conversations", "本周沟通"),
    "team.none_this_week": ("Nobody stands out this week.", "本周没有需要特别沟通的成员。"),
    "team.by": ("by {day}", "{day} 前"),
    "team.plan": ("Prepare the 1:1 with {name}", "准备与{name}的一对一"),
    "team.legend_booked": ("booked", "已签约"),
    "team.legend_eight": ("8 in 10 outcomes", "80% 的可能结果"),
    "team.legend_five": ("5 in 10", "50% 的可能结果"),
    "team.legend_middle": ("middle estimate", "中间估计"),
    "team.teams": ("Your teams", "您的团队"),
    "team.teams_lead": ("{count} teams, by name.", "{count} 个团队，按名称排列。"),
    "team.members": ("{count} people", "{count} 人"),
    "team.flagged": ("at risk since {day}", "{day}起有风险"),
    "team.flag_waits": ("at risk, next in line", "有风险，排队中"),
    "team.waiting": (
        "{count} people are likely enough to end below target but not flagged yet: "
        "the team has had its new flags of the week. The surest are flagged first.",
        "另有 {count} 位较可能低于目标但尚未提醒：本周团队的新提醒名额已用完，把握最大的优先。",
    ),
    "team.waiting_one": (
        "1 person is likely enough to end below target but not flagged yet: "
        "the team has had its new flags of the week. The surest are flagged first.",
        "另有 1 位较可能低于目标但尚未提醒：本周团队的新提醒名额已用完，把握最大的优先。",
    ),
    "team.wide": ("wide range", "区间较宽"),
    "team.no_target": ("no target", "无目标"),
    "team.target": ("target {amount}", "目标 {amount}"),
    # Rep
    "rep.headline": ("{name} is heading for {middle} of target", "{name}预计完成目标的 {middle}"),
    "rep.headline_amount": ("{name} is heading for {middle}", "{name}预计签约 {middle}"),
    "rep.headline_early": ("Too early for a personal forecast for {name}", "{name}的个人预测还需要一点时间"),
    "rep.headline_none": ("No forecast for {name}", "暂无{name}的预测"),
    "rep.own_headline": ("You are heading for {middle} of target", "您预计完成目标的 {middle}"),
    "rep.own_headline_amount": ("You are heading for {middle}", "您预计签约 {middle}"),
    "rep.own_headline_early": ("Too early for a personal forecast", "个人预测还需要一点时间"),
    "rep.own_headline_none": ("No forecast for this period", "本期暂无预测"),
    "rep.hello": ("Hello, {name}", "您好，{name}"),
    "rep.lead": (
        "Likely to finish {period} at {middle} of target (8 in 10 outcomes: {range}), "
        "reaching it in {chance} ({percent}). {left}",
        "预计{period}完成目标的 {middle}（80% 的可能结果在 {range}），达标概率 {percent}（{chance}）。{left}",
    ),
    "rep.lead_amount": (
        "Likely to finish {period} at {middle} (8 in 10 outcomes: {range}). {left}",
        "预计{period}签约 {middle}（80% 的可能结果在 {range}）。{left}",
    ),
    "rep.lead_early": (
        "Until then you see the range of similar reps for {period}: {range} (8 in 10 outcomes), "
        "with the target reached in {chance} ({percent}). {left}",
        "在此之前显示同类销售{period}的区间：{range}（80% 的可能结果），达标概率 {percent}（{chance}）。{left}",
    ),
    "rep.of_twenty": ("about {count} of 20 outcomes", "20 种结果中约 {count} 种"),
    "rep.under_one": ("fewer than 1 of 20 outcomes", "20 种结果中不到 1 种"),
    "rep.over_nineteen": ("more than 19 of 20 outcomes", "20 种结果中超过 19 种"),
    "rep.left": ("{days} days left.", "还剩 {days} 天。"),
    "rep.left_one": ("1 day left.", "还剩 1 天。"),
    "rep.left_none": ("The period has ended.", "本期已结束。"),
    "rep.strength": ("What’s working", "做得好的地方"),
    "rep.pace": ("Progress", "进度"),
    "rep.my_pace": ("My pace", "我的进度"),
    "rep.booked_of": ("of {quota} · {share}", "/ 目标 {quota} · {share}"),
    "rep.booked": ("booked so far", "目前已签约"),
    "rep.to_go": ("Left to book", "剩余目标"),
    "rep.measure_revenue": ("Revenue", "营收"),
    "rep.measure_units": ("Units", "销量"),
    "rep.measure_deals": ("Deals", "成交单数"),
    "rep.measure_collections": ("Collections", "回款"),
    "rep.pipeline": ("Open pipeline", "在手商机金额"),
    "rep.coverage": ("Open pipeline ÷ left to book", "在手商机 ÷ 剩余目标"),
    "rep.reaches": (
        "Reaches the target in {chance} ({percent}).",
        "达标概率 {percent}（{chance}）。",
    ),
    "rep.finish": ("Likely finish", "预计完成"),
    "rep.likely": ("likely {range}", "大概率 {range}"),
    "rep.each_dot": ("each dot: 1 of 20 outcomes", "每个点：20 种结果之一"),
    "rep.things": ("{count} things that would move it most", "最能提升结果的 {count} 件事"),
    "rep.thing": ("1 thing that would move it most", "最能提升结果的 1 件事"),
    "rep.no_suggestions": ("This week", "本周"),
    "rep.paused": (
        "Suggestions are paused: the data is too old for them.",
        "数据已过期，建议暂停显示。",
    ),
    "rep.effect": ("{mid} pts (plausible {low} to {high})", "{mid} 个百分点（合理区间 {low} 至 {high}）"),
    "rep.keeps": ("keeps a strength", "保持优势"),
    "rep.evidence": ("evidence grade {grade}", "证据等级 {grade}"),
    "rep.steps": ("How", "怎么做"),
    "rep.check": ("You will know it worked when", "怎样算做到"),
    "rep.for_manager": ("for the manager", "供经理参考"),
    "rep.accepted": ("Useful", "有帮助"),
    "rep.done": ("Done", "已完成"),
    "rep.later": ("Later", "稍后"),
    "rep.not_useful": ("Not useful", "没帮助"),
    "rep.reason": ("Why not? In a few words, if you like", "为什么？可简单说明（选填）"),
    "rep.send": ("Send", "提交"),
    "rep.approve": ("Approve", "认可"),
    "rep.approve_for": ("Approve: {title}", "认可建议：{title}"),
    "rep.approved": ("Approved by the manager", "经理已认可"),
    "rep.answered": ("Answer kept: {answer}", "已记录：{answer}"),
    "rep.answer_for": ("Answer to: {title}", "对此建议的反馈：{title}"),
    "rep.fan": ("Progress and forecast, {period}", "{period}进度与预测"),
    "rep.fan_note": (
        "Shading: 8 in 10 outcomes (light) and 5 in 10 (dark). Thin lines: example courses. "
        "Dashed: an even pace. Dots: 20 equally likely finishes.",
        "阴影：80%（浅）与 50%（深）的可能结果；细线：示例走势；虚线：匀速进度；圆点：20 种等可能的结果。",
    ),
    "rep.why": ("Why {middle}, in points of target", "为什么是 {middle}（目标的百分点）"),
    "rep.why_note": (
        "What moves this forecast away from similar reps. Links in past data, not proof of cause.",
        "与同类销售相比的差异来源。这是历史数据中的关联，不代表因果。",
    ),
    "rep.no_why": ("Not explained", "暂无原因说明"),
    "rep.no_why_note": (
        "There is too little history of one’s own to compare with similar reps.",
        "个人历史数据还少，暂时无法与同类销售比较。",
    ),
    "rep.where": ("Where the number comes from", "这个数字怎么来的"),
    "rep.part_booked": ("Booked", "已签约"),
    "rep.part_open": ("Open deals", "在手商机"),
    "rep.part_new": ("New deals", "新增商机"),
    "rep.part_total": ("Forecast, average", "预计合计（平均）"),
    "rep.kpis": ("Measures", "指标"),
    "rep.more_kpis": ("{count} more measures", "另外 {count} 项指标"),
    "rep.why_peers": ("Compared with: {peers}.", "比较对象：{peers}。"),
    "rep.kpi": ("Measure", "指标"),
    "rep.own": ("Own", "本人"),
    "rep.similar": ("Similar reps", "同类销售"),
    "rep.table": ("Show as table", "以表格显示"),
    "rep.driver": ("Driver", "因素"),
    "rep.points": ("Points", "百分点"),
    "rep.other_periods": ("Other open periods", "其他进行中的周期"),
    "rep.period": ("Period", "周期"),
    "rep.range": ("8 in 10 outcomes", "80% 的可能结果"),
    "rep.about": ("About your data", "关于您的数据"),
    "rep.who_sees": ("Who sees this page", "谁能看到本页"),
    "rep.who_sees_text": ("You, your managers and admins", "您本人、您的上级与管理员"),
    "rep.used": ("Used", "使用的数据"),
    "rep.used_text": ("CRM deals, bookings, activities, quota", "CRM 商机、签约、活动、目标"),
    "rep.never": ("Never used", "绝不使用"),
    "rep.never_text": ("age, gender, health, private messages", "年龄、性别、健康、私人消息"),
    "rep.not_for": ("Not for", "不用于"),
    "rep.not_for_text": ("pay, ranking or dismissal", "薪酬、排名或辞退"),
    "rep.as_numbers": ("The numbers of the charts", "图表中的数字"),
    # States
    "state.wide": (
        "The range is wide, so treat the middle number as a rough guide.",
        "区间较宽，中间数字仅供粗略参考。",
    ),
    "state.empty_tag": ("Empty", "空"),
    "state.empty": ("Nothing imported yet", "还没有数据"),
    "state.empty_text": (
        "Start with sample data (paceline demo) or your own CRM export (paceline ingest). "
        "First forecast in about 5 minutes.",
        "可以先用示例数据（paceline demo），或导入您的 CRM 文件（paceline ingest）。约 5 分钟看到第一个预测。",
    ),
    "state.unscored": ("Imported, not scored yet", "已导入，尚未计算"),
    "state.unscored_text": (
        "The data is here; there is no forecast yet. Run paceline train, then paceline score.",
        "数据已导入，但还没有预测。请运行 paceline train，然后运行 paceline score。",
    ),
    "state.no_team": ("No team to show", "没有可显示的团队"),
    "state.no_team_text": (
        "Nobody in the imported reporting line reports to you. An admin can correct that.",
        "导入的汇报线中没有人向您汇报。管理员可以更正。",
    ),
    "state.cold_tag": ("Cold start", "冷启动"),
    "state.early_tag": ("Early", "初步"),
    "state.wide_tag": ("Wide range", "区间较宽"),
    "state.withheld_tag": ("No forecast", "暂无预测"),
    "state.stale_tag": ("Old data", "数据过期"),
    "state.stale": ("Data is {days} days old", "数据已有 {days} 天没更新"),
    "state.stale_text": (
        "Last import: {moment}. Newer bookings are missing.",
        "最近一次导入：{moment}，不含之后的新签约。",
    ),
    "state.no_access_tag": ("Not found", "未找到"),
    "state.error_tag": ("Error", "错误"),
    "state.reference": ("Reference {request}", "编号 {request}"),
    "state.home": ("Go to my start page", "回到我的首页"),
    "state.no_card": ("No scorecard of your own", "您本人没有评分卡"),
    "state.no_card_text": (
        "Neither a target nor bookings of your own were imported. Your team stands under Team review.",
        "没有导入您本人的目标或签约。团队情况见“团队总览”。",
    ),
    # Sign-in
    "signin.title": ("Sign in to Paceline", "登录 Paceline"),
    "signin.token": ("Token", "令牌"),
    "signin.hint": (
        "An admin makes one with: paceline users token NAME",
        "管理员可用 paceline users token NAME 生成。",
    ),
    "signin.failed": ("This token is not valid (any more).", "令牌无效或已失效。"),
    # Status
    "status.title": ("System status", "系统状态"),
    "status.headline_ok": ("Everything is up to date", "一切正常"),
    "status.headline_stale": ("The data is getting old", "数据有些旧了"),
    "status.headline_empty": ("Nothing imported yet", "还没有数据"),
    "status.headline_fault": (
        "The newest data has a fault; nothing is scored from it",
        "最新数据有问题，未据此计算预测",
    ),
    "status.faults": ("Faults of the data", "数据问题"),
    "status.fault_open": ("to be mended", "待修正"),
    "status.fault_waived": ("waived", "已豁免"),
    "status.headline_unscored": ("The newest data is not scored yet", "最新数据尚未计算"),
    "status.import": ("Last import", "最近一次导入"),
    "status.data": ("Data", "数据"),
    "status.forecast": ("Forecast", "预测"),
    "status.dataset": ("Dataset version", "数据版本"),
    "status.rows": ("Rows in / accepted / quarantined", "读入 / 接受 / 隔离行数"),
    "status.source": ("Source", "来源"),
    "status.age": ("Age", "距今"),
    "status.hours": ("{hours} hours", "{hours} 小时"),
    "status.snapshot": ("Newest forecast", "最近一次预测"),
    "status.scored": ("Scored", "计算时间"),
    "status.as_of": ("Data to", "数据截至"),
    "status.model": ("Model version", "模型版本"),
    "status.bundle": ("Model file, SHA-256", "模型文件 SHA-256"),
    "status.reps": ("Scorecards", "评分卡数"),
    "status.jobs": ("Jobs", "作业"),
    "status.job": ("Job", "作业"),
    "status.state": ("State", "状态"),
    "status.when": ("Last run", "最近运行"),
    "status.imports": ("Last imports", "最近的导入"),
    "status.snapshots": ("Last forecasts", "最近的预测"),
    "status.none": ("none yet", "暂无"),
    "status.ok": ("done", "完成"),
    "status.undone": ("undone", "已撤销"),
    "status.waiting": ("waiting", "待运行"),
    "status.failed": (
        "The last run did not end; `paceline status` says why.",
        "上次运行未完成，原因见 paceline status。",
    ),
    "status.again_later": ("It is tried again by itself.", "稍后会自动重试。"),
    "status.again_changed": ("It is tried again when data or model change.", "数据或模型更新后会重试。"),
    "status.database": ("Database", "数据库"),
    "status.database_ok": ("answers, tables up to date", "正常，数据表为最新"),
    "status.job_import": ("Import", "导入"),
    "status.job_score": ("Scoring", "计算预测"),
    **WORK,
    **COACHING,
    **ACCURACY,
    **DIAGNOSIS,
    **DRIFT,
}

HAN_THEN_LATIN = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")
LATIN_THEN_HAN = re.compile(r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")

BANNED: dict[str, tuple[str, ...]] = {
    "en": (
        "underperform",
        "poor",
        "weak",
        "failing",
        "lazy",
        "bottom",
        "worst",
        "laggard",
        "should have",
        "red flag",
        "guaranteed",
        "shap",
        "p-value",
        "log-odds",
        "quantile",
    ),
    "zh": ("落后", "垫底", "最差", "末位", "不合格", "执行力差", "懒", "一定会", "保证", "她", "他"),
}
"""Words that no page uses: they speak of a person's worth, or in jargon."""


def say(key: str, lang: str, **blanks: object) -> str:
    """Return a sentence of the catalogue.

    Args:
        key: Its name.
        lang: `en` or `zh`.
        **blanks: What is filled in.

    Raises:
        KeyError: There is no such sentence, or a blank was not given.

    Examples:
        >>> say("rep.left", "en", days=39), say("rep.left", "zh", days=39)
        ('39 days left.', '还剩 39 天。')
    """
    sentence = TEXTS[key][1 if lang == "zh" else 0]
    filled = sentence.format(**blanks) if blanks else sentence
    return spaced(filled) if lang == "zh" else filled


def spaced(sentence: str) -> str:
    """Return Chinese with a space between characters and Latin letters or digits, as it is set in print.

    Examples:
        >>> spaced("Chen Jie预计2026 年完成")
        'Chen Jie 预计 2026 年完成'
    """
    return LATIN_THEN_HAN.sub(" ", HAN_THEN_LATIN.sub(" ", sentence))


def pick(text: Text, lang: str) -> str:
    """Return a stored sentence in one language.

    Examples:
        >>> pick({"en": "Stage", "zh": "阶段"}, "zh")
        '阶段'
    """
    return text["zh"] if lang == "zh" else text["en"]
