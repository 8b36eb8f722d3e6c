"""JSON in any declared encoding, and its damage named with the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from features.connectors.misfits import Misfit
from tests.features.connectors.support import refused, rows, run, write

RECORD = json.dumps({"id": "b1", "rep": "王芳", "day": "2024-02-29", "amount": 12.25}, ensure_ascii=False)
MAPPING = """
files: {{f: {{path: "{path}", encoding: {encoding}}}}}
tables:
  bookings: {{from: {{file: f, columns: {{booking_id: id, rep_id: rep, occurred_at: day, amount: amount}}}}}}
"""


@pytest.mark.parametrize(("path", "text"), [("f.json", f"[{RECORD}]"), ("f.jsonl", f"\n{RECORD}\n")])
@pytest.mark.parametrize(("form", "declared"), [("gb18030", "gb18030"), ("utf-16", "utf-8"), ("utf-8-sig", "utf-8")])
def test_json_is_read_in_its_encoding(path: str, text: str, form: str, declared: str, tmp_path: Path) -> None:
    source = write(tmp_path / "s", {path: text.encode(form)})

    staged = run(source, MAPPING.format(path=path, encoding=declared), tmp_path / "w")

    assert rows(staged, "bookings")[0]["rep_id"] == "王芳"
    assert staged.report.files[0].encoding == form


@pytest.mark.parametrize(("path", "line"), [("f.json", 1), ("f.jsonl", 2)])
def test_json_in_another_encoding_is_named_with_its_line(path: str, line: int, tmp_path: Path) -> None:
    source = write(tmp_path / "s", {path: f"\n{RECORD}\n".lstrip("\n" if path == "f.json" else "").encode("gb18030")})

    fault = refused(source, MAPPING.format(path=path, encoding="utf-8"), tmp_path / "w").report.faults[0]

    assert (fault.line, fault.code) == (line, "not utf-8 text")


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("f.json", '[{"a": 1},', r"f\.json is no JSON text: .*line 1 column 11"),
        ("f.json", '{"a": 1}', r"no list of records there \(a\); set `records:`"),
        ("f.json", "[1, 2]", r"no list of records there \(no keys\)"),
        ("f.json", "[]", r"f\.json is empty"),
        ("f.json", f'[{{"id": {"9" * 5000}}}]', "is no JSON text"),
        ("f.jsonl", f"{RECORD}\n{{bad\n", r"f\.jsonl:2 is no JSON record: .*; mend that line"),
        ("f.jsonl", f"{RECORD}\n[1]\n", r"f\.jsonl:2 is no JSON object: \[1\]"),
        ("f.jsonl", "", r"f\.jsonl is empty"),
    ],
)
def test_damaged_json_is_named(path: str, text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(Misfit, match=message):
        run(write(tmp_path / "s", {path: text}), MAPPING.format(path=path, encoding="utf-8"), tmp_path / "w")
