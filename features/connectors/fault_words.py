"""Faults of an import in words, in English and Chinese: a catalogue by the code of the fault.

English is what the fault itself says. Chinese is put together from the code and the fault's own parameters, never
translated from the English sentence; a code without an entry is a mistake that a test finds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from features.contracts.faults import LISTED_FAULTS, Fault


@dataclass(frozen=True)
class Words:
    """What a code means in Chinese; `{value}`, `{column}` and, of codes with numbers, `{0}`, `{1}` are filled in.

    Attributes:
        what: What is wrong.
        mend: What to do.
    """

    what: str
    mend: str


ZH: dict[str, Words] = {
    "required": Words("缺少必填值", "请在来源中补上，或在映射里为该列写 `default:`"),
    "choices": Words("不是允许的取值", "请在 `values:` 中把它对应到允许的词"),
    "finite": Words("不是有限的数字", "请填写一个正常的数字"),
    "amount": Words("金额超过 1e12，不可信", "请检查单位或 `scale`"),
    "year": Words("日期不在 1990 至 2100 年之间", "请检查日期格式或该值"),
    "share": Words("比例不在 0 到 1 之间", "50% 应写成 0.5"),
    "weight": Words("权重应大于 0 且不超过 1", "请更正权重"),
    "period": Words("期间的结束日早于开始日", "请对调两个日期"),
    "validity": Words("valid_to 早于 valid_from", "请对调两个日期"),
    "owner": Words("rep_id 与 team_id 应当只填一个", "请只保留其中一个"),
    "quota": Words("目标不能为负", "请检查正负号"),
    "closed": Words("商机的关闭日早于创建日", "请检查两个日期及其格式"),
    "outcome": Words("赢单或输单缺少关闭日", "请映射 closed_at"),
    "duration": Words("时长不能为负", "请检查单位（分钟）"),
    "nul": Words("含有 NUL 字节", "请删除该字节"),
    "length": Words("文本过长", "请缩短文本"),
    "change": Words("该字段的新值无法识别", "新值应为数字、ISO 日期或 open、won、lost；请检查 `new` 的映射"),
    "employment": Words("end_date 早于 hire_date", "请对调两个日期"),
    "not a date": Words("不是日期", "请写成 2020-12-31 的形式，或用 `format:` 说明写法"),
    "not a number": Words("不是数字", "请更正该值，或说明 `decimal` 与 `thousands`"),
    "value not in the vocabulary": Words("不在词表中", "请在 `values:` 中加上它，或用 `otherwise:` 说明如何处理"),
    "no partner": Words("关联的文件里找不到对应的行", "请补上该行，或不要求必须对应"),
    "several partners": Words("关联的文件里有多行与之对应且内容不同", "请只保留其中一行"),
    "a total row": Words("这是合计行，不是一条记录", "请用 `where_not` 把它排除，或在导出时去掉"),
    "a joined key stands twice": Words("关联用的键重复出现", "请只保留一行，或改用取值唯一的列关联"),
    "duplicate key": Words("同一个键有不同的内容", "请只保留一行，或设置 `conflicts: last`"),
    "overlapping quotas": Words("同一人的两个目标期间重叠", "请更正日期，或只保留一个"),
    "circle of managers": Words("上下级关系成环", "请更正其中一行的 manager_rep_id 或日期"),
    "no rate": Words("当天没有这种货币的汇率", "请在 `rates` 的文件中补上；若公司以它计价，请设置 `currency: {value}`"),
    "no currency": Words("无法得知该商机的货币", "请把商机一并导出，或为变更映射 `currency`"),
    "not a rate": Words("不是有效的汇率", "每种货币每天只应有一个大于零的汇率"),
    "not splittable": Words("这个期间的目标无法拆分", "请检查 fiscal_start_month，或在 split_quotas 中写明 `weights`"),
    "NUL byte": Words("含有 NUL 字节", "请重新导出为文本，或删除该字节"),
    "cannot be parsed": Words("无法解析该文件", "请重新导出"),
    "a quote that is never closed": Words("引号没有闭合", "请在该行补上引号"),
    "a quote inside a field": Words("字段内有引号", '字段内的引号应写成 ""'),
}
"""Chinese words by code."""

ZH_PATTERNS: tuple[tuple[re.Pattern[str], Words], ...] = (
    (
        re.compile(r"(\d+) fields where the header has (\d+)"),
        Words("该行有 {0} 个字段，表头有 {1} 个", "请给含分隔符的字段加引号，或补全缺少的字段"),
    ),
    (re.compile(r"one single column between (.+)"), Words("用 {0} 分隔只得到一列", "请在 `files` 下设置 `delimiter`")),
    (re.compile(r"not (\S+) text"), Words("不是 {0} 编码的文本", "请在 `files` 下设置正确的 `encoding`")),
)
"""Chinese words of codes that carry numbers or names."""


def words_of(code: str) -> tuple[Words, tuple[str, ...]]:
    """Return the Chinese words of a code and the parameters that the code itself carries.

    Raises:
        KeyError: The catalogue has no such code.
    """
    if code in ZH:
        return ZH[code], ()
    for pattern, words in ZH_PATTERNS:
        found = pattern.fullmatch(code)
        if found is not None:
            return words, found.groups()
    raise KeyError(code)


def told(fault: Fault, lang: str) -> tuple[str, str]:
    """Return what is wrong and what to do.

    Args:
        fault: The fault.
        lang: `en` or `zh`.
    """
    if lang == "en":
        return fault.code, fault.mend
    words, carried = words_of(fault.code)
    return (
        words.what.format(*carried, value=fault.value, column=fault.column),
        words.mend.format(*carried, value=fault.value, column=fault.column),
    )


def fault_line(fault: Fault, lang: str) -> str:
    """Return one readable line: where, what stood there, what is wrong and what to do.

    Examples:
        >>> fault_line(Fault("a.csv", 3, "quotas", "amount", "quota", "-5", "a quota is not negative"), "zh")
        'a.csv:3 amount “-5”：目标不能为负；请检查正负号'
    """
    if lang == "en":
        return str(fault)
    what, mend = told(fault, lang)
    where = f"{fault.file}:{fault.line}" if fault.line else fault.file
    column = f" {fault.column}" if fault.column else ""
    value = f" “{fault.value}”" if fault.value else ""
    return f"{where}{column}{value}：{what}；{mend}"


def refusal(source: str, faults: Sequence[Fault], *, refused: int, rows: int, count: int) -> str:
    """Return in Chinese what a person reads when an import is refused.

    Args:
        source: Name of the source.
        faults: The first faults.
        refused: Rows that cannot be used.
        rows: Rows read.
        count: All faults.
    """
    lines = [f"{source}：{rows} 行中有 {refused} 行无法使用（共 {count} 处问题）", ""]
    lines += [fault_line(fault, "zh") for fault in faults[:LISTED_FAULTS]]
    if count > LISTED_FAULTS:
        lines.append(f"另有 {count - LISTED_FAULTS} 处，全部列在隔离文件中")
    lines += ["", "请修正导出文件或映射，或用 --partial 只导入正确的行"]
    return "\n".join(lines)
