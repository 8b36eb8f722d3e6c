"""Encodings: a mark is believed, the declared one is tried, and a text that contradicts both is named."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from features.connectors.readers.encodings import encodings_to_try, undeclared
from tests.features.connectors.support import refused, rows, run, write

TEXT = "id,rep,day,amount\nb1,O’Brien,2024-02-29,12.5\n"
PLAIN = TEXT.replace("O’Brien", "Ann")
MAPPING = """
files: {{f: {{path: "f.csv", encoding: {encoding}}}}}
tables:
  bookings: {{from: {{file: f, columns: {{booking_id: id, rep_id: rep, occurred_at: day, amount: amount}}}}}}
"""


def staged_rep(data: bytes, encoding: str, tmp_path: Path) -> object:
    staged = run(write(tmp_path / "s", {"f.csv": data}), MAPPING.format(encoding=encoding), tmp_path / "w")
    return rows(staged, "bookings")[0]["rep_id"]


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_where_it_is_declared(form: str, tmp_path: Path) -> None:
    assert staged_rep(TEXT.encode(form), "utf-16", tmp_path) == "O’Brien"


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_named_where_it_is_not(form: str, tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": PLAIN.encode(form)})

    fault = refused(source, MAPPING.format(encoding="utf-8"), tmp_path / "w").report.faults[0]

    assert (fault.line, fault.code) == (1, "not utf-8 text")
    assert "declare `encoding: utf-16`" in fault.mend


@pytest.mark.parametrize("mark", [codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE])
def test_the_mark_of_utf_32_is_not_taken_for_that_of_utf_16(mark: bytes, tmp_path: Path) -> None:
    form = "utf-32-le" if mark == codecs.BOM_UTF32_LE else "utf-32-be"

    assert staged_rep(mark + TEXT.encode(form), "utf-8", tmp_path) == "O’Brien"


def test_windows_1252_is_read_where_it_is_declared(tmp_path: Path) -> None:
    assert staged_rep(TEXT.encode("cp1252"), "cp1252", tmp_path) == "O’Brien"


def test_a_byte_that_latin_1_has_no_sign_for_is_named_with_what_windows_means_by_it(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TEXT.encode("cp1252")})

    fault = refused(source, MAPPING.format(encoding="latin-1"), tmp_path / "w").report.faults[0]

    assert (fault.line, fault.code, fault.value) == (2, "not latin-1 text", "byte 0x92")
    assert "Windows writes '’' so: declare `encoding: cp1252`" in fault.mend


def test_half_a_sign_at_the_end_of_utf_16_is_named(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TEXT.encode("utf-16") + b"x"})

    assert refused(source, MAPPING.format(encoding="utf-16"), tmp_path / "w").report.faults[0].line == 3


@pytest.mark.parametrize(
    ("data", "declared", "tried"),
    [
        (b"\xef\xbb\xbfid", "gb18030", ["utf-8-sig"]),
        (b"\xff\xfei\x00", "utf-8", ["utf-16"]),
        (b"id", "utf-16", ["utf-8"]),
        (b"id", "gb18030", ["utf-8", "gb18030"]),
        (b"", "latin-1", ["utf-8", "latin-1"]),
    ],
)
def test_the_encodings_to_try(data: bytes, declared: str, tried: list[str], tmp_path: Path) -> None:
    path = write(tmp_path, {"f": data}) / "f"

    assert encodings_to_try(path, declared) == tried


def test_a_single_zero_byte_is_no_sign_of_utf_16(tmp_path: Path) -> None:
    path = write(tmp_path, {"f": b"id,rep\n1,a\x00b\n"}) / "f"

    assert undeclared(path, "utf-8") is None
