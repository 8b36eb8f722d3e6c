"""Compound files: a chain of sectors without an end is refused before anybody follows it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from features.connectors.misfits import Misfit
from features.connectors.readers.compound import MARK, _endless, check_compound
from tests.features.connectors.readers.test_workbook import NOWCASTING, needs_nowcasting

END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SECTOR = 512


def compound(*, table: list[int], small: list[int], more: int = END, start: int = 0, size: int = 100) -> bytes:
    """Return a compound file of four sectors: table of sectors, table of small ones, directory, data.

    Args:
        table: Next sector of sectors 0 to 3.
        small: Next small sector of each small sector.
        more: Sector with further places of the table.
        start: First sector of the one stream.
        size: Bytes of the stream; below 4096 it stands in small sectors.
    """
    head = bytearray(SECTOR)
    head[:8] = MARK + b"\xa1\xb1\x1a\xe1"
    struct.pack_into("<HH", head, 30, 9, 6)
    struct.pack_into("<I", head, 48, 2)
    struct.pack_into("<I", head, 60, 1)
    struct.pack_into("<I", head, 68, more)
    struct.pack_into("<109I", head, 76, 0, *[FREE] * 108)
    directory = bytearray(SECTOR)
    for place, kind, first, length in ((0, 5, 3, SECTOR), (128, 2, start, size)):
        directory[place + 66] = kind
        struct.pack_into("<II", directory, place + 116, first, length)
    tables = [struct.pack("<128I", *numbers, *[FREE] * (128 - len(numbers))) for numbers in (table, small)]
    return bytes(head) + b"".join(tables) + bytes(directory) + struct.pack("<128I", *[3] * 128)


def check(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f.xls"
    path.write_bytes(data)
    check_compound(path)


@pytest.mark.parametrize(
    ("table", "small", "start", "size"),
    [
        ([TABLE, END, END, END], [1, 2, END], 0, 100),
        ([TABLE, END, END, END], [END], 3, 5000),
        ([TABLE, END, END, END, 5, 4], [END, 1], 0, 100),
    ],
)
def test_chains_that_end_are_fine_and_so_are_circles_of_what_nobody_reads(
    table: list[int], small: list[int], start: int, size: int, tmp_path: Path
) -> None:
    check(compound(table=table, small=small, start=start, size=size), tmp_path)


ENDLESS = {
    "directory": compound(table=[TABLE, END, 2, END], small=[END]),
    "table of small sectors": compound(table=[TABLE, 1, END, END], small=[END]),
    "small sectors themselves": compound(table=[TABLE, END, END, 3], small=[END]),
    "large stream": compound(table=[TABLE, END, END, END, 5, 4], small=[END], start=4, size=5000),
    "small stream": compound(table=[TABLE, END, END, END], small=[1, 0], start=0),
    "places of the table": compound(table=[TABLE, END, END, END], small=[END], more=3),
}


@pytest.mark.parametrize("what", sorted(ENDLESS))
def test_a_chain_without_an_end_is_refused(what: str, tmp_path: Path) -> None:
    with pytest.raises(Misfit, match="cannot be opened as a workbook: its sectors run in a circle") as caught:
        check(ENDLESS[what], tmp_path)

    assert "其扇区链成环" in caught.value.told("zh")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", MARK, b"id,name\n" * 100])
def test_other_files_and_mere_beginnings_are_left_to_their_reader(data: bytes, tmp_path: Path) -> None:
    check(data, tmp_path)


def test_a_header_that_no_compound_file_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misfit, match="cannot be opened as a workbook"):
        check(MARK + bytes(600), tmp_path)


@needs_nowcasting
def test_a_real_file_is_fine_and_refused_once_its_table_is_bent(tmp_path: Path) -> None:
    data = bytearray(NOWCASTING.read_bytes())
    check(bytes(data), tmp_path)
    place = struct.unpack_from("<I", data, 76)[0]
    first = struct.unpack_from("<I", data, 48)[0]
    struct.pack_into("<I", data, ((place + 1) << 9) + 4 * first, first)

    with pytest.raises(Misfit, match="its sectors run in a circle"):
        check(bytes(data), tmp_path)


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 9, 1000])
def test_circles_of_any_length_are_found_and_long_chains_are_none(length: int) -> None:
    chain = np.append(np.arange(1, length), END)
    ring = np.append(np.arange(1, length), 0)

    assert not _endless(chain).any()
    assert _endless(ring).all()
