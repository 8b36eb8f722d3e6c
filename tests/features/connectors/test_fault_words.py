"""Faults in Chinese: every code that exists has its words, with the parameters of the fault in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from features.connectors.fault_words import ZH, ZH_PATTERNS, Words, fault_line, refusal, told, words_of
from features.connectors.stage import RowsRefused
from features.contracts.checks import MENDS
from features.contracts.faults import LISTED_FAULTS, Fault
from tests.features.connectors.support import refused, write

CONNECTORS = Path(__file__).parents[3] / "features" / "connectors"
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?()]|[,;:?()][\u4e00-\u9fff]")
QUOTAS = """
files: {q: {path: q.csv}}
tables:
  quotas:
    from: {file: q, columns: {rep_id: rep, period_start: start, period_end: end, amount: amount}}
"""


def every_word() -> list[Words]:
    return [*ZH.values(), *(words for _, words in ZH_PATTERNS)]


@pytest.mark.parametrize("code", sorted(MENDS))
def test_every_rule_of_the_contract_has_chinese_words(code: str) -> None:
    assert words_of(code)[0].what


def codes_written() -> set[str]:
    """Return the codes that the connectors give to faults, numbers in them as 1."""
    place = {"Fault": 4, "Refusal": 2, "Unjoined": 1, "BadRow": 1}
    found = set()
    for path in CONNECTORS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in place and node.args:
                found |= texts_in(node.args[place[node.func.id]])
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "code" for t in node.targets):
                found |= texts_in(node.value)
    return found


def texts_in(node: ast.AST) -> set[str]:
    """Return the texts that an expression may give."""
    if isinstance(node, ast.JoinedStr):
        return {"".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)}
    inner = (child for child in ast.iter_child_nodes(node))
    own = {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
    return own.union(*(texts_in(child) for child in inner))


def test_every_code_that_the_connectors_write_has_chinese_words() -> None:
    written = codes_written() - {"saying", ":"}

    assert len(written) >= 20
    assert {"overlapping quotas", "a total row", "several partners", "1 fields where the header has 1"} <= written
    for code in written:
        assert words_of(code)[0].mend, code


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("3 fields where the header has 4", "该行有 3 个字段"),
        ("one single column between ','", "用 ',' 分隔只得到一列"),
        ("not utf-8 text", "不是 utf-8 编码的文本"),
    ],
)
def test_codes_that_carry_numbers_keep_them(code: str, what: str) -> None:
    assert told(Fault("f.csv", 2, "", "", code, "x", "mend"), "zh")[0].startswith(what)


def test_the_value_of_the_fault_stands_in_the_mend() -> None:
    fault = Fault("f.csv", 2, "bookings", "currency", "no rate", "GBP", "add one")
    assert "`currency: GBP`" in told(fault, "zh")[1]
    assert told(fault, "en") == ("no rate", "add one")


def test_a_code_without_words_is_an_error() -> None:
    with pytest.raises(KeyError, match="never heard of"):
        words_of("never heard of")


def test_the_words_are_chinese_and_set_as_chinese() -> None:
    for words in every_word():
        for text in (words.what, words.mend):
            assert re.search(r"[\u4e00-\u9fff]", text)
            assert not HALF_WIDTH.search(text), text


def test_a_line_says_where_what_and_how_to_mend_it() -> None:
    line = fault_line(Fault("q.csv", 3, "quotas", "amount", "quota", "-5", "a quota is not negative"), "zh")
    assert line.startswith("q.csv:3 amount “-5”")
    assert "目标不能为负" in line
    assert fault_line(Fault("q.csv", 0, "", "", "cannot be parsed", "", "again"), "zh").startswith("q.csv：无法")
    assert fault_line(Fault("q.csv", 3, "quotas", "amount", "quota", "-5", "mend"), "en").endswith("quota; mend")


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    fault = Fault("q.csv", 3, "quotas", "amount", "quota", "-5", "mend")
    text = refusal("src", [fault] * (LISTED_FAULTS + 1), refused=1, rows=9, count=LISTED_FAULTS + 7)
    assert text.count("q.csv:3") == LISTED_FAULTS
    assert "另有 7 处" in text


def test_a_refused_import_speaks_chinese_when_asked(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"q.csv": "rep,start,end,amount\nr,2024-01-01,2024-03-31,-5\nr,soon,2024-03-31,5\n"})
    english = refused(source, QUOTAS, tmp_path / "w")
    chinese = str(RowsRefused(english.report, english.quarantine, "zh"))
    assert "2 行中有 2 行无法使用" in chinese
    assert "q.csv:2 amount “-5.0”" in chinese
    assert "q.csv:3 start “soon”" in chinese
    assert "不是日期" in chinese
    assert "rows cannot be used" in str(english)
