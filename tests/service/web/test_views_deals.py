"""The block of open deals: it adds up in sight, names no raw input, and older forecasts have none."""

from __future__ import annotations

from service.web.views.deals import deal_block
from tests.support.documents import CASES, forecast


def test_deals_sums_and_total_stand_under_each_other() -> None:
    block = deal_block(forecast(CASES[0]), "en")
    assert block is not None
    assert [row.adds for row in block.rows] == ["+4.0", "+10.0"]
    # 41 points are still to come, 72 % of them from open deals: 29.5 = 4 + 10 + 4 + 11.5.
    assert [words for words, _ in block.sums] == ["3 more open deals", "Past bias and shared swings", "All open deals"]
    assert [amount for _, amount in block.sums] == ["+4.0", "+11.5", "+29.5"]


def test_a_reason_starts_without_the_name_that_stands_beside_it() -> None:
    english, chinese = deal_block(forecast(CASES[0]), "en"), deal_block(forecast(CASES[0]), "zh")
    assert english is not None
    assert chinese is not None
    assert english.rows[0].why == ["Close date moved out twice (similar open deals: never), −2.5 points."]
    assert chinese.rows[0].why == ["成交日推迟 2 次（同类在手商机：0 次），−2.5 个百分点。"]
    assert english.rows[0].chance == "20% (similar deals 35%)"
    assert english.rows[1].why == ["Much like similar deals"]


def test_forecasts_of_earlier_versions_have_no_deals() -> None:
    old = forecast(CASES[0])
    del old["deals"]
    assert deal_block(old, "en") is None
    assert deal_block(forecast(CASES[7]), "en") is None
