"""Mapping files: every mistake is named with its line, its field and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from features.connectors.draft import draft_mapping
from features.connectors.mapping import builtin_mappings, load_mapping, parse_mapping
from features.domain.errors import DataMissing, MappingError
from tests.features.connectors.support import rows, run, write

DOCS = Path(__file__).parents[3] / "docs" / "mapping.md"
GOOD = """mapping: 1
name: shop
files:
  f: {path: f.csv}
tables:
  reps:
    from:
      - file: f
        columns:
          rep_id: id
          name: name
"""


def fault(text: str) -> str:
    """Return the message that parsing must end with."""
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, origin="m.yml")
    return str(caught.value)


def test_a_good_mapping_loads_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(GOOD, encoding="utf-8")

    assert load_mapping(tmp_path / "m.yml").tables["reps"].layouts[0].columns["rep_id"].column == "id"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: shop", "nam: shop", r"line 2: nam: there is no such field"),
        ("rep_id: id", "rep_id: {colum: id}", r"line 10: tables.reps.from.0.columns.rep_id.colum: there is no such"),
        ("          name: name\n", "", r"line 9: tables.reps.from.0.columns: tables.reps: missing columns name"),
        ("file: f", "file: g", r"reads file 'g'; `files` has f"),
        ("rep_id: id", "rep: id", r"line 10: .*unknown columns rep; the table has rep_id"),
        ("rep_id: id", "rep_id: {column: id, constant: x}", "give exactly one of"),
        ("rep_id: id", "rep_id: {column: id, scale: 0}", "scale must be a number other than zero"),
        ("rep_id: id", "rep_id: {column: id, zone: Mars/Base}", "there is no time zone 'Mars/Base'"),
        ("path: f.csv", "path: f.csv, encoding: utf8", "line 4: files.f.encoding"),
        ("path: f.csv", "path: f.csv, header: false", "a file without header needs `columns`"),
        ("mapping: 1", "mapping: 2", "line 1: mapping"),
        ("mapping: 1", "mapping: 1\nmapping: 1", "line 2: `mapping` stands twice"),
        ("name: shop", "name: [", "line 4"),
        ("name: shop", "name: shop\nextends: nothing", "there is no built-in mapping 'nothing'"),
        ("name: shop", "name: &a shop\ndescription: *a", "aliases"),
        ("name: shop", "name: !!python/object:os.system x", "m.yml"),
        ("  reps:", "  repz:", "tables.repz"),
    ],
)
def test_every_mistake_is_named(old: str, new: str, message: str) -> None:
    assert re.search(message, fault(GOOD.replace(old, new)))


def test_all_mistakes_are_named_at_once() -> None:
    text = fault(GOOD.replace("name: shop", "nam: shop").replace("path: f.csv", "path: f.csv, sheets: x"))

    assert "(3 faults)" in text


def test_words_that_yaml_1_1_would_turn_into_booleans_stay_words() -> None:
    mapping = parse_mapping(
        GOOD.replace("rep_id: id", "rep_id: {column: id, values: {Yes: no, On: off, 1: 2}}"), origin="m"
    )

    assert mapping.tables["reps"].layouts[0].columns["rep_id"].values == {"Yes": "no", "On": "off", "1": "2"}


def test_an_unknown_mapping_lists_the_built_in_ones() -> None:
    with pytest.raises(MappingError, match=r"adventureworks-pl300, .*canonical"):
        load_mapping("nonsense")


@pytest.mark.parametrize("name", builtin_mappings())
def test_each_built_in_mapping_loads_and_says_what_it_was_tested_with(name: str) -> None:
    mapping = load_mapping(name)

    assert mapping.name == name
    assert len(mapping.tested_with) > 20


def test_the_promised_mappings_are_built_in() -> None:
    promised = {"canonical", "salesforce", "hubspot", "adventureworks-pl300", "maven-crm", "parch-posey", "complyflow"}

    assert promised | {"generic-zh"} <= set(builtin_mappings())


def examples() -> list[str]:
    """Return the YAML blocks of the documentation."""
    return re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("number", range(37))
def test_every_example_of_the_documentation_loads(number: int) -> None:
    found = examples()
    assert len(found) == 37

    assert parse_mapping(found[number], origin=f"docs/mapping.md example {number + 1}")


def test_a_draft_of_english_headers_loads_and_reads(tmp_path: Path) -> None:
    source = write(
        tmp_path / "shop",
        {
            "salespeople.csv": "id,name,hire_date\nr1,Ann,2020-01-01\n",
            "deals.csv": "Deal ID,Owner,Created Date,Stage,Amount,Close Date\n"
            "d1,r1,13/01/2024,Closed Won,5,14/02/2024\n",
        },
    )
    text = draft_mapping(source)

    staged = run(source, text, tmp_path / "w")

    assert rows(staged, "opportunities")[0]["outcome"] == "won"
    assert str(rows(staged, "opportunities")[0]["created_at"]) == "2024-01-13 00:00:00"
    assert "# check" in text


def test_a_draft_of_chinese_headers_in_gb18030_loads_and_reads(tmp_path: Path) -> None:
    deals = (
        "商机编号,负责人,客户,创建日期,阶段,金额(万元),状态,成交日期\n"
        "S1,王芳,甲公司,2024年1月5日,报价,3.5,赢单,2024年2月1日\n"
    )
    people = "工号,姓名,部门\n王芳,王芳,华东\n"
    source = write(tmp_path / "源", {"商机.csv": deals.encode("gb18030"), "人员.csv": people.encode("gb18030")})
    text = draft_mapping(source)

    staged = run(source, text, tmp_path / "w")

    row = rows(staged, "opportunities")[0]
    assert (row["rep_id"], str(row["amount"]), row["outcome"]) == ("王芳", "35000.0000", "won")
    assert "encoding: gb18030} # check" in text


def test_nothing_to_draft_from_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="nothing in"):
        draft_mapping(write(tmp_path / "s", {"x.csv": "foo,bar\n1,2\n"}))
