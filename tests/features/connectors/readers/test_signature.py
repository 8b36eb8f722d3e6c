"""First bytes: a file that is another thing than its name says is named as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.connectors.misfits import Misfit
from features.connectors.readers.signature import check_kind
from tests.features.connectors.support import write

PAGES = [b"<html><table>", b"\xef\xbb\xbf<!DOCTYPE html>\n", b"  <TABLE border=1>"]


@pytest.mark.parametrize("head", PAGES)
@pytest.mark.parametrize("kind", ["xls", "csv"])
def test_a_web_page_under_another_name_is_named(head: bytes, kind: str, tmp_path: Path) -> None:
    path = write(tmp_path, {"f": head}) / "f"

    with pytest.raises(Misfit, match=r"export\.xls is a web page \(HTML\) under another name"):
        check_kind(path, "export.xls", kind)


@pytest.mark.parametrize(
    ("head", "kind", "right"),
    [
        (b"PK\x03\x04rest", "csv", "xlsx"),
        (b"\xd0\xcf\x11\xe0rest", "csv", "xls"),
        (b"PAR1rest", "csv", "parquet"),
        (b"SQLite format 3\x00rest", "csv", "sqlite"),
        (b"id,name\n1,Ann\n", "xlsx", "csv"),
        (b"id;name\n1;Ann\n", "parquet", "csv"),
        ("工号\t姓名\n".encode(), "sqlite", "csv"),
    ],
)
def test_another_format_is_named_with_the_kind_to_set(head: bytes, kind: str, right: str, tmp_path: Path) -> None:
    path = write(tmp_path, {"f": head}) / "f"

    with pytest.raises(Misfit, match=f"f is read as {kind}, but it begins like .*; set `kind: {right}`"):
        check_kind(path, "f", kind)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04rest", "ods"),
        (b"\xd0\xcf\x11\xe0rest", "xlsx"),
        (b"id,name\n", "csv"),
        (b"", "csv"),
        (b"", "xlsx"),
        (b"<amount>,id\n", "csv"),
        (b"no table at all", "xlsx"),
    ],
)
def test_what_may_be_what_it_says_is_left_to_its_reader(head: bytes, kind: str, tmp_path: Path) -> None:
    check_kind(write(tmp_path, {"f": head}) / "f", "f", kind)
