"""The built-in mappings on real exports where they are there, and on small files with the right headers elsewhere."""

from __future__ import annotations

import csv
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest

from features.connectors.mapping import load_mapping
from features.connectors.stage import read_staged, stage
from features.connectors.staging import StagedImport
from tests.features.connectors.support import rows, run, write
from tests.support.real_data import copied, real_data


def built_in(name: str, source: Path, tmp_path: Path) -> StagedImport:
    """Stage a folder through a built-in mapping."""
    work = tmp_path / f"work_{name}_{source.name}"
    work.mkdir()
    return stage(source, load_mapping(name), work, partial=False)


def total(staged: StagedImport, table: str) -> Decimal:
    """Return the exact sum of a table's amounts."""
    amount: Decimal = pc.sum(read_staged(staged.tables[table]).column("amount")).as_py()
    return amount


@pytest.fixture
def adventure(tmp_path: Path) -> Path:
    """A copy of AdventureWorks without the June file."""
    folder = copied(real_data("adventureworks_pl300"), tmp_path / "adventureworks")
    (folder / "ResellerSales_202006.csv").unlink()
    return folder


@pytest.mark.real
@pytest.mark.parametrize("mapping", ["adventureworks-pl300", "adventureworks-pl300-wide"])
def test_adventureworks_is_exact_from_either_targets_file(mapping: str, adventure: Path, tmp_path: Path) -> None:
    staged = built_in(mapping, adventure, tmp_path)

    assert staged.tables["bookings"].rows == 57_851
    assert total(staged, "bookings") == Decimal("77548570.20")
    assert staged.tables["quotas"].rows == 809
    assert total(staged, "quotas") == Decimal(676_210_000)
    assert (staged.grade, staged.calendar["fiscal_start_month"]) == ("D", 7)


@pytest.mark.real
def test_team_goals_of_adventureworks_are_kept_apart_and_both_files_agree(adventure: Path, tmp_path: Path) -> None:
    found = []
    for mapping in ("adventureworks-pl300", "adventureworks-pl300-wide"):
        quotas = rows(built_in(mapping, adventure, tmp_path), "quotas")
        found.append({(r["rep_id"], r["team_id"], r["period_start"], r["period_end"]): r["amount"] for r in quotas})

    assert found[0] == found[1]
    assert {team for _, team, _, _ in found[0] if team} == {"Company", "North America", "Europe", "Pacific"}
    assert sum(team is not None for _, team, _, _ in found[0]) == 54 + 54 + 36 + 24
    assert {rep for rep, _, _, _ in found[0]}.isdisjoint({"272", "277", "290", "294"})


@pytest.mark.real
def test_the_june_file_of_adventureworks_reads_alone_and_beside_the_old_ones(adventure: Path, tmp_path: Path) -> None:
    june = write(
        tmp_path / "june",
        {"ResellerSales_202006.csv": (real_data("adventureworks_pl300") / "ResellerSales_202006.csv").read_bytes()},
    )
    alone = built_in("adventureworks-pl300", june, tmp_path)
    (adventure / "ResellerSales_202006.csv").write_bytes((june / "ResellerSales_202006.csv").read_bytes())
    both = built_in("adventureworks-pl300", adventure, tmp_path)

    assert (alone.tables["bookings"].rows, total(alone, "bookings")) == (3_004, Decimal("3429150.01"))
    assert (both.tables["bookings"].rows, total(both, "bookings")) == (60_855, Decimal("80977720.21"))


@pytest.mark.real
def test_a_renamed_reshuffled_adventureworks_runs_with_a_new_mapping_alone(adventure: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "renamed", {})
    _rename(
        adventure / "Sales.csv",
        source / "Umsatz.txt",
        ["Beleg", "Tag", "Artikel", "Kunde", "VK", "Gebiet", "Stk", "EP", "Erloes", "EK"],
    )
    _rename(adventure / "Salesperson.csv", source / "Leute.txt", ["VK", "Personalnr", "Name", "Rolle", "Mail"])
    mapping = """
mapping: 1
name: umgezogen
currency: USD
calendar: {fiscal_start_month: 7}
files:
  umsatz: {path: Umsatz.txt, encoding: latin-1, delimiter: ";"}
  leute: {path: Leute.txt, encoding: latin-1, delimiter: ";"}
  ziele: {path: Targets.csv}
tables:
  reps: {from: {file: leute, columns: {rep_id: VK, name: Name, role: Rolle}}}
  quotas:
    from:
      - file: ziele
        join: [{file: leute, left: EmployeeID, right: Personalnr}]
        columns:
          rep_id: leute.VK
          period_start: {column: TargetMonth, to: month_start}
          period_end: {column: TargetMonth, to: month_end}
          amount: TargetAmount
  bookings:
    from:
      - file: umsatz
        columns:
          booking_id: {concat: [Beleg, Artikel], occurrence: true}
          rep_id: VK
          occurred_at: {column: Tag, format: "%d.%m.%Y"}
          amount: {column: Erloes, decimal: ","}
"""
    write(source, {"Targets.csv": (adventure / "Targets.csv").read_bytes()})

    staged = run(source, mapping, tmp_path / "w")
    reference = built_in("adventureworks-pl300", adventure, tmp_path)

    assert total(staged, "bookings") == Decimal("77548570.20")
    assert staged.tables["quotas"].rows == 809
    assert _facts(staged) == _facts(reference)


def _rename(source: Path, target: Path, names: list[str]) -> None:
    """Rewrite a file with other names, another column order, delimiter, encoding, dates and decimal sign."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        _, *lines = list(csv.reader(stream))
    chance = random.Random(3)
    chance.shuffle(lines)
    order = list(range(len(names)))
    chance.shuffle(order)
    with target.open("w", encoding="latin-1", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow([names[i] for i in order])
        for line in lines:
            writer.writerow([_german(names[i], line[i]) for i in order])


def _german(name: str, text: str) -> str:
    if name == "Tag":
        return date.fromisoformat(text).strftime("%d.%m.%Y")
    return text.replace(".", ",") if name in ("Erloes", "EP", "EK") else text


def _facts(staged: StagedImport) -> set[tuple[object, ...]]:
    return {(r["booking_id"], r["rep_id"], r["occurred_at"], r["amount"]) for r in rows(staged, "bookings")}


@pytest.mark.real
def test_maven_keeps_and_reports_deals_without_any_date(tmp_path: Path) -> None:
    staged = built_in("maven-crm", real_data("maven_crm"), tmp_path)

    report = next(t for t in staged.report.tables if t.table == "opportunities")
    assert (report.accepted, report.undated, staged.grade) == (8_800, 500, "C")
    assert (staged.bookings_from_won, staged.derived_quota_rule is not None) == (True, True)
    teams = rows(staged, "team_assignments")
    assert (len({r["team_id"] for r in teams}), len({r["region"] for r in teams})) == (6, 3)
    assert total(staged, "opportunities") == Decimal(10_005_534)


@pytest.mark.real
def test_maven_with_us_dates_is_refused_until_the_format_is_declared(tmp_path: Path) -> None:
    source = copied(real_data("maven_crm"), tmp_path / "us")
    (source / "sales_pipeline.csv").write_bytes((source / "sales_pipeline_us_dates.csv").read_bytes())
    us = """
mapping: 1
name: maven-us
extends: maven-crm
tables:
  opportunities:
    from:
      - file: deals
        columns:
          opportunity_id: opportunity_id
          rep_id: sales_agent
          created_at: {column: engage_date, format: "%m/%d/%Y"}
          closed_at: {column: close_date, format: "%m/%d/%Y"}
          amount: close_value
          outcome: {column: deal_stage, values: {Won: won, Lost: lost}, otherwise: open}
"""
    reference = rows(built_in("maven-crm", real_data("maven_crm"), tmp_path), "opportunities")

    with pytest.raises(Exception, match="declare `format: '%m/%d/%Y'`"):
        built_in("maven-crm", source, tmp_path)
    found = rows(run(source, us, tmp_path / "w"), "opportunities")

    assert [(r["created_at"], r["closed_at"]) for r in found] == [(r["created_at"], r["closed_at"]) for r in reference]


@pytest.mark.real
def test_parch_and_posey_finds_owners_through_accounts(tmp_path: Path) -> None:
    staged = built_in("parch-posey", real_data("parch_posey"), tmp_path)

    assert (staged.tables["bookings"].rows, staged.tables["activities"].rows) == (6_912, 9_073)
    assert total(staged, "bookings") == Decimal("23141511.83")
    assert not [name for name in staged.report.orphans if name.startswith("bookings")]


@pytest.mark.real
def test_complyflow_repeats_one_quota_per_rep_over_the_quarters(tmp_path: Path) -> None:
    staged = built_in("complyflow", real_data("complyflow_gtm"), tmp_path)

    assert (staged.tables["opportunities"].rows, staged.tables["quotas"].rows) == (2_784, 40 * 11)


@pytest.mark.real
def test_the_headers_of_salesforce_map(tmp_path: Path) -> None:
    staged = built_in("salesforce", real_data("salesforce_schema_seeds"), tmp_path)

    assert staged.tables["opportunities"].rows == 10
    assert staged.grade == "A"
    assert {r["outcome"] for r in rows(staged, "opportunities")} <= {"open", "won", "lost"}


def test_salesforce_names_map_and_a_history_makes_grade_a(tmp_path: Path) -> None:
    stamp = "2023-03-01T14:05:00.000+0000"
    source = write(
        tmp_path / "s",
        {
            "User.csv": "Id,Name,Title,ManagerId,HireDate__c,CurrencyIsoCode\nU1,Ann,AE,U2,2020-01-01,USD\n"
            "U2,Bo,Sales Manager,,2019-01-01,USD\n",
            "UserTeamHistory__c.csv": "Id,UserId,TeamId,ManagerId,Region,StartDate,EndDate\n"
            "T1,U1,R1,U2,EMEA,2020-01-01,\n",
            "Opportunity.csv": "Id,Name,AccountId,OwnerId,StageName,Amount,CloseDate,CreatedDate,"
            "IsClosed,IsWon,ClosedDate__c,LeadSource\n"
            f"O1,Deal,A1,U1,Closed Won,500,2023-03-31,{stamp},true,true,2023-03-31T10:00:00.000+0000,Web\n"
            f"O2,Deal,A1,U1,Proposal,90,2023-06-30,{stamp},false,false,,Web\n",
            "OpportunityHistory.csv": "Id,OpportunityId,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate\n"
            f"H1,O1,Proposal,400,2023-03-31,false,false,{stamp}\n"
            "H2,O1,Closed Won,500,2023-03-31,true,true,2023-03-31T10:00:00.000+0000\n",
            "OpportunityFieldHistory.csv": f"Id,OpportunityId,Field,OldValue,NewValue,CreatedDate\n"
            f"F1,O2,Owner,U2,U1,{stamp}\n",
            "ForecastingQuota.csv": "Id,QuotaOwnerId,StartDate,EndDate__c,QuotaAmount,"
            "CurrencyIsoCode,PublishedDate__c\nQ1,U1,2023-01-01,2023-03-31,1000,USD,2022-12-01\n",
        },
    )

    staged = built_in("salesforce", source, tmp_path)

    changes = {(r["opportunity_id"], r["field"], r["old"], r["new"]) for r in rows(staged, "opportunity_changes")}
    assert ("O1", "outcome", "open", "won") in changes
    assert ("O1", "amount", "400", "500") in changes
    assert ("O2", "rep_id", "U2", "U1") in changes
    assert [(r["outcome"], str(r["closed_at"])) for r in rows(staged, "opportunities")] == [
        ("won", "2023-03-31 10:00:00"),
        ("open", "None"),
    ]
    assert rows(staged, "quotas")[0]["period_end"] == date(2023, 3, 31)
    assert (staged.grade, staged.bookings_from_won) == ("A", True)


def test_hubspot_maps_internal_names_and_labels_alike(tmp_path: Path) -> None:
    internal = (
        "hs_object_id,dealname,dealstage,amount,closedate,createdate,hubspot_owner_id,hs_is_closed_won,hs_is_closed\n"
    )
    labels = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Deal owner\n"
    one = write(
        tmp_path / "a",
        {
            "deals.csv": internal + "1,D,closedwon,10,2024-02-01T00:00:00Z,2024-01-01T00:00:00Z,7,true,true\n"
            "2,D,demo,20,2024-05-01T00:00:00Z,2024-01-01T00:00:00Z,7,false,false\n"
        },
    )
    two = write(
        tmp_path / "b",
        {
            "all-deals.csv": labels + "1,D,Closed Won,10,2024-02-01 00:00,2024-01-01 00:00,Ann\n"
            "2,D,Demo,20,2024-05-01 00:00,2024-01-01 00:00,Ann\n"
        },
    )

    for source in (one, two):
        found = rows(built_in("hubspot", source, tmp_path), "opportunities")
        assert [(r["outcome"], str(r["closed_at"])) for r in found] == [
            ("won", "2024-02-01 00:00:00"),
            ("open", "None"),
        ]
        assert str(found[1]["expected_close"]) == "2024-05-01"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_headers_map(encoding: str, tmp_path: Path) -> None:
    texts = {
        "人员.csv": "工号,姓名,团队,入职日期\nE1,王芳,华东,2020年1月5日\n",
        "商机.csv": "商机编号,工号,客户,创建日期,阶段,金额(万元),状态,成交日期\n"
        "S1,E1,甲,2024-01-05,成交,12.5,赢单,2024-02-01\n"
        "S2,E1,乙,2024-01-06,谈判,3,进行中,\n",
        "回款.csv": "回款编号,工号,回款日期,金额（万元）\nP1,E1,2024年2月3日,12.5\n",
        "目标.csv": "工号,年份,"
        + ",".join(f"{m}月" for m in range(1, 13))
        + "\nE1,2024,"
        + ",".join(["10"] * 11 + ["-"])
        + "\n",
    }
    source = write(tmp_path / f"s_{encoding}", {name: text.encode(encoding) for name, text in texts.items()})

    staged = built_in("generic-zh", source, tmp_path)

    assert [(r["outcome"], r["amount"]) for r in rows(staged, "opportunities")] == [
        ("won", Decimal(125_000)),
        ("open", Decimal(30_000)),
    ]
    assert total(staged, "bookings") == Decimal(125_000)
    assert (staged.tables["quotas"].rows, total(staged, "quotas")) == (11, Decimal(1_100_000))
    assert str(rows(staged, "bookings")[0]["occurred_at"]) == "2024-02-02 16:00:00"


def test_canonical_files_map_by_name(tmp_path: Path) -> None:
    source = write(
        tmp_path / "s",
        {
            "reps.csv": "rep_id,name\nr1,Ann\n",
            "Bookings.csv": "Booking ID,rep_id,occurred_at,amount,status\nb1,r1,2024-01-05,100.5,not counted\n",
        },
    )

    row = rows(built_in("canonical", source, tmp_path), "bookings")[0]

    assert (row["metric"], row["status"], row["split"], row["grain"]) == ("revenue", "not counted", 1.0, "transaction")
