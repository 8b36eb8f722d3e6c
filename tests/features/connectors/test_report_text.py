"""The report of a source as text: everything that was counted, in both languages, also out of the log of imports."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from features.connectors.report_text import orphan_line, source_lines
from tests.features.connectors.support import run, write

MAPPING = """
files: {f: {path: f.csv}, p: {path: p.csv}}
tables:
  reps: {from: {file: p, columns: {rep_id: id, name: id}}}
  bookings:
    from:
      file: f
      where_not: {rep: [gone]}
      columns: {booking_id: id, rep_id: rep, occurred_at: day, amount: amount}
"""
FILES: dict[str, str | bytes] = {
    "f.csv": "id,rep,day,amount,extra\n1,r,2024-01-01,5,\n1,r,2024-01-01,5,\n2,zz,2024-02-01,7,\n3,gone,x,1,\n"
    "4,r,soon,1,\n",
    "p.csv": "id\nr\nidle\n",
}


@pytest.fixture
def document(tmp_path: Path) -> dict[str, object]:
    """Return a report that went into the log of imports and came out again."""
    report = run(write(tmp_path / "s", FILES), MAPPING, tmp_path / "w", partial=True).report
    return json.loads(json.dumps(report.as_dict()))  # type: ignore[no-any-return]


def test_the_text_tells_all_that_was_counted(document: dict[str, object]) -> None:
    assert source_lines(document, limit=20, lang="en") == [
        "test: read with mapping test",
        "",
        "  p.csv -> reps: 2 rows in (utf-8), 0 left out by the mapping, 0 refused",
        "  f.csv -> bookings: 5 rows in (utf-8), 1 left out by the mapping, 1 refused",
        "  reps: 2 accepted",
        "  bookings: 2 accepted, 1 quarantined, 1 repeated rows kept once, 2024-01-01 to 2024-02-01, "
        "sum of amount 12.0000",
        "  1 bookings whose rep_id is not in reps",
        "  1 reps without bookings",
        "  there are no quotas: attainment cannot be forecast",
        "  f.csv -> bookings: 1 columns not used (extra)",
        "",
        "1 faults, by rule:",
        "  f.csv day: not a date: 1 (lines 6); write it as 2020-12-31 or 2020-12-31 23:59, or declare its `format:`",
        "",
        "  f.csv:6 day 'soon': not a date; write it as 2020-12-31 or 2020-12-31 23:59, or declare its `format:`",
        "",
        "7 rows in, 4 accepted, 1 quarantined",
    ]


def test_the_same_is_told_in_chinese(document: dict[str, object]) -> None:
    assert source_lines(document, limit=20, lang="zh") == [
        "test：按映射 test 读取",
        "",
        "  p.csv → reps：读入 2 行（utf-8），按映射略过 0 行，拒绝 0 行",
        "  f.csv → bookings：读入 5 行（utf-8），按映射略过 1 行，拒绝 1 行",
        "  reps：接受 2 行",
        "  bookings：接受 2 行、隔离 1 行、1 行重复，只留一份、2024-01-01 至 2024-02-01、金额合计 12.0000",
        "  bookings 中有 1 行的 rep_id 不在 reps 里",
        "  reps 中有 1 个没有 bookings",
        "  没有目标：无法预测达成率",
        "  f.csv → bookings：1 列未使用（extra）",
        "",
        "共 1 处问题，按规则：",
        "  f.csv day：不是日期：1 处（第 6 行）；请写成 2020-12-31 的形式，或用 `format:` 说明写法",
        "",
        "  f.csv:6 day “soon”：不是日期；请写成 2020-12-31 的形式，或用 `format:` 说明写法",
        "",
        "读入 7 行，接受 4 行，隔离 1 行",
    ]


def test_a_long_list_of_faults_is_cut(document: dict[str, object]) -> None:
    assert "  and 1 more (see the quarantine file)" in source_lines(document, limit=0, lang="en")
    assert "  另有 1 处（见隔离文件）" in source_lines(document, limit=0, lang="zh")


def test_each_file_is_told_with_its_sha256(document: dict[str, object]) -> None:
    whole = {name: hashlib.sha256(str(text).encode()).hexdigest() for name, text in FILES.items()}

    assert document["sha256"] == whole


def test_a_report_of_an_older_version_has_english_remarks_only(document: dict[str, object]) -> None:
    old = {name: value for name, value in document.items() if name != "notes_zh"}

    assert "  there are no quotas: attainment cannot be forecast" in source_lines(old, limit=20, lang="zh")


@pytest.mark.parametrize(
    ("name", "chinese"),
    [
        ("deals without reps", "deals 中有 3 个没有 reps"),
        ("deals without a creation date", "3 个商机没有创建日期"),
        ("something else", "3 something else"),
    ],
)
def test_each_kind_of_orphan_has_words(name: str, chinese: str) -> None:
    assert orphan_line(name, 3, "zh") == chinese
    assert orphan_line(name, 3, "en") == f"3 {name}"
