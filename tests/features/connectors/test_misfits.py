"""Misfits: all named at once with the name that is meant, in both languages, and no code without its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from features.connectors.language import FIELDS, SplitSpec
from features.connectors.mapping import parse_mapping
from features.connectors.misfit_words import WORDS
from features.connectors.misfits import _PYDANTIC, NOTHING, Misfit, MissingColumn, Saying, close_hint, missing_columns
from features.contracts.faults import Fault
from features.history.commit import COMMITTED, DRY_RUN, KNOWN
from features.history.deal_states import DealCounts
from tests.features.connectors.support import HEAD, run, write

CONNECTORS = Path(__file__).parents[3] / "features" / "connectors"
SAYERS = {"Misfit", "Saying", "wrong", "_say"}
NAMES_ALONE = {"a fault", "a tally", "report table", "in a table", "a missing name", "absent file"}
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?()]|[,;:?()][\u4e00-\u9fff]")
MAPPING = """
files: {f: {path: f.csv}}
tables:
  bookings:
    from:
      file: f
      columns: {booking_id: id, rep_id: rep, occurred_at: day, amount: amount}
"""


DYNAMIC = {
    *(f"deals {part.name}" for part in fields(DealCounts)),
    "deals won_without_amount",
    *(f"import {status}" for status in (COMMITTED, DRY_RUN, KNOWN)),
    *(f"by {way}" for way in get_args(SplitSpec.model_fields["by"].annotation)),
}
"""Codes that are put together where they are said."""


def nodes() -> Iterator[ast.AST]:
    """Yield every piece of the code that may say something."""
    for folder in (CONNECTORS, CONNECTORS.parent / "history", CONNECTORS.parents[1] / "paceline" / "commands"):
        for path in folder.rglob("*.py"):
            if path.name != "misfit_words.py":
                yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def said() -> set[str]:
    """Return the codes that stand where something is said."""
    calls = (node for node in nodes() if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args)
    firsts = (node.args[0] for node in calls if getattr(node.func, "id", "") in SAYERS)
    return {node.value for node in firsts if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def misfit(files: dict[str, str | bytes], mapping: str, tmp_path: Path) -> Misfit:
    """Return the misfit that staging must end with."""
    with pytest.raises(Misfit) as caught:
        run(write(tmp_path / "s", files), mapping, tmp_path / "w")
    return caught.value


def test_every_code_that_is_said_has_words() -> None:
    assert len(said()) > 60
    assert said() | {code for code, _ in _PYDANTIC.values()} | DYNAMIC <= set(WORDS)


def test_every_word_is_said_somewhere() -> None:
    texts = {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    assert set(WORDS) - texts - DYNAMIC == set()


@pytest.mark.parametrize("code", sorted(set(WORDS) - {"nothing"}))
def test_both_languages_say_the_same_with_the_same_parameters(code: str) -> None:
    words = WORDS[code]

    assert fields_of(words.en) == fields_of(words.zh)
    assert not re.search(r"[\u4e00-\u9fff]", words.en)
    assert re.search(r"[\u4e00-\u9fff]", words.zh) or code in NAMES_ALONE
    assert not HALF_WIDTH.search(re.sub(r"`[^`]*`", "", words.zh)), words.zh


def test_a_code_without_words_is_an_error() -> None:
    with pytest.raises(KeyError, match="never heard of"):
        Saying("never heard of", {}).told("zh")


def test_what_stands_inside_a_sentence_is_told_in_its_language() -> None:
    fault = Fault("a.csv", 2, "", "", "NUL byte", "", "remove it")
    saying = Saying("joined file damaged", {"file": "a.csv", "fault": fault})

    assert saying.told("en") == "a.csv cannot be joined: a.csv:2: NUL byte; remove it"
    assert saying.told("zh") == "a.csv 无法用于关联：a.csv:2：含有 NUL 字节；请重新导出为文本，或删除该字节"


def test_a_long_list_of_names_is_cut() -> None:
    text = str(MissingColumn("x", file="f.csv", has=[f"c{n}" for n in range(100)]))

    assert "c59 …" in text
    assert "c60" not in text


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("encodng", FIELDS, "encoding"),
        ("Amuont", ["amount", "id"], "amount"),
        ("负责人姓名", ["负责人名", "金额"], "负责人名"),
        ("x", ["amount", "id"], None),
        ("anything", [], None),
    ],
)
def test_the_nearest_name_is_offered_and_no_far_one(name: str, known: list[str], meant: str | None) -> None:
    assert close_hint(name, known).told("en") == (f"is it `{meant}`? " if meant else "")


def test_one_missing_column_is_told_with_its_hint_and_several_each_with_theirs() -> None:
    one = missing_columns("f.csv", ["amout"], ["amount"], NOTHING).told("en")
    two = missing_columns("f.csv", ["amout", "rep"], ["amount"], NOTHING).told("en")

    assert one.startswith("f.csv: missing column 'amout'; is it `amount`? the file has amount; correct")
    assert two.startswith("f.csv: missing columns 'amout' (is it `amount`?), 'rep'; the file has amount; correct")


def test_all_missing_columns_of_all_tables_are_named_at_once(tmp_path: Path) -> None:
    mapping = MAPPING + "  reps: {from: {file: f, columns: {rep_id: rep, name: fullname}}}\n"

    found = misfit({"f.csv": "id,reps,day,sum\n"}, mapping, tmp_path)

    assert [part.params["table"] for part in found.parts] == ["bookings", "reps"]
    assert "missing columns 'rep' (is it `reps`?), 'amount'" in str(found)
    assert "missing columns 'rep' (is it `reps`?), 'fullname'" in str(found)
    assert "映射与来源不符：" in found.told("zh")
    assert "tables.bookings：f.csv：没有列 'rep'（是不是 `reps`？）、'amount'；" in found.told("zh")


def test_of_columns_of_which_one_would_do_all_are_named(tmp_path: Path) -> None:
    mapping = MAPPING.replace("rep_id: rep", "rep_id: {first_of: [owner, seller]}").replace("day,", "'when',")

    found = misfit({"f.csv": "id,rep,day,amount\n"}, mapping, tmp_path)

    assert "missing columns 'owner / seller', 'when'; the file has id, rep, day, amount" in str(found)


def test_a_joined_column_that_is_missing_is_named_with_its_file(tmp_path: Path) -> None:
    mapping = MAPPING.replace("      file: f\n", "      file: f\n      join: [{file: f, left: id, right: id}]\n")

    found = misfit({"f.csv": "id,rep,day,amount\n"}, mapping.replace("rep_id: rep", "rep_id: f.owner"), tmp_path)

    assert "missing column 'f.owner'" in str(found)


def test_faults_of_other_files_are_told_beside_what_does_not_fit(tmp_path: Path) -> None:
    mapping = MAPPING.replace("files: {", "files: {p: {path: p.csv}, ").replace(
        "tables:", "tables:\n  reps: {from: {file: p, columns: {rep_id: id, name: name, hire_date: hired}}}"
    )
    files: dict[str, str | bytes] = {"f.csv": "id,rep,day\n", "p.csv": "id,name,hired\nr,Ann,soon\n"}

    found = misfit(files, mapping, tmp_path)

    assert "missing column 'amount'" in str(found)
    assert "p.csv:2 hired 'soon': not a date" in str(found)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=,\nid,rep,day,amount\n1,r,2024-01-01,5\n", 1),
        ("Sales 2024\n\nid,rep,day,amount\n1,r,2024-01-01,5\n", 2),
        ("Order,,Sale,\nid,rep,day,amount\n1,r,2024-01-01,5\n", 1),
    ],
)
def test_a_header_further_down_is_found(tmp_path: Path, text: str, rows: int) -> None:
    found = misfit({"f.csv": text}, MAPPING, tmp_path)

    assert f"line {rows + 1} holds these names: set `skip_rows: {rows}`" in str(found)
    mended = MAPPING.replace("path: f.csv", f"path: f.csv, skip_rows: {rows}")
    assert run(tmp_path / "s", mended, tmp_path / "w2").tables["bookings"].rows == 1


def test_names_that_differ_in_case_only_lead_to_loose_headers(tmp_path: Path) -> None:
    found = misfit({"f.csv": "ID,Rep,Day,Amount\n"}, MAPPING, tmp_path)

    assert "set `headers: loose`" in str(found)
    assert "请设置 `headers: loose`" in found.told("zh")


def test_a_column_that_stands_twice_is_not_chosen_between(tmp_path: Path) -> None:
    text = "id,rep,day,amount,amount\n1,r,2024-01-01,5,6\n"

    found = misfit({"f.csv": text}, MAPPING, tmp_path)

    assert "column 'amount' stands more than once (amount#1, amount#2)" in str(found)
    staged = run(tmp_path / "s", MAPPING.replace("amount: amount", "amount: 'amount#2'"), tmp_path / "w2")
    assert staged.report.tables[0].amount == "6.0000"


def test_an_optional_column_that_stands_twice_is_not_passed_over(tmp_path: Path) -> None:
    mapping = MAPPING.replace("amount: amount", "amount: amount, account_id: {column: acc, optional: true}")

    found = misfit({"f.csv": "id,rep,day,amount,acc,acc\n1,r,2024-01-01,5,a,b\n"}, mapping, tmp_path)

    assert "(acc#1, acc#2)" in str(found)


def test_loose_headers_that_are_alike_are_not_chosen_between(tmp_path: Path) -> None:
    text = "id,rep,day,Amount,AMOUNT\n1,r,2024-01-01,5,6\n"

    found = misfit({"f.csv": text}, "headers: loose\n" + MAPPING, tmp_path)

    assert "column 'amount' stands more than once (Amount, AMOUNT)" in str(found)


@pytest.mark.parametrize(
    ("old", "new", "english", "chinese"),
    [
        (
            "path: f.csv",
            "path: f.csv, encodng: utf-8",
            "encodng: there is no such field; is it `encoding`?",
            "是不是 `encoding`",
        ),
        (
            "rep_id: rep",
            "repid: rep",
            "line 9: .*unknown columns repid; is it `rep_id`?",
            "没有列 repid；是不是 `rep_id`？",
        ),
        ("rep_id: rep,", "", "line 9: .*missing columns rep_id", "缺少列 rep_id"),
        ("file: f", "file: g", "line 8: tables.bookings.from.0.file: .*reads file 'g'", "用到文件 'g'；`files` 中有 f"),
        (
            "amount: amount",
            "amount: {column: amount, scale: many}",
            "write a plain number; there is 'many'",
            "这里应是数字",
        ),
        ("amount: amount", "amount: {column: amount, scale: 0}", "a number other than zero", "不为零"),
        ("day, ", "{column: day, format: dd.mm.yyyy}, ", "format 'dd.mm.yyyy' is none", "不是日期格式"),
        ("day, ", "{column: day, format: '%d.%m'}, ", "format '%d.%m' says no year", "没有年份"),
        ("day, ", "{column: day, occurrence: true}, ", "occurrence: `occurrence` numbers texts", "只能用于文本键列"),
        ("bookings:", "booking:", "it may be 'reps', .*there is 'booking'", "只能是 'reps'"),
        ("path: f.csv", "path: f.csv, skip_rows: -1", "it has to be >= 0; there is -1", "应当 >= 0"),
        ("path: f.csv", "path: f.csv, skip_rows: 5000", "it has to be <= 1000", "应当 <= 1000"),
        ("path: f.csv", "path: f.csv, skip_rows: two", "write a whole number; there is 'two'", "这里应是整数"),
        ("path: f.csv", "path: f.csv, optional: perhaps", "write true or false", "只能写 true 或 false"),
        ("path: f.csv", "path: f.csv, sheet: [a]", "sheet: write a text", "这里应是文字"),
        ("path: f.csv", "path: f.csv, header: false, columns: a", "write a list", "这里应是列表"),
        ("{path: f.csv}", "f.csv", "files.f: write a block of fields", "这里应是一组字段"),
        ("files:", "times_in: Mars/X\nfiles:", "line 4: times_in: there is no time zone", "没有时区 'Mars/X'"),
    ],
)
def test_each_mistake_in_a_mapping_is_told_in_both_languages(old: str, new: str, english: str, chinese: str) -> None:
    with pytest.raises(Misfit) as caught:
        parse_mapping(HEAD + MAPPING.replace(old, new), origin="m.yml")

    assert re.search(english, str(caught.value))
    assert chinese in caught.value.told("zh")
    assert "m.yml 不是有效的映射" in caught.value.told("zh")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 5000, "blocks stand too deep"),
        ("mapping: 1\nname: a\x00", "line 2: special characters are not allowed"),
        ("mapping: 1\n\tname: x", "line 2: "),
    ],
)
def test_a_text_that_is_no_yaml_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(Misfit, match=message):
        parse_mapping(text, origin="m.yml")
