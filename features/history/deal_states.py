"""Derive the whole state of each deal after each change from what opportunities and their changes say."""

from __future__ import annotations

from dataclasses import dataclass

from features.domain.vocabulary import Grade
from features.history.workbench import ImportFrame

TRACKED = ("stage", "amount", "expected_close", "rep_id")
"""Fields of a deal that change, beside its outcome."""

VANISHED = "lost:vanished"
"""`new` of the outcome change that closes a deal which a full snapshot no longer holds."""


@dataclass(frozen=True)
class DealCounts:
    """What the derivation had to leave out or could not read.

    Attributes:
        undated: Deals without `created_at`: kept in opportunities, out of deal_states.
        unreadable: Changes whose new amount or day is no amount or day; the field is unknown from there on.
        orphaned: Changes of deals that no import has brought.
    """

    undated: int
    unreadable: int
    orphaned: int


def derive_deal_states(frame: ImportFrame) -> DealCounts:
    """Create `plan_deal_states` for every deal that the import touches.

    Grade A replays the change history: one version per instant of change, of which a field that never changed has
    its current value from the start. Grade B does the same from the moment of the first own snapshot; before it, and
    always at grade C, a deal is created with nothing but its identity and closes with outcome and amount.

    Changes of one field at one instant are a chain: the value that no other change starts from stands last (among
    several such values the one that sorts last), and the value that no other change leads to stood first.
    """
    _touched(frame)
    _events(frame)
    _settle(frame)
    _states(frame)
    _hold_back_corrections(frame)
    counts = _counts(frame)
    frame.drop("_events", "_settled", "_deals", "_known_states", "_touched")
    return counts


def _touched(frame: ImportFrame) -> None:
    """Create `_deals`: the latest row of each touched deal with the moment its creation and its end were known."""
    frame.con.execute("""
        CREATE TABLE _touched AS
        SELECT opportunity_id FROM new_opportunities UNION SELECT opportunity_id FROM new_opportunity_changes""")
    frame.con.execute("""
        CREATE TABLE _deals AS
        WITH versions AS (SELECT o.* FROM all_opportunities o SEMI JOIN _touched USING (opportunity_id)),
        latest AS (
            SELECT * FROM versions
            QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY known_at DESC, seq DESC) = 1),
        seen AS (SELECT opportunity_id, min(known_at) AS created_known FROM versions GROUP BY 1),
        ended AS (
            SELECT v.opportunity_id, min(v.known_at) AS closed_known
            FROM versions v JOIN latest l ON v.opportunity_id = l.opportunity_id AND v.outcome = l.outcome
                AND v.closed_at IS NOT DISTINCT FROM l.closed_at GROUP BY 1)
        SELECT l.* EXCLUDE (known_at, known_on, seq, import_id), created_known, closed_known
        FROM latest l JOIN seen USING (opportunity_id) JOIN ended USING (opportunity_id)""")


def _events(frame: ImportFrame) -> None:
    """Create `_events`: every change of every touched deal, `''` standing for a field that was emptied."""
    amount = "UNION ALL SELECT opportunity_id, moment, known_at, 'amount', NULL, CAST(amount AS VARCHAR) FROM closings"
    frame.con.execute(f"""
        CREATE TABLE _events AS
        WITH logged AS (
            SELECT c.opportunity_id, greatest(c.changed_at, d.created_at) AS moment, c.known_at, c.field, c.old,
                CASE c.field WHEN 'outcome' THEN split_part(c.new, ':', 1) ELSE c.new END AS new
            FROM all_opportunity_changes c JOIN _deals d USING (opportunity_id)
            WHERE d.created_at IS NOT NULL AND {"false" if frame.grade is Grade.C else "NOT c.deleted"}),
        closings AS (
            SELECT opportunity_id, greatest(closed_at, created_at) AS moment, closed_known AS known_at, outcome, amount
            FROM _deals d WHERE outcome <> 'open' AND created_at IS NOT NULL AND closed_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM logged l WHERE l.opportunity_id = d.opportunity_id
                    AND l.field = 'outcome' AND l.new <> 'open'))
        SELECT opportunity_id, moment, min(known_at) AS known_at, field,
            coalesce(old, '') AS old, coalesce(new, '') AS new
        FROM (SELECT * FROM logged
            UNION ALL SELECT opportunity_id, moment, known_at, 'outcome', 'open', outcome FROM closings
            {amount if frame.grade is not Grade.A else ""}) GROUP BY ALL""")


def _settle(frame: ImportFrame) -> None:
    """Create `_settled`: one change per deal, instant and field, from the start of a chain to its end."""
    frame.con.execute("""
        CREATE TABLE _settled AS
        SELECT opportunity_id, moment, field, max(known_at) AS known_at, max(new) AS value, min(old) AS start,
            count(*) AS links FROM _events GROUP BY 1, 2, 3""")
    frame.con.execute("""
        UPDATE _settled SET value = coalesce(chains.value, _settled.value),
            start = coalesce(chains.start, _settled.start)
        FROM (SELECT e.opportunity_id, e.moment, e.field,
                list_max(list_filter(list(new), lambda x: NOT list_contains(list(old), x))) AS value,
                list_min(list_filter(list(old), lambda x: NOT list_contains(list(new), x))) AS start
            FROM _events e SEMI JOIN (SELECT * FROM _settled WHERE links > 1) s
                ON e.opportunity_id = s.opportunity_id AND e.moment = s.moment AND e.field = s.field
            GROUP BY 1, 2, 3) chains
        WHERE _settled.opportunity_id = chains.opportunity_id AND _settled.moment = chains.moment
            AND _settled.field = chains.field""")


def _states(frame: ImportFrame) -> None:
    """Create `plan_deal_states` from `_deals` and `_settled`."""
    fields = (*TRACKED, "outcome")
    wide = ", ".join(f"max(value) FILTER (field = '{name}') AS {name}" for name in fields)
    filled = ", ".join(f"last_value({name} IGNORE NULLS) OVER so_far AS {name}" for name in fields)
    frame.con.execute(f"""
        CREATE TABLE plan_deal_states AS
        WITH instants AS (
            SELECT opportunity_id, moment, max(known_at) AS known_at, {wide} FROM (
                SELECT opportunity_id, moment, field, known_at, value FROM _settled
                UNION ALL SELECT opportunity_id, created_at, '', created_known, NULL FROM _deals
                WHERE created_at IS NOT NULL) GROUP BY 1, 2),
        running AS (
            SELECT opportunity_id, moment, row_number() OVER so_far AS version,
                max(known_at) OVER so_far AS _known, {filled}
            FROM instants WINDOW so_far AS (PARTITION BY opportunity_id ORDER BY moment ROWS UNBOUNDED PRECEDING)),
        initial AS ({_initial(frame)})
        SELECT r.opportunity_id, r.version, r.moment AS changed_at, d.created_at,
            {frame.day("d.created_at")} AS created_on, coalesce(nullif(r.rep_id, ''), i.rep_id, d.rep_id) AS rep_id,
            d.account_id, d.source, nullif(coalesce(r.stage, i.stage), '') AS stage,
            TRY_CAST(nullif(coalesce(r.amount, i.amount), '') AS DECIMAL(18, 4)) AS amount,
            TRY_CAST(nullif(coalesce(r.expected_close, i.expected_close), '') AS DATE) AS expected_close,
            coalesce(nullif(r.outcome, ''), 'open') AS outcome, r._known, false AS deleted
        FROM running r JOIN _deals d USING (opportunity_id) JOIN initial i USING (opportunity_id)""")


def _initial(frame: ImportFrame) -> str:
    """Return SQL for each deal's fields as they were before any change; NULL is what cannot be said."""
    first = ", ".join(f"arg_min(start, moment) FILTER (field = '{name}') AS {name}" for name in TRACKED)
    if frame.grade is Grade.A:
        current = ", ".join(f"coalesce(f.{name}, CAST(d.{name} AS VARCHAR)) AS {name}" for name in TRACKED)
    else:
        current = (
            "NULL AS stage, NULL AS amount, NULL AS expected_close, coalesce(nullif(f.rep_id, ''), d.rep_id) AS rep_id"
        )
    return f"""
        SELECT d.opportunity_id, {current} FROM _deals d
        LEFT JOIN (SELECT opportunity_id, {first} FROM _settled GROUP BY 1) f USING (opportunity_id)"""


def _hold_back_corrections(frame: ImportFrame) -> None:
    """Let news about the settled past be known from the import on, together with all states that follow it.

    States that no longer exist (fewer instants than were known) are gone from the import on.
    """
    stated = "stage, amount, expected_close, rep_id, outcome, changed_at, created_at, account_id, source"
    frame.con.execute("""
        CREATE TABLE _known_states AS
        SELECT s.* FROM all_deal_states s SEMI JOIN _touched USING (opportunity_id)
        QUALIFY row_number() OVER (PARTITION BY opportunity_id, version ORDER BY known_at DESC, seq DESC) = 1""")
    if not frame.count("_known_states"):
        return
    frame.con.execute(f"""
        CREATE TABLE _altered AS
        SELECT p.opportunity_id, min(p.version) AS since FROM plan_deal_states p JOIN _known_states k
            ON p.opportunity_id = k.opportunity_id AND p.version = k.version
        WHERE ({_packed("p", stated)}) IS DISTINCT FROM ({_packed("k", stated)}) AND p._known <= {frame.settled_sql}
        GROUP BY 1""")
    frame.con.execute(f"""
        UPDATE plan_deal_states SET _known = greatest(_known, {frame.received_sql}) FROM _altered a
        WHERE plan_deal_states.opportunity_id = a.opportunity_id AND version >= a.since""")
    frame.con.execute(f"""
        INSERT INTO plan_deal_states BY NAME
        SELECT k.* EXCLUDE (known_at, known_on, seq, import_id) REPLACE (true AS deleted),
            {frame.received_sql} AS _known
        FROM _known_states k ANTI JOIN plan_deal_states p
            ON k.opportunity_id = p.opportunity_id AND k.version = p.version WHERE NOT k.deleted""")


def _packed(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name.strip()}" for name in columns.split(","))


def _counts(frame: ImportFrame) -> DealCounts:
    return DealCounts(
        undated=frame.count("_deals", "created_at IS NULL"),
        unreadable=frame.count(
            "_events",
            "new <> '' AND ((field = 'amount' AND TRY_CAST(new AS DECIMAL(18, 4)) IS NULL) "
            "OR (field = 'expected_close' AND TRY_CAST(new AS DATE) IS NULL))",
        ),
        orphaned=frame.count("_touched t ANTI JOIN all_opportunities o USING (opportunity_id)"),
    )
