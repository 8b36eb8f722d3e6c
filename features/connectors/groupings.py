"""Amounts that were probably read a thousand times too small: a point that groups thousands, taken for a decimal point.

`1.234` is 1234 to some and a little more than one to others. Each text alone may be either; a whole column tells:
money hardly ever has three digits behind the point in almost every row, none more, and never reaches a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from features.connectors.keys import scan
from features.connectors.misfits import Saying
from features.connectors.staging import StagedTable
from features.contracts.tables import CANONICAL, MONEY

FEWEST = 10
"""Values with a point below which nothing is said."""
MOSTLY = 0.8
"""Share of the values with a point that have a third digit; one group of thousands in ten ends in 0."""
UNSURE = 1_000
"""Grouped amounts of a million and more have two points and are refused, so that what is left is below this."""


def grouped_by_points(con: duckdb.DuckDBPyConnection, tables: Mapping[str, StagedTable]) -> list[Saying]:
    """Return a remark per column of money whose point seems to group thousands.

    Args:
        con: An open engine.
        tables: Staged tables by canonical name.
    """
    remarks = []
    for name, table in sorted(tables.items()):
        columns = (
            [c.name for c in CANONICAL[name].mapped if c.type == MONEY] if name in CANONICAL and table.files else []
        )
        for column in columns:
            value = f"abs(CAST({column} AS DECIMAL(38, 4)))"  # as stored, a large amount times 1000 overflows
            pointed, third, fourth, top, example = con.execute(
                f"""SELECT count(*) FILTER ({value} % 1 <> 0),
                    count(*) FILTER ({value} * 100 % 1 <> 0),
                    count(*) FILTER ({value} * 1000 % 1 <> 0),
                    max({value}),
                    min({value}) FILTER ({value} * 100 % 1 <> 0)
                FROM {scan(table.files)}"""
            ).fetchone() or (0, 0, 0, None, None)
            if pointed >= FEWEST and third >= MOSTLY * pointed and not fourth and top < UNSURE:
                told = {"table": name, "column": column, "count": third, "rows": pointed, "example": f"{example:.3f}"}
                remarks.append(Saying("report grouped", told))
    return remarks
