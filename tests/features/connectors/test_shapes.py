"""Vocabularies, joins, wide to long, periods, several layouts and keys: the abilities that reshape rows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from features.domain.errors import MappingError
from tests.features.connectors.support import refused, rows, run, write

DEALS = """
files: {f: {path: f.csv}}
tables:
  opportunities:
    from:
      - file: f
        columns:
          opportunity_id: id
          rep_id: rep
          outcome: OUTCOME
          closed_at: {column: closed}
"""


def deals(outcome: str) -> str:
    """Return a mapping of deals with one entry for the outcome."""
    return DEALS.replace("OUTCOME", outcome)


def test_a_vocabulary_in_any_language_is_translated_without_case(tmp_path: Path) -> None:
    text = "id,rep,status,closed\n1,a,赢单,2024-01-01\n2,a,LOST,2024-01-01\n3,a,进行中,\n"
    source = write(tmp_path / "s", {"f.csv": text})

    found = rows(
        run(source, deals("{column: status, values: {赢单: won, Lost: lost, 进行中: open}}"), tmp_path / "w"),
        "opportunities",
    )

    assert [r["outcome"] for r in found] == ["won", "lost", "open"]


def test_a_word_outside_the_vocabulary_is_refused_by_name(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "id,rep,status,closed\n1,a,谈判中,\n"})

    fault = refused(source, deals("{column: status, values: {赢单: won}}"), tmp_path / "w").report.faults[0]

    assert (fault.line, fault.column, fault.value) == (2, "status", "谈判中")
    assert "add it to `values:`" in fault.mend


@pytest.mark.parametrize(("otherwise", "kept"), [("open", ["open", "won"]), ("skip", ["won"])])
def test_other_words_become_a_default_or_are_left_out(tmp_path: Path, otherwise: str, kept: list[str]) -> None:
    source = write(tmp_path / "s", {"f.csv": "id,rep,status,closed\n1,a,new,\n2,a,Won,2024-01-01\n"})

    staged = run(source, deals(f"{{column: status, values: {{Won: won}}, otherwise: {otherwise}}}"), tmp_path / "w")

    assert [r["outcome"] for r in rows(staged, "opportunities")] == kept
    assert staged.report.files[0].left_out == 2 - len(kept)


def test_cases_decide_by_several_columns_in_order(tmp_path: Path) -> None:
    text = "id,rep,IsWon,IsClosed,closed\n1,a,true,true,2024-01-01\n2,a,false,TRUE,2024-01-01\n3,a,false,false,\n"
    source = write(tmp_path / "s", {"f.csv": text})
    entry = '{case: [{when: {IsWon: "true"}, then: won}, {when: {IsClosed: "true"}, then: lost}], otherwise: open}'

    assert [r["outcome"] for r in rows(run(source, deals(entry), tmp_path / "w"), "opportunities")] == [
        "won",
        "lost",
        "open",
    ]


def test_filters_keep_and_leave_out_rows_and_count_them(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "id,name,kind\n1,A,rep\n2,B,bot\n3,C,Rep\n4,D,\n"})
    mapping = """
files: {f: {path: f.csv}}
tables:
  reps:
    from: {file: f, where: {kind: [rep, ""]}, where_not: {id: 3}, columns: {rep_id: id, name: name}}
"""
    staged = run(source, mapping, tmp_path / "w")

    assert [r["rep_id"] for r in rows(staged, "reps")] == ["1", "4"]
    assert staged.report.files[0].left_out == 2


OWNER = """
files: {orders: {path: orders.csv}, accounts: {path: accounts.csv}, people: {path: people.csv}}
tables:
  bookings:
    from:
      - file: orders
        join:
          - {file: accounts, left: account, right: id, required: true}
          - {file: people, left: accounts.owner, right: mail, required: true}
        columns: {booking_id: id, rep_id: people.number, occurred_at: day, amount: amount, account_id: account}
"""


def test_the_owner_is_found_through_two_joins(tmp_path: Path) -> None:
    source = write(
        tmp_path / "s",
        {
            "orders.csv": "id,account,day,amount\no1,A,2024-01-01,5\no2,B,2024-01-02,6\n",
            "accounts.csv": "id,owner\nA,x@y\nB,z@y\n",
            "people.csv": "mail,number\nx@y,7\nz@y,8\n",
        },
    )

    assert [r["rep_id"] for r in rows(run(source, OWNER, tmp_path / "w"), "bookings")] == ["7", "8"]


def test_a_missing_partner_is_named_where_it_is_required(tmp_path: Path) -> None:
    source = write(
        tmp_path / "s",
        {
            "orders.csv": "id,account,day,amount\no1,A,2024-01-01,5\no2,C,2024-01-02,6\n",
            "accounts.csv": "id,owner\nA,x@y\n",
            "people.csv": "mail,number\nx@y,7\n",
        },
    )

    faults = refused(source, OWNER, tmp_path / "w").report.faults

    assert ("orders.csv", 3, "account", "no partner") in [(f.file, f.line, f.column, f.code) for f in faults]


def test_a_joined_key_with_two_meanings_is_refused(tmp_path: Path) -> None:
    source = write(
        tmp_path / "s",
        {
            "orders.csv": "id,account,day,amount\no1,A,2024-01-01,5\n",
            "accounts.csv": "id,owner\nA,x@y\nA,z@y\n",
            "people.csv": "mail,number\nx@y,7\nz@y,8\n",
        },
    )

    fault = refused(source, OWNER, tmp_path / "w").report.faults[0]

    assert (fault.file, fault.line, fault.value) == ("accounts.csv", 2, "A")
    assert "lines 2, 3 differ" in fault.mend


QUOTAS = """
calendar: {fiscal_start_month: 7}
files: {f: {path: f.csv}}
tables:
  quotas:
    from:
      - file: f
        EXTRA
        columns:
          rep_id: rep
          period_start: START
          period_end: END
          amount: AMOUNT
"""


def quotas(start: str, end: str, amount: str, extra: str = "where: {}") -> str:
    """Return a mapping of quotas."""
    return QUOTAS.replace("EXTRA", extra).replace("START", start).replace("END", end).replace("AMOUNT", amount)


def periods(staged_rows: list[dict[str, object]]) -> list[tuple[date, date, Decimal]]:
    """Return start, end and amount of staged quotas, sorted."""
    return sorted((r["period_start"], r["period_end"], r["amount"]) for r in staged_rows)  # type: ignore[misc]


def test_wide_months_become_rows_and_empty_cells_none(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "rep,Year,M01,M02,M12\na,2024,1.5,-,3\n"})
    mapping = 'nulls: ["-"]\n' + quotas(
        "{date_parts: {year: Year, month: m}, to: month_start}",
        "{date_parts: {year: Year, month: m}, to: month_end}",
        "{column: v, scale: 1000}",
        "unpivot: {columns: {M01: 1, M02: 2, M12: 12}, key: m, value: v}",
    )
    staged = run(source, mapping, tmp_path / "w")

    assert periods(rows(staged, "quotas")) == [
        (date(2024, 1, 1), date(2024, 1, 31), Decimal(1500)),
        (date(2024, 12, 1), date(2024, 12, 31), Decimal(3000)),
    ]


def test_columns_named_after_months_are_found_by_pattern(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "rep,2024-01,2024-02,note\na,1,2,x\n"})
    mapping = quotas(
        "{column: key, format: '%Y-%m', to: month_start}",
        "{column: key, format: '%Y-%m', to: month_end}",
        "value",
        r"unpivot: {matching: '^\d{4}-\d{2}$'}",
    )

    assert periods(rows(run(source, mapping, tmp_path / "w"), "quotas"))[1] == (
        date(2024, 2, 1),
        date(2024, 2, 29),
        Decimal(2),
    )


def test_a_fiscal_quarter_is_a_date(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "rep,FY,Quarter,target\na,FY2024,FY2024 Q1,10\na,FY2024,FY2024 Q3,20\n"})
    part = "{date_parts: {year: FY, quarter: Quarter, fiscal: true}, to: quarter_%s}"

    found = periods(rows(run(source, quotas(part % "start", part % "end", "target"), tmp_path / "w"), "quotas"))

    assert found == [
        (date(2023, 7, 1), date(2023, 9, 30), Decimal(10)),
        (date(2024, 1, 1), date(2024, 3, 31), Decimal(20)),
    ]


def test_a_month_that_does_not_exist_is_named(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "rep,y,m,target\na,2024,13,10\n"})
    mapping = quotas("{date_parts: {year: y, month: m}}", "{date_parts: {year: y, month: m}, to: month_end}", "target")

    assert refused(source, mapping, tmp_path / "w").report.faults[0].value == "not a date: 2024 13"


def test_one_number_per_rep_is_repeated_for_every_period(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "rep,target\na,100\n"})
    mapping = quotas(
        "period_start", "period_end", "target", 'repeat: {grain: quarter, first: "2024-01-15", last: "2024-06-01"}'
    )

    assert periods(rows(run(source, mapping, tmp_path / "w"), "quotas")) == [
        (date(2024, 1, 1), date(2024, 3, 31), Decimal(100)),
        (date(2024, 4, 1), date(2024, 6, 30), Decimal(100)),
    ]


TWO_LAYOUTS = """
files:
  old: {path: old.csv}
  new: {path: "new_*.csv", delimiter: ";", optional: true}
tables:
  bookings:
    conflicts: CONFLICTS
    from:
      - {file: old, columns: {booking_id: {concat: [o, p], occurrence: true}, rep_id: r, occurred_at: d, amount: a}}
      - file: new
        columns:
          booking_id: {concat: [order, product], occurrence: true}
          rep_id: rep
          occurred_at: day
          amount: sum
"""


def test_two_layouts_and_a_pattern_fill_one_table(tmp_path: Path) -> None:
    mapping = TWO_LAYOUTS.replace("CONFLICTS", "refuse")
    source = write(tmp_path / "s", {"old.csv": "o,p,r,d,a\n1,x,r1,2024-01-01,5\n"})

    assert run(source, mapping, tmp_path / "w1").tables["bookings"].rows == 1
    write(
        source,
        {
            "new_02.csv": "order;product;rep;day;sum\n2;x;r1;2024-02-01;6\n",
            "new_03.csv": "order;product;rep;day;sum\n3;x;r1;2024-03-01;7\n",
        },
    )
    staged = run(source, mapping, tmp_path / "w2")

    assert [r["booking_id"] for r in rows(staged, "bookings")] == ["2-x", "3-x", "1-x"]


def test_rows_of_one_key_are_numbered_by_content_not_by_order(tmp_path: Path) -> None:
    lines = ["1,x,r1,2024-01-01,5\n", "1,x,r1,2024-01-01,9\n", "1,x,r1,2023-01-01,7\n"]
    mapping = TWO_LAYOUTS.replace("CONFLICTS", "refuse")
    results = []
    for name, order in (("s1", lines), ("s2", lines[::-1])):
        source = write(tmp_path / name, {"old.csv": "o,p,r,d,a\n" + "".join(order)})
        found = rows(run(source, mapping, tmp_path / f"w{name}"), "bookings")
        results.append({r["booking_id"]: r["amount"] for r in found})

    assert results[0] == results[1] == {"1-x": Decimal(7), "1-x#2": Decimal(5), "1-x#3": Decimal(9)}


PLAIN = """
files: {f: {path: "*.csv"}}
tables:
  bookings:
    CONFLICTS
    from: {file: f, columns: {booking_id: id, rep_id: r, occurred_at: d, amount: a}}
"""


def test_repeated_rows_of_overlapping_files_are_kept_once_and_counted(tmp_path: Path) -> None:
    head = "id,r,d,a\n"
    source = write(
        tmp_path / "s",
        {
            "a.csv": head + "1,r,2024-01-01,5\n2,r,2024-01-02,6\n",
            "b.csv": head + "2,r,2024-01-02,6\n3,r,2024-01-03,7\n",
        },
    )
    staged = run(source, PLAIN.replace("CONFLICTS", ""), tmp_path / "w")

    assert [(r["booking_id"], r["_file"], r["_line"]) for r in rows(staged, "bookings")] == [
        ("1", "a.csv", 2),
        ("2", "a.csv", 3),
        ("3", "b.csv", 3),
    ]
    assert staged.report.tables[0].exact_duplicates == 1


def test_one_key_with_two_contents_is_refused_on_every_line(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "id,r,d,a\n1,r,2024-01-01,5\n2,r,2024-01-02,6\n1,r,2024-01-01,8\n"})
    mapping = PLAIN.replace("CONFLICTS", "")

    faults = refused(source, mapping, tmp_path / "w1").report.faults
    staged = run(source, mapping, tmp_path / "w2", partial=True)

    assert [(f.line, f.code, f.value) for f in faults] == [(2, "duplicate key", "1"), (4, "duplicate key", "1")]
    assert [r["booking_id"] for r in rows(staged, "bookings")] == ["2"]
    assert staged.report.tables[0].quarantined == 2


def test_the_last_file_wins_where_the_mapping_says_so(tmp_path: Path) -> None:
    head = "id,r,d,a\n"
    source = write(tmp_path / "s", {"a.csv": head + "1,r,2024-01-01,5\n", "b.csv": head + "1,r,2024-01-01,8\n"})

    staged = run(source, PLAIN.replace("CONFLICTS", "conflicts: last"), tmp_path / "w")

    assert [r["amount"] for r in rows(staged, "bookings")] == [Decimal(8)]


HISTORY = """
times_in: UTC
files: {h: {path: h.csv}, deals: {path: d.csv}}
tables:
  opportunities:
    from: {file: deals, columns: {opportunity_id: id, rep_id: rep, outcome: {constant: open}, created_at: t}}
  opportunity_changes:
    from:
      - file: h
        changes:
          opportunity_id: deal
          changed_at: t
          tie_break: [n]
          fields: {stage: stage, amount: amount, expected_close: close}
"""


def test_snapshots_per_change_become_one_row_per_changed_field(tmp_path: Path) -> None:
    history = (
        "n,deal,t,stage,amount,close\n"
        "2,D,2024-01-05 10:00:00,Demo,100,2024-03-31\n"
        "1,D,2024-01-01 09:00:00,New,100.00,2024-03-31\n"
        "3,D,2024-01-05 10:00:00,Demo,250.5,2024-06-30\n"
    )
    source = write(tmp_path / "s", {"h.csv": history, "d.csv": "id,rep,t\nD,r,2024-01-01\n"})

    staged = run(source, HISTORY, tmp_path / "w")
    found = sorted(
        (str(r["changed_at"])[:10], str(r["field"]), r["old"], r["new"]) for r in rows(staged, "opportunity_changes")
    )

    assert found == [
        ("2024-01-01", "amount", None, "100"),
        ("2024-01-01", "expected_close", None, "2024-03-31"),
        ("2024-01-01", "stage", None, "New"),
        ("2024-01-05", "amount", "100", "250.5"),
        ("2024-01-05", "expected_close", "2024-03-31", "2024-06-30"),
        ("2024-01-05", "stage", "New", "Demo"),
    ]
    assert staged.grade == "A"


def test_use_first_takes_the_first_file_that_is_there(tmp_path: Path) -> None:
    mapping = """
files: {a: {path: a.csv, optional: true}, b: {path: b.csv, optional: true}}
tables:
  reps:
    use: first
    from:
      - {file: a, columns: {rep_id: id, name: id}}
      - {file: b, columns: {rep_id: key, name: key}}
"""
    source = write(tmp_path / "s", {"b.csv": "key\nB\n"})
    assert rows(run(source, mapping, tmp_path / "w1"), "reps")[0]["rep_id"] == "B"
    write(source, {"a.csv": "id\nA\n"})
    assert [r["rep_id"] for r in rows(run(source, mapping, tmp_path / "w2"), "reps")] == ["A"]


def test_conditions_on_other_columns_decide_whether_a_value_stands(tmp_path: Path) -> None:
    mapping = """
files: {f: {path: f.csv}}
tables:
  quotas:
    from:
      - file: f
        columns:
          rep_id: {column: who, unless: {who: [boss]}}
          team_id: {column: who, values: {boss: North}, otherwise: "null"}
          period_start: {column: m, to: month_start}
          period_end: {column: m, to: month_end}
          amount: q
"""
    source = write(tmp_path / "s", {"f.csv": "who,m,q\nann,2024-01-15,5\nboss,2024-01-15,9\n"})

    found = [(r["rep_id"], r["team_id"]) for r in rows(run(source, mapping, tmp_path / "w"), "quotas")]

    assert found == [("ann", None), (None, "North")]


def test_defaults_prefixes_constants_and_objects(tmp_path: Path) -> None:
    mapping = """
files: {f: {path: f.csv}}
tables:
  reps:
    from:
      - file: f
        columns:
          rep_id: {column: id, prefix: "eu-"}
          name: {first_of: [nick, name]}
          role: {constant: seller}
          region: {column: region, default: none}
          segment: {column: segment, optional: true}
          attrs: {object: [nick, phone]}
"""
    source = write(tmp_path / "s", {"f.csv": "id,name,nick,region,phone\n1,Ann,,,5\n"})

    row = rows(run(source, mapping, tmp_path / "w"), "reps")[0]

    assert (row["rep_id"], row["name"], row["role"], row["region"]) == ("eu-1", "Ann", "seller", "none")
    assert (row["segment"], row["attrs"]) == (None, '{"phone": "5"}')


def test_a_missing_file_is_named_with_what_there_is(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"other.csv": "id\n1\n"})

    with pytest.raises(MappingError, match=r"missing files: f \(f.csv\); the folder has other.csv"):
        run(source, deals("{constant: open}"), tmp_path / "w")


def test_declared_facts_of_the_company_reach_the_staged_import(tmp_path: Path) -> None:
    mapping = """
currency: EUR
calendar:
  fiscal_start_month: 4
  zone: Europe/Berlin
  country: DE
  holidays: ["2024-12-27"]
  extra_workdays: ["2024-12-28"]
returns_allowed: true
grade: B
last_period_partial: true
quotas_published_days_before: 10
derived_quotas: {rule: R1, grain: month}
bookings_from_won: true
files: {f: {path: f.csv}}
tables:
  reps: {relation: snapshot, lag_days: 2, from: {file: f, columns: {rep_id: id, name: id}}}
"""
    staged = run(write(tmp_path / "s", {"f.csv": "id\n1\n"}), mapping, tmp_path / "w")

    assert staged.calendar == {
        "fiscal_start_month": 4,
        "zone": "Europe/Berlin",
        "holidays_country": "DE",
        "holidays": ["2024-12-27"],
        "extra_workdays": ["2024-12-28"],
    }
    assert (staged.currency, staged.grade, staged.quotas_published_days_before) == ("EUR", "B", 10)
    assert (staged.returns_allowed, staged.bookings_from_won, staged.last_period_partial) == (True, True, True)
    assert staged.derived_quota_rule is not None
    assert staged.derived_quota_rule["grain"] == "month"
    assert (staged.tables["reps"].relation, staged.tables["reps"].lag_days) == ("snapshot", 2)


def test_the_same_bytes_and_mapping_give_the_same_fingerprint(tmp_path: Path) -> None:
    mapping = PLAIN.replace("CONFLICTS", "")
    text = "id,r,d,a\n1,r,2024-01-01,5\n"
    first = run(write(tmp_path / "s1", {"f.csv": text}), mapping, tmp_path / "w1")
    second = run(write(tmp_path / "s2", {"f.csv": text}), mapping, tmp_path / "w2")
    changed = run(write(tmp_path / "s3", {"f.csv": text.replace("5", "6")}), mapping, tmp_path / "w3")

    assert first.content_sha256 == second.content_sha256
    assert changed.content_sha256 != first.content_sha256
    assert run(tmp_path / "s1", "currency: EUR\n" + mapping, tmp_path / "w4").content_sha256 != first.content_sha256


def test_default_lags_are_a_day_for_bookings_and_none_for_changes(tmp_path: Path) -> None:
    staged = run(
        write(tmp_path / "s", {"f.csv": "id,r,d,a\n1,r,2024-01-01 08:00:00,5\n"}),
        PLAIN.replace("CONFLICTS", ""),
        tmp_path / "w",
    )

    assert staged.tables["bookings"].lag_days == 1.0
    assert rows(staged, "bookings")[0]["occurred_at"] == datetime(2024, 1, 1, 8)  # noqa: DTZ001
