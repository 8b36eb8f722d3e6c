"""Carried tables come in parts: what stands in a file is linked, what is new is written, many parts become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from features.increment.carried import MOST_PARTS, TABLES, Carried, Part, Parts, joined, load_carried, rows_of

SCHEMA = TABLES["closed_deals"]


def deals(*names: str) -> pa.Table:
    return pa.table({"opportunity_id": pa.array(names, pa.string())})


def state(closed: Parts, files: Mapping[str, str] | None = None) -> Carried:
    tables: dict[str, Parts] = dict.fromkeys(TABLES, ())
    counts = {"deal_states/first": 3}
    return Carried(date(2024, 5, 31), "basis", counts, tables | {"closed_deals": closed}, files or {})


def names(parts: Parts) -> list[str]:
    return [str(name) for name in rows_of(parts, SCHEMA).column("opportunity_id").to_pylist()]


def test_a_table_gains_a_part_for_the_rows_that_come(tmp_path: Path) -> None:
    parts = joined((Part(deals("a"), tmp_path),), deals("b", "c"))
    assert [part.file for part in parts] == [tmp_path, None]
    assert names(parts) == ["a", "b", "c"]


def test_no_rows_make_no_part() -> None:
    assert joined((), deals()) == ()
    assert rows_of((), SCHEMA).schema == SCHEMA
    assert rows_of((), SCHEMA).num_rows == 0


def test_many_parts_become_one_that_is_written_anew(tmp_path: Path) -> None:
    parts = tuple(Part(deals(str(place)), tmp_path) for place in range(MOST_PARTS))
    assert len(joined(parts[1:], deals("new"))) == MOST_PARTS
    whole = joined(parts, deals("new"))
    assert [part.file for part in whole] == [None]
    assert names(whole) == [*map(str, range(MOST_PARTS)), "new"]


def test_a_saved_state_says_where_its_rows_stand(tmp_path: Path) -> None:
    saved = state((Part(deals("a")), Part(deals("b"))), {"log.parquet": "7 1"}).save(tmp_path / "may")
    assert [part.file for part in saved.tables["closed_deals"]] == [
        tmp_path / "may" / "closed_deals.0.arrow",
        tmp_path / "may" / "closed_deals.1.arrow",
    ]
    read = load_carried(tmp_path / "may")
    assert read.files == {"log.parquet": "7 1"}
    assert read.counts == {"deal_states/first": 3}
    assert names(read.tables["closed_deals"]) == ["a", "b"]


def test_rows_that_stand_in_a_file_are_linked_by_the_next_state(tmp_path: Path) -> None:
    may = state((Part(deals("a")),)).save(tmp_path / "may")
    june = replace(may, tables={**may.tables, "closed_deals": joined(may.tables["closed_deals"], deals("b"))})
    june.save(tmp_path / "june")
    first, second = (tmp_path / "june" / f"closed_deals.{place}.arrow" for place in (0, 1))
    assert first.samefile(tmp_path / "may" / "closed_deals.0.arrow")
    assert second.stat().st_nlink == 1


def test_a_state_outlives_the_one_it_links_to(tmp_path: Path) -> None:
    may = state((Part(deals("a")),)).save(tmp_path / "may")
    may.save(tmp_path / "june")
    for path in (tmp_path / "may").iterdir():
        path.unlink()
    assert names(load_carried(tmp_path / "june").tables["closed_deals"]) == ["a"]


def test_where_there_are_no_links_rows_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise OSError("no links here")

    may = state((Part(deals("a")),)).save(tmp_path / "may")
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    may.save(tmp_path / "june")
    copy = tmp_path / "june" / "closed_deals.0.arrow"
    assert not copy.samefile(tmp_path / "may" / "closed_deals.0.arrow")
    assert names(load_carried(tmp_path / "june").tables["closed_deals"]) == ["a"]
