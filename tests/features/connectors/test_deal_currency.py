"""Deals in several currencies: the day that prices each amount, the win, chains of changes, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.features.connectors.support import refused, rows, run, write

RATES = "code,since,rate\nEUR,2024-01-01,1.10\nEUR,2024-02-01,1.20\nEUR,2024-03-01,1.30\n"
DEALS_HEAD = "id,rep,born,amount,outcome,closed,cur\n"
CHANGES_HEAD = "id,at,field,old,new\n"
RATES_BLOCK = "rates: {file: r, currency: code, rate: rate, valid_from: since}"


def mapping(rates: str = RATES_BLOCK, zone: str = "UTC", changes_currency: str = "") -> str:
    return f"""
currency: USD
calendar: {{zone: {zone}}}
{rates}
files:
  c: {{path: c.csv, optional: true}}
  d: {{path: d.csv, optional: true}}
  r: {{path: r.csv, optional: true}}
tables:
  opportunity_changes:
    relation: append
    from:
      file: c
      columns: {{opportunity_id: id, changed_at: at, field: field, old: old, new: new{changes_currency}}}
  opportunities:
    from:
      file: d
      columns:
        opportunity_id: id
        rep_id: rep
        created_at: born
        amount: amount
        outcome: outcome
        closed_at: closed
        currency: cur
"""


def told(tmp_path: Path, deals: str, changes: str, text: str = "") -> list[tuple[object, ...]]:
    """Return (deal, day, old, new) of every change of an amount, in order."""
    source = write(tmp_path / "s", {"d.csv": DEALS_HEAD + deals, "c.csv": CHANGES_HEAD + changes, "r.csv": RATES})
    staged = run(source, text or mapping(), tmp_path / "w")
    found = [row for row in rows(staged, "opportunity_changes") if row["field"] == "amount"]
    return sorted(
        (row["opportunity_id"], str(row["changed_at"])[:16], row["old"] or "", row["new"] or "") for row in found
    )


def amounts(tmp_path: Path, deals: str, text: str = "") -> list[Decimal | None]:
    source = write(tmp_path / "s", {"d.csv": DEALS_HEAD + deals, "r.csv": RATES})
    staged = run(source, text or mapping(), tmp_path / "w")
    return [None if row["amount"] is None else Decimal(str(row["amount"])) for row in rows(staged, "opportunities")]


def test_a_deal_takes_the_rate_of_its_creation_and_a_won_one_that_of_its_win(tmp_path: Path) -> None:
    deals = (
        "1,r,2024-01-10,100,open,,EUR\n"
        "2,r,2024-01-10,100,won,2024-03-02,EUR\n"
        "3,r,2024-01-10,100,lost,2024-03-02,eur\n"
        "4,r,2024-01-10,100,won,2024-03-02,USD\n"
        "5,r,2024-01-10,100,open,,\n"
        "6,r,2024-01-10,,open,,EUR\n"
    )
    # 100 EUR: x 1.10 as created or lost, x 1.30 as won in March; dollars, no currency and no amount stay as they are.
    assert amounts(tmp_path, deals) == [Decimal(110), Decimal(130), Decimal(110), Decimal(100), Decimal(100), None]


def test_a_deal_without_any_day_takes_the_newest_rate(tmp_path: Path) -> None:
    assert amounts(tmp_path, "1,r,,100,open,,EUR\n") == [Decimal(130)]


def test_a_plan_rate_prices_every_amount_alike(tmp_path: Path) -> None:
    source = write(
        tmp_path / "s",
        {
            "d.csv": DEALS_HEAD + "1,r,2024-01-10,300,won,2024-03-02,EUR\n",
            "c.csv": CHANGES_HEAD + "1,2024-02-10,amount,200,300\n1,2024-03-02,outcome,open,won\n",
            "r.csv": "code,rate\nEUR,1.5\n",
        },
    )
    staged = run(source, mapping(RATES_BLOCK.replace(", valid_from: since", "")), tmp_path / "w")
    changes = [row for row in rows(staged, "opportunity_changes") if row["field"] == "amount"]
    # A plan rate does not move, so the win prices nothing anew: one change, as in the source.
    assert [(row["old"], row["new"]) for row in changes] == [("300", "450")]
    assert rows(staged, "opportunities")[0]["amount"] == Decimal(450)


def test_each_change_takes_the_rate_of_its_day_and_the_amount_before_the_first_that_of_the_creation(
    tmp_path: Path,
) -> None:
    deals = "1,r,2024-01-10,300,open,,EUR\n2,r,2024-01-10,300,open,,USD\n"
    changes = (
        "1,2024-02-10T09:00:00Z,amount,100,200\n"
        "1,2024-03-10T09:00:00Z,amount,200,300\n"
        "2,2024-02-10T09:00:00Z,amount,100,300\n"
    )
    assert told(tmp_path, deals, changes) == [
        ("1", "2024-02-10 09:00", "110", "240"),
        ("1", "2024-03-10 09:00", "240", "390"),
        ("2", "2024-02-10 09:00", "100", "300"),
    ]


def test_a_later_rate_never_changes_what_an_amount_was_before(tmp_path: Path) -> None:
    deals, change = "1,r,2024-01-10,200,open,,EUR\n", "1,2024-02-10T09:00:00Z,amount,100,200\n"
    before = told(tmp_path / "a", deals, change)
    after = told(tmp_path / "b", deals, change + "1,2024-03-10T09:00:00Z,amount,200,500\n")
    assert after[: len(before)] == before


def test_the_day_is_the_one_of_the_company(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,200,open,,EUR\n"
    changes = "1,2024-01-31T17:00:00Z,amount,100,200\n"
    # 17:00 in London is already the first of February in Shanghai: 1.20.
    assert told(tmp_path, deals, changes, mapping(zone="Asia/Shanghai"))[0][3] == "240"


def test_a_win_prices_the_amount_once_more_and_edits_after_it_keep_that_rate(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,250,won,2024-02-20,EUR\n"
    changes = (
        "1,2024-01-15T09:00:00Z,amount,100,200\n"
        "1,2024-02-20T09:00:00Z,outcome,open,won\n"
        "1,2024-03-05T09:00:00Z,amount,200,250\n"
    )
    # Won in February: 200 x 1.20. Edited in March to 250, still x 1.20: rates that move later move no booking.
    assert told(tmp_path, deals, changes) == [
        ("1", "2024-01-15 09:00", "110", "220"),
        ("1", "2024-02-20 09:00", "220", "240"),
        ("1", "2024-03-05 09:00", "240", "300"),
    ]


def test_an_amount_set_at_the_instant_of_the_win_is_not_priced_twice(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,250,won,2024-02-20,EUR\n"
    changes = "1,2024-02-20T09:00:00Z,outcome,open,won\n1,2024-02-20T09:00:00Z,amount,200,250\n"
    assert told(tmp_path, deals, changes) == [("1", "2024-02-20 09:00", "220", "300")]


def test_a_deal_that_is_taken_back_and_won_again_takes_the_rate_of_the_second_win(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,100,won,2024-03-20,EUR\n"
    changes = (
        "1,2024-02-20T09:00:00Z,outcome,open,won\n"
        "1,2024-02-25T09:00:00Z,outcome,won,open\n"
        "1,2024-03-20T09:00:00Z,outcome,open,won\n"
    )
    assert told(tmp_path, deals, changes) == [
        ("1", "2024-02-20 09:00", "110", "120"),
        ("1", "2024-03-20 09:00", "120", "130"),
    ]


def test_a_win_that_only_the_deal_tells_of_is_priced_too(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,200,won,2024-03-20,EUR\n"
    changes = "1,2024-02-10T09:00:00Z,amount,100,200\n"
    assert told(tmp_path, deals, changes)[1] == ("1", "2024-03-20 00:00", "240", "260")


def test_changes_of_one_instant_stay_a_chain(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,300,open,,EUR\n"
    changes = "1,2024-02-10T09:00:00Z,amount,200,300\n1,2024-02-10T09:00:00Z,amount,100,200\n"
    # 100 -> 200 -> 300: the 200 in the middle must read the same on both sides (x 1.20); the start is January's.
    assert told(tmp_path, deals, changes) == [
        ("1", "2024-02-10 09:00", "110", "240"),
        ("1", "2024-02-10 09:00", "240", "360"),
    ]


def test_an_amount_that_is_emptied_stays_so_and_one_that_is_filled_has_none_before(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,,open,,EUR\n2,r,2024-01-10,,open,,EUR\n"
    changes = "1,2024-02-10T09:00:00Z,amount,100,\n2,2024-02-10T09:00:00Z,amount,,100\n"
    assert told(tmp_path, deals, changes) == [
        ("1", "2024-02-10 09:00", "110", ""),
        ("2", "2024-02-10 09:00", "", "120"),
    ]


def test_what_the_source_said_is_kept_with_the_rate(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,200,open,,EUR\n2,r,,50,open,,EUR\n"
    changes = "1,2024-02-10T09:00:00Z,amount,100,200\n"
    source = write(tmp_path / "s", {"d.csv": DEALS_HEAD + deals, "c.csv": CHANGES_HEAD + changes, "r.csv": RATES})
    staged = run(source, mapping(), tmp_path / "w")
    table = staged.tables["original_amounts"]
    kept = [row for path in table.files for row in pq.read_table(path).to_pylist()]
    assert sorted((row["of_table"], row["of_key"], row["amount"], row["rate"]) for row in kept) == [
        ("opportunities", "1", Decimal(200), 1.1),
        ("opportunity_changes", "1/2024-02-10 09:00:00/amount/240", Decimal(200), 1.2),
    ]
    # The deal without a day is converted, but nobody can say when its amount was that: it is not kept.
    assert table.rows == 2
    assert "opportunities: 2 amounts in other currencies were converted to USD" in staged.report.notes
    assert "opportunity_changes: 1 amounts in other currencies were converted to USD" in staged.report.notes


def test_missing_rates_are_named_with_their_lines_and_partial_leaves_those_rows_out(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,100,open,,EUR\n2,r,2024-01-10,100,open,,GBP\n3,r,2023-12-01,100,open,,EUR\n"
    changes = (
        "1,2024-02-10T09:00:00Z,amount,50,100\n"
        "2,2024-02-10T09:00:00Z,amount,50,100\n"
        "3,2024-02-10T09:00:00Z,amount,50,100\n"
        "2,2024-02-11T09:00:00Z,stage,a,b\n"
    )
    source = write(tmp_path / "s", {"d.csv": DEALS_HEAD + deals, "c.csv": CHANGES_HEAD + changes, "r.csv": RATES})

    faults = refused(source, mapping(), tmp_path / "w").report.faults
    staged = run(source, mapping(), tmp_path / "w2", partial=True)

    assert sorted((f.file, f.line, f.code, f.value) for f in faults) == [
        ("c.csv", 3, "no rate", "GBP"),
        ("c.csv", 4, "no rate", "EUR"),
        ("d.csv", 3, "no rate", "GBP"),
        ("d.csv", 4, "no rate", "EUR"),
    ]
    # The amount before the first change needs the rate of December, which there is none of.
    assert "known on 2023-12-01" in next(f.mend for f in faults if (f.file, f.line) == ("c.csv", 4))
    assert [row["opportunity_id"] for row in rows(staged, "opportunities")] == ["1"]
    kept = rows(staged, "opportunity_changes")
    assert [(row["opportunity_id"], row["field"]) for row in kept] == [("1", "amount"), ("2", "stage")]
    assert (staged.tables["opportunity_changes"].rows, staged.report.quarantined) == (2, 4)


def test_deals_in_two_currencies_without_rates_are_refused(tmp_path: Path) -> None:
    deals = "1,r,2024-01-10,100,open,,EUR\n2,r,2024-01-10,100,open,,USD\n"
    changes = "1,2024-02-10T09:00:00Z,amount,50,100\n2,2024-02-10T09:00:00Z,amount,50,100\n"
    source = write(tmp_path / "s", {"d.csv": DEALS_HEAD + deals, "c.csv": CHANGES_HEAD + changes})
    faults = refused(source, mapping(rates=""), tmp_path / "w").report.faults
    assert sorted((f.file, f.line) for f in faults) == [("c.csv", 2), ("d.csv", 2)]
    assert all("set `currency: EUR` if that is what the company counts in" in f.mend for f in faults)


def test_an_amount_whose_currency_nothing_says_is_refused_where_there_are_rates(tmp_path: Path) -> None:
    changes = "7,2024-02-10T09:00:00Z,amount,50,100\n7,2024-02-10T09:00:00Z,stage,a,b\n"
    source = write(tmp_path / "s", {"c.csv": CHANGES_HEAD + changes, "r.csv": RATES})
    fault = refused(source, mapping(), tmp_path / "w").report.faults[0]
    assert (fault.line, fault.code, fault.column) == (2, "no currency", "currency")
    plain = write(tmp_path / "p", {"c.csv": CHANGES_HEAD + changes})
    assert len(rows(run(plain, mapping(rates=""), tmp_path / "wp"), "opportunity_changes")) == 2


def test_changes_that_arrive_alone_may_say_their_currency(tmp_path: Path) -> None:
    head = CHANGES_HEAD.strip() + ",cur\n"
    source = write(tmp_path / "s", {"c.csv": head + "7,2024-02-10,amount,50,100,EUR\n", "r.csv": RATES})
    staged = run(source, mapping(changes_currency=", currency: cur"), tmp_path / "w")
    # No deal, so no day of creation: the old amount takes the rate of the day it ended.
    assert [(row["old"], row["new"], row["currency"]) for row in rows(staged, "opportunity_changes")] == [
        ("60", "120", "USD")
    ]


@pytest.mark.parametrize("own", ["", "          currency: cur\n"])
def test_whole_rows_per_change_convert_in_the_currency_of_the_deal_or_their_own(own: str, tmp_path: Path) -> None:
    text = mapping().replace(
        "columns: {opportunity_id: id, changed_at: at, field: field, old: old, new: new}",
        f"changes:\n          opportunity_id: id\n          changed_at: at\n{own}"
        "          fields: {stage: stage, amount: amount, outcome: outcome}",
    )
    history = (
        "id,at,stage,amount,outcome,cur\n"
        "1,2024-01-10T09:00:00Z,new,100,open,EUR\n"
        "1,2024-02-10T09:00:00Z,talks,100,open,EUR\n"
        "1,2024-03-10T09:00:00Z,won,100,won,EUR\n"
    )
    deals = DEALS_HEAD + "1,r,2024-01-10,100,won,2024-03-10,EUR\n"
    source = write(tmp_path / "s", {"d.csv": deals, "c.csv": history, "r.csv": RATES})
    found = [r for r in rows(run(source, text, tmp_path / "w"), "opportunity_changes") if r["field"] == "amount"]
    # Nothing moves while only the stage does; the win is priced at March's rate.
    assert [(str(r["changed_at"])[:10], r["old"], r["new"]) for r in found] == [
        ("2024-01-10", None, "110"),
        ("2024-03-10", "110", "130"),
    ]


def test_a_quoted_reverse_rate_divides(tmp_path: Path) -> None:
    source = write(
        tmp_path / "s",
        {
            "d.csv": DEALS_HEAD + "1,r,2024-01-10,100,open,,EUR\n",
            "c.csv": CHANGES_HEAD + "1,2024-02-10,amount,80,100\n",
            "r.csv": "code,since,rate\nEUR,2024-01-01,0.8\n",
        },
    )
    reverse = RATES_BLOCK.replace("valid_from: since", "valid_from: since, quoted: units_per_company")
    staged = run(source, mapping(reverse), tmp_path / "w")
    change = rows(staged, "opportunity_changes")[0]
    assert (change["old"], change["new"]) == ("100", "125")
    assert rows(staged, "opportunities")[0]["amount"] == Decimal(125)
