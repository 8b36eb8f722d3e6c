"""What people call a deal: by its account, for nobody knows a deal by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyarrow as pa

from features.history.known import KnownFacts, load_arrow

TAIL = 4
"""Last characters of an id that tell deals of one account apart."""

NAMED = """
SELECT w.opportunity_id, TRIM(a.name) AS name, w.is_open
FROM _labelled AS w
JOIN opportunities AS o ON o.opportunity_id = w.opportunity_id
JOIN accounts AS a ON a.account_id = o.account_id
WHERE TRIM(a.name) <> ''
ORDER BY w.opportunity_id
"""


def deal_labels(known: KnownFacts, open_ids: Iterable[str], closed_ids: Iterable[str] = ()) -> dict[str, str]:
    """Return what deals are called, by opportunity_id; those whose account has no known name are left out.

    Args:
        known: Facts at a moment.
        open_ids: Deals that are open then; several of one account are told apart by the ends of their ids.
        closed_ids: Further deals.
    """
    opened, closed = sorted(set(open_ids)), sorted(set(closed_ids))
    ids = pa.array([*opened, *closed], pa.string())
    is_open = pa.array([True] * len(opened) + [False] * len(closed), pa.bool_())
    load_arrow(known.con, "_labelled", pa.table({"opportunity_id": ids, "is_open": is_open}))
    rows: list[tuple[str, str, bool]] = known.con.execute(NAMED).fetchall()
    alike = Counter(name for _, name, still in rows if still)
    return {deal: f"{name} (…{deal[-TAIL:]})" if still and alike[name] > 1 else name for deal, name, still in rows}
