"""Definitions keep to the SQL that DuckDB, PostgreSQL and Spark understand alike, and tell the engine nothing twice."""

from __future__ import annotations

from importlib.resources import files

import pytest
import sqlglot
from sqlglot import exp

from features.definitions.registry import load_features
from features.definitions.render import APPEND_LEDGER, CARRY_STEPS, DEAL_STEPS, LEDGER, input_views

WINDOWS = {"first_value", "lag", "lead", "row_number"}
AGGREGATES = {"count", "max", "min", "sum"}
FUNCTIONS = (
    WINDOWS | AGGREGATES | {"and", "case", "cast", "coalesce", "exists", "greatest", "least", "ln", "lower", "or"}
)
FLOATING = ("DOUBLE",)


def sql_files() -> dict[str, str]:
    root = files("features.definitions")
    texts = {}
    folders = {"": (root, root.joinpath("sql")), "one_cutoff/": (root.joinpath("sql", "one_cutoff"),)}
    for at, folder in ((at, folder) for at, several in folders.items() for folder in several):
        for item in folder.iterdir():
            if item.name.endswith(".sql") and item.name != "inputs.sql":
                texts[f"{at}{item.name.removesuffix('.sql')}"] = item.read_text(encoding="utf-8")
    return texts


def faults(sql: str) -> list[str]:
    """Return what is outside the subset, in words."""
    found = []
    for dialect in ("duckdb", "postgres", "spark"):
        trees = sqlglot.parse(sql, read=dialect)
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            found.append(f"{dialect}: not one query")
    tree = sqlglot.parse_one(sql, read="duckdb")
    found += [f"function {node.sql_name().lower()}" for node in tree.find_all(exp.Func) if not _allowed(node)]
    found += ["QUALIFY"] if tree.find(exp.Qualify) else []
    found += ["IGNORE NULLS"] if tree.find(exp.IgnoreNulls) else []
    found += ["AS-OF join"] if any(join.args.get("method") for join in tree.find_all(exp.Join)) else []
    found += ["GROUP BY ALL"] if any(group.args.get("all") for group in tree.find_all(exp.Group)) else []
    found += ["LIMIT"] if tree.find(exp.Limit) else []
    for spec in tree.find_all(exp.WindowSpec):
        found += [f"{spec.args['kind']} frame"] if spec.args.get("kind") != "ROWS" else []
    for total in tree.find_all(exp.Sum, exp.Avg):
        found += ["sum of floats"] if any(cast.to.this.name in FLOATING for cast in total.find_all(exp.Cast)) else []
    return found


def _allowed(node: exp.Func) -> bool:
    if isinstance(node, exp.If):
        return isinstance(node.parent, exp.Case)
    name = node.name.lower() if isinstance(node, exp.Anonymous) else node.sql_name().lower()
    return name in FUNCTIONS


@pytest.mark.parametrize("name", sorted(sql_files()))
def test_a_definition_keeps_to_the_subset(name: str) -> None:
    assert faults(sql_files()[name]) == []


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1", "QUALIFY"),
        ("SELECT STDDEV(a) FROM t", "function stddev"),
        ("SELECT LAG(a IGNORE NULLS) OVER (ORDER BY b) FROM t", "IGNORE NULLS"),
        ("SELECT SUM(CAST(a AS DOUBLE PRECISION)) FROM t", "sum of floats"),
        ("SELECT SUM(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING) FROM t", "RANGE frame"),
        ("SELECT a, COUNT(*) FROM t GROUP BY ALL", "GROUP BY ALL"),
        ("SELECT list_sort(a) FROM t", "function"),
    ],
)
def test_the_linter_finds_what_is_outside_the_subset(sql: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(sql)), faults(sql)


def test_every_file_is_used_and_opens_with_a_sentence() -> None:
    used = {*LEDGER, *APPEND_LEDGER, *DEAL_STEPS, *CARRY_STEPS, *(feature.file for feature in load_features())}
    used |= {"deals", "booked_days", "current_reps", "lifecycles"}
    assert set(sql_files()) == used
    assert all(text.startswith("-- ") and ". " not in text.splitlines()[0] for text in sql_files().values())


def test_activities_are_sorted_by_key_only_where_an_import_may_have_revised_them() -> None:
    assert "PARTITION BY activity_id" in input_views("UTC", activities_revised=True)[1].select
    assert "PARTITION BY" not in input_views("UTC", activities_revised=False)[1].select


def test_a_moment_becomes_the_day_of_the_company() -> None:
    assert "AT TIME ZONE 'Asia/Shanghai'" in input_views("Asia/Shanghai", activities_revised=False)[2].select
