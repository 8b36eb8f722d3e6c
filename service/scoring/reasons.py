"""What each status means, in words for the person it is about."""

from __future__ import annotations

from features.domain.vocabulary import Status
from service.scoring.documents import Text

MEANING: dict[str, Text] = {
    Status.OK: Text(en="", zh=""),
    Status.WIDE: Text(
        en="The range is wide, so treat the middle number as a rough guide.", zh="区间较宽，中间数字仅供粗略参考。"
    ),
    Status.COLD_START: Text(
        en="Too early for a personal forecast: the range comes mostly from similar reps.",
        zh="个人预测还需要一点时间，目前的区间主要来自同类销售。",
    ),
    Status.NO_QUOTA: Text(
        en="There is no quota for this period, so bookings are forecast and attainment is not.",
        zh="本期没有设定目标，因此只预测签约金额，不预测完成率。",
    ),
    Status.INSUFFICIENT_EXPOSURE: Text(
        en="Less than a fifth of the period in seat: no forecast is made for it.",
        zh="本期在岗时间不足五分之一，不作预测。",
    ),
    Status.LEFT: Text(en="No longer with the company; no forecast is made.", zh="已离开公司，不作预测。"),
    Status.STALE: Text(
        en="The data is too old for a forecast to be trusted; import a newer export.",
        zh="数据过旧，预测不可靠；请导入较新的数据。",
    ),
    Status.UNDECIDABLE: Text(
        en="The data contradicts itself, so nothing is forecast from it.", zh="数据自相矛盾，因此不作预测。"
    ),
}
"""Sentence per status, both languages."""


TOLD_IN_FULL = (Status.UNDECIDABLE, Status.STALE)
"""Statuses whose English detail also stands on the Chinese page: without it nobody could mend the data."""


def reason_text(status: str, detail: str) -> Text:
    """Return what `status` means, followed by the detail that was found.

    Examples:
        >>> reason_text("left", "")["en"]
        'No longer with the company; no forecast is made.'
    """
    meaning = MEANING[status]
    if not detail:
        return meaning
    zh = f"{meaning['zh']} {detail}" if status in TOLD_IN_FULL else meaning["zh"]
    return Text(en=f"{meaning['en']} {detail}".strip(), zh=zh.strip())
