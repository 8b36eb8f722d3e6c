"""The truth goes to its own folder and comes back unchanged."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import DataMissing
from training.simulator.oracle import continue_from
from training.simulator.organisation import Organisation, read_truth, write_truth
from training.simulator.switches import Dirt
from training.simulator.truth import Truth


def test_every_table_comes_back_as_it_was(org: Organisation, tmp_path: Path) -> None:
    write_truth(org, tmp_path / "truth")
    again = read_truth(tmp_path / "truth")
    assert again.settings == org.settings
    for field in fields(Truth):
        pd.testing.assert_frame_equal(getattr(again.truth, field.name), getattr(org.truth, field.name))


def test_an_oracle_from_disk_gives_the_futures_of_the_original(org: Organisation, tmp_path: Path) -> None:
    write_truth(org, tmp_path)
    day = org.calendar.period(3).start + timedelta(days=40)
    one, other = (continue_from(company, day, 5, seed=1) for company in (org, read_truth(tmp_path)))
    assert np.array_equal(one.paths, other.paths)


def test_the_folder_says_what_it_holds(org: Organisation, tmp_path: Path) -> None:
    write_truth(org, tmp_path)
    document = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert document["settings"]["seed"] == org.settings.seed
    assert all((tmp_path / f"{name}.parquet").is_file() for name in document["tables"])


def test_the_folder_states_what_a_dirty_crm_finally_reports(org: Organisation, tmp_path: Path) -> None:
    soiled = Organisation(org.settings.model_copy(update={"dirt": Dirt.all(refunds=0.2)}), org.truth)
    write_truth(soiled, tmp_path)
    stated = pd.read_parquet(tmp_path / "reported.parquet")
    assert (stated["kind"] == "refund").sum() > 0
    pd.testing.assert_frame_equal(stated, read_truth(tmp_path).reported, check_dtype=False)


def test_a_folder_without_truth_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"there is no truth\.json in .*; write one with write_truth"):
        read_truth(tmp_path)
