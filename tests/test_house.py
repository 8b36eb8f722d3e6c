"""The house keeps its own rules: names, folders, versions and the two commands."""

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("features", "models", "training", "service")


def _sources() -> list[Path]:
    return [path for name in (*PACKAGES, "paceline") for path in sorted((ROOT / name).rglob("*.py"))]


def test_the_generic_names_belong_to_this_project_alone() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ["paceline"])) for name in PACKAGES} == {name: {"paceline"} for name in PACKAGES}


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_one_sentence_that_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_features_and_models_never_read_the_clock() -> None:
    clock = re.compile(r"datetime\.(now|utcnow)\(|date\.today\(|time\.time\(|Timestamp\.now\(")
    found = [
        path.name
        for path in _sources()
        if path.relative_to(ROOT).parts[0] in {"features", "models"} and clock.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_nothing_carries_code_that_runs_when_it_is_read() -> None:
    dangerous = re.compile(r"\bpickle\.loads?\(|\bjoblib\.load\(|(?<![\w.])eval\(|(?<![\w.])exec\(")
    assert [path.name for path in _sources() if dangerous.search(path.read_text(encoding="utf-8"))] == []


def test_the_readme_names_both_commands_and_every_folder() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme
    assert all(f"`{name}/`" in readme for name in (*PACKAGES, "paceline"))


def test_every_entry_point_of_mlflow_is_a_command() -> None:
    text = (ROOT / "MLproject").read_text(encoding="utf-8")
    commands = re.findall(r"python -m paceline --home \{home\} (\w+)", text)
    assert commands == ["train", "train", "backtest", "score", "monitor"]
