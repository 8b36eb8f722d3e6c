"""The notebooks run from top to bottom, show pictures, and stand in both formats with the same text."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat
import pytest

from tests.support.notebooks import executed
from tests.support.real_data import ROOT, real_data

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_both_formats_say_the_same(path: Path) -> None:
    text = [(cell.cell_type, cell.source) for cell in jupytext.read(path).cells]
    notebook = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["01_quickstart", "02_your_data"])
def test_a_notebook_runs_and_shows_pictures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "02_your_data":
        monkeypatch.setenv("PACELINE_TEST_DATA", str(real_data("adventureworks_pl300").parent))
    notebook = executed(ROOT / "notebooks" / f"{name}.py")
    shown = [kind for cell in notebook.cells for output in cell.get("outputs", []) for kind in output.get("data", {})]
    assert "image/png" in shown
