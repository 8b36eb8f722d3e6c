"""`python -m tests.support.notebooks`: run every notebook's text format and write its .ipynb, pictures included."""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[2] / "notebooks"


def executed(path: Path) -> NotebookNode:
    """Return the notebook of a text file, run from top to bottom; progress on stderr is left out."""
    notebook: NotebookNode = jupytext.read(path)
    context = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=context).execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell["metadata"].pop("execution", None)
        if cell.cell_type == "code":
            cell["outputs"] = [output for output in cell["outputs"] if output.get("name") != "stderr"]
    return notebook


def without_outputs(path: Path) -> NotebookNode:
    """Return the notebook of a text file, not run; for notebooks that read files which are not part of the project."""
    notebook: NotebookNode = jupytext.read(path)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


def main() -> None:
    """Write every notebook beside its text; what real exports show stays with whoever has them."""
    for path in sorted(FOLDER.glob("*.py")):
        reads_real_data = "PACELINE_TEST_DATA" in path.read_text(encoding="utf-8")
        notebook = without_outputs(path) if reads_real_data else executed(path)
        nbformat.write(notebook, path.with_suffix(".ipynb"))
        sys.stdout.write(f"{path.with_suffix('.ipynb').name}\n")


if __name__ == "__main__":
    main()
