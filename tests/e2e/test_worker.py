"""New facts reach the scorecards without anybody asking: the worker scores them, once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from paceline.cli import main
from paceline.home import Home
from paceline.workspace import open_engine, open_log
from service.web.repository import last_snapshots


def _work(home: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert main(["--home", str(home), "work", "--once", "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_the_worker_scores_what_was_imported_after_the_last_forecast_and_then_rests(
    demo_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    assert _work(home, capsys) == {"due": False}

    export = tmp_path / "export"
    export.mkdir()
    with open_engine(Home(home)).connect() as connection:
        before = last_snapshots(connection)
        as_of = str(before[0]["as_of"])
        rep = connection.exec_driver_sql("SELECT rep_id FROM rep_forecasts ORDER BY rep_id LIMIT 1").scalar_one()
    rows = f"activity_id,rep_id,occurred_at,type\nnews-1,{rep},{as_of}T10:00:00,call\n"
    (export / "activities.csv").write_text(rows)
    assert main(["--home", str(home), "ingest", str(export), "--mapping", "canonical"]) == 0

    told = _work(home, capsys)
    head = open_log(Home(home)).head()
    assert (told["due"], told["exit_code"], told["dataset_version"]) == (True, 0, head)
    with open_engine(Home(home)).connect() as connection:
        after = last_snapshots(connection)
    assert after[0]["dataset_version"] == head
    assert len(after) == len(before) + 1
    assert _work(home, capsys) == {"due": False}
