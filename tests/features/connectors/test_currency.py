"""Amounts in several currencies: the rate of the day, plan rates, what was there before, and a rate that is missing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.connectors.mapping import parse_mapping
from features.domain.errors import MappingError
from tests.features.connectors.support import HEAD, refused, rows, run, write

DATED = "rates: {file: r, currency: code, rate: rate, valid_from: since}"
PLAN = "rates: {file: r, currency: code, rate: rate}"
REVERSE = "rates: {file: r, currency: code, rate: rate, valid_from: since, quoted: units_per_company}"
RATES = "code,since,rate\nEUR,2024-01-01,1.10\nEUR,2024-02-01,1.20\n"
ORDERS = (
    "id,rep,day,amount,cur\n1,r,2024-01-31,100,EUR\n2,r,2024-02-01,100,EUR\n3,r,2024-02-01,-7.5,USD\n4,r,2024-03-09,,\n"
)


def mapping(rates: str, zone: str = "UTC") -> str:
    return f"""
currency: USD
calendar: {{zone: {zone}}}
{rates}
files: {{f: {{path: f.csv}}, r: {{path: r.csv, optional: true}}}}
tables:
  bookings:
    from:
      file: f
      columns:
        booking_id: id
        rep_id: rep
        occurred_at: day
        amount: {{column: amount, default: 1}}
        currency: cur
"""


QUOTAS = """
files: {q: {path: q.csv}, r: {path: r.csv}}
tables:
  quotas:
    from:
      file: q
      columns: {rep_id: rep, period_start: start, period_end: end, amount: amount, currency: cur}
"""


def amounts(tmp_path: Path, text: str, rates: str = RATES, orders: str = ORDERS) -> list[Decimal]:
    source = write(tmp_path / "s", {"f.csv": orders, "r.csv": rates})
    staged = run(source, text, tmp_path / "w")
    return [Decimal(str(row["amount"])) for row in rows(staged, "bookings")]


def test_a_booking_takes_the_rate_that_holds_on_its_day(tmp_path: Path) -> None:
    # 100 EUR x 1.10 on the last day of January, x 1.20 a day later; dollars and rows without a currency stay.
    assert amounts(tmp_path, mapping(DATED)) == [Decimal(110), Decimal(120), Decimal("-7.5"), Decimal(1)]


def test_the_day_is_the_one_of_the_company(tmp_path: Path) -> None:
    orders = "id,rep,day,amount,cur\n1,r,2024-01-31T17:00:00Z,100,EUR\n"
    # 17:00 in London is already the first of February in Shanghai.
    assert amounts(tmp_path, mapping(DATED, "Asia/Shanghai"), orders=orders) == [Decimal(120)]


def test_a_rate_may_say_units_of_the_other_currency(tmp_path: Path) -> None:
    rates = "code,since,rate\nEUR,2024-01-01,0.8\n"
    assert amounts(tmp_path, mapping(REVERSE), rates)[:2] == [Decimal(125), Decimal(125)]


def test_a_plan_rate_holds_on_every_day(tmp_path: Path) -> None:
    assert amounts(tmp_path, mapping(PLAN), "code,rate\nEUR,1.5\n")[:2] == [Decimal(150), Decimal(150)]


def test_what_the_source_said_is_kept_with_the_rate(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": ORDERS, "r.csv": RATES})

    staged = run(source, mapping(DATED), tmp_path / "w")

    kept = sorted(pq.read_table(staged.tables["original_amounts"].files[0]).to_pylist(), key=lambda r: str(r["of_key"]))
    assert [(r["of_key"], r["amount"], r["currency"], r["rate"], r["rate_from"]) for r in kept] == [
        ("1", Decimal(100), "EUR", 1.1, date(2024, 1, 1)),
        ("2", Decimal(100), "EUR", 1.2, date(2024, 2, 1)),
    ]
    assert kept[0]["occurred_at"] == datetime(2024, 1, 31)  # noqa: DTZ001 -- stored times are naive UTC
    assert {row["currency"] for row in rows(staged, "bookings")} == {"USD"}
    assert "bookings: 2 amounts in other currencies were converted to USD" in staged.report.notes


def test_a_missing_rate_is_named_with_its_line_and_partial_leaves_the_row_out(tmp_path: Path) -> None:
    orders = "id,rep,day,amount,cur\n1,r,2023-12-31,100,EUR\n2,r,2024-02-01,100,GBP\n3,r,2024-02-01,5,USD\n"
    source = write(tmp_path / "s", {"f.csv": orders, "r.csv": RATES})

    report = refused(source, mapping(DATED), tmp_path / "w").report
    staged = run(source, mapping(DATED), tmp_path / "w2", partial=True)

    assert [(f.file, f.line, f.code, f.value) for f in report.faults] == [
        ("f.csv", 2, "no rate", "EUR"),
        ("f.csv", 3, "no rate", "GBP"),
    ]
    assert "no rate from GBP to USD is known on 2024-02-01" in report.faults[1].mend
    assert [row["booking_id"] for row in rows(staged, "bookings")] == ["3"]
    assert (staged.report.accepted, staged.report.quarantined) == (1, 2)
    assert "original_amounts" not in staged.tables


def test_two_currencies_without_rates_are_never_summed(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": ORDERS})
    assert [f.line for f in refused(source, mapping(""), tmp_path / "w").report.faults] == [2, 3]


def test_lines_that_are_no_rate_are_named(tmp_path: Path) -> None:
    rates = RATES + "EUR,2024-02-01,1.30\nGBP,2024-01-01,0\nCHF,soon,1.1\nSEK,2024-01-01,abc\n"
    source = write(tmp_path / "s", {"f.csv": ORDERS, "r.csv": rates})
    faults = refused(source, mapping(DATED), tmp_path / "w").report.faults
    assert [(f.line, f.code, f.value) for f in faults] == [
        (4, "not a rate", "1.30"),
        (5, "not a rate", "0"),
        (6, "not a rate", "1.1"),
        (7, "not a rate", "abc"),
    ]


def test_a_quota_takes_the_rate_of_its_first_day(tmp_path: Path) -> None:
    quotas = "rep,start,end,amount,cur\nr,2024-01-01,2024-03-31,1000,EUR\nr,2024-04-01,2024-06-30,1000,EUR\n"
    source = write(tmp_path / "s", {"q.csv": quotas, "r.csv": RATES})
    staged = run(source, DATED + QUOTAS, tmp_path / "w")
    assert [row["amount"] for row in rows(staged, "quotas")] == [Decimal(1100), Decimal(1200)]


def test_rates_name_a_file_of_the_mapping() -> None:
    with pytest.raises(MappingError, match="rates reads file 'r'"):
        parse_mapping(HEAD + mapping(DATED).replace(", r: {path: r.csv, optional: true}", ""), origin="t.yml")


def test_a_rep_of_another_currency_is_told_in_the_company_currency(tmp_path: Path) -> None:
    columns = "{rep_id: id, name: id, currency: cur}"
    text = f"files: {{p: {{path: p.csv}}}}\ntables: {{reps: {{from: {{file: p, columns: {columns}}}}}}}"
    source = write(tmp_path / "s", {"p.csv": "id,cur\n1,EUR\n2,usd\n3,\n"})
    staged = run(source, "currency: USD\n" + text, tmp_path / "w")
    assert [row["currency"] for row in rows(staged, "reps")] == ["USD", "USD", None]


def test_numbers_of_things_have_no_currency_and_are_never_converted(tmp_path: Path) -> None:
    text = mapping(DATED).replace("currency: cur\n", "currency: cur\n        metric: kind\n")
    orders = (
        "id,rep,day,amount,cur,kind\n"
        "1,r,2024-01-31,100,EUR,revenue\n"
        "2,r,2024-01-31,7,EUR,units\n"
        "3,r,2024-01-31,-2,,units\n"
    )
    source = write(tmp_path / "s", {"f.csv": orders, "r.csv": RATES})
    staged = run(source, "counted: [units]\n" + text, tmp_path / "w")
    assert [(row["metric"], row["amount"], row["currency"]) for row in rows(staged, "bookings")] == [
        ("revenue", Decimal(110), "USD"),
        ("units", Decimal(7), ""),
        ("units", Decimal(-2), ""),
    ]


def test_numbers_of_things_alone_need_no_rates(tmp_path: Path) -> None:
    text = QUOTAS.replace("currency: cur", "currency: cur, metric: kind").replace(", r: {path: r.csv}", "")
    source = write(tmp_path / "s", {"q.csv": "rep,start,end,amount,cur,kind\nr,2024-01-01,2024-03-31,10,EUR,units\n"})
    staged = run(source, "currency: USD\ncounted: [units]" + text, tmp_path / "w")
    assert [(row["amount"], row["currency"]) for row in rows(staged, "quotas")] == [(Decimal(10), "")]
