"""The history of deals in several currencies becomes the company's: every amount at the rate of the day it was set.

A deal keeps the currency that it stands in. An amount that somebody enters is worth what it was worth on that day, and
nothing moves while only rates move. On the day a deal is won its amount is priced once more, at the rate of that day,
as a booking of that day would be; whatever is edited after the win keeps that rate. What an amount was before its
first change takes the rate of the day the deal was created, so that no later rate reaches back.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from features.connectors.currency import Converted, Money, copy_originals
from features.connectors.keys import quoted, scan
from features.connectors.rates import NEWEST, no_rate
from features.contracts.faults import Fault

TABLE = "opportunity_changes"


def convert_changes(
    con: duckdb.DuckDBPyConnection,
    files: tuple[Path, ...],
    deals: tuple[Path, ...],
    *,
    money: Money,
    stem: Path,
) -> Converted:
    """Return the staged changes with every amount in the company's currency.

    Args:
        con: DuckDB connection.
        files: Staged files of `opportunity_changes`, each key once.
        deals: Staged files of `opportunities` as the source said them, to know each deal's currency; may be empty.
        money: Rates, currency and zone.
        stem: Path to write to; suffixes are added.

    Returns:
        The files; a change whose currency cannot be known although there are rates is refused too.
    """
    if not money.rates.given and not _any_abroad(con, (*files, *deals), money):
        return Converted(files)
    con.register("rates", money.rates.table)
    _tell_currencies(con, files, deals, money)
    strangers = _strangers(con) if money.rates.given else ()
    if not _count(con, "told WHERE abroad") and not strangers:
        return Converted(files)
    _price(con, money)
    _refuse(con, strangers=bool(strangers))
    target, originals = stem.with_name(f"{stem.name}.money.parquet"), stem.with_name(f"{stem.name}.originals.parquet")
    _write(con, files, quoted(money.company), target)
    priced = f"(SELECT * FROM priced WHERE kind = 'amount' AND amount IS NOT NULL AND {_GOOD})"
    copy_originals(con, TABLE, priced, originals)
    count = _count(con, priced)
    return Converted(
        (target,),
        (*strangers, *_missing(con, money.company)),
        originals,
        count,
        count,
        _count(con, "added"),
    )


_GOOD = "(amount IS NULL OR converted IS NOT NULL) AND (old_amount IS NULL OR old_converted IS NOT NULL)"


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0])


def _any_abroad(con: duckdb.DuckDBPyConnection, files: tuple[Path, ...], money: Money) -> bool:
    abroad = f"upper(currency) <> upper({quoted(money.company)})"
    return any(_count(con, f"{scan((file,))} WHERE {abroad}") for file in files)


def _tell_currencies(
    con: duckdb.DuckDBPyConnection, files: tuple[Path, ...], deals: tuple[Path, ...], money: Money
) -> None:
    """Create `deals_told` and `told`: deals and their changes of amount and outcome, with the currency of each."""
    nothing = "(SELECT NULL::VARCHAR AS opportunity_id, NULL::VARCHAR AS currency, NULL::TIMESTAMP AS created_at, "
    nothing += "NULL::TIMESTAMP AS closed_at, 'open' AS outcome, NULL::DECIMAL(18, 4) AS amount WHERE false)"
    home = f"upper({quoted(money.company)})"
    con.execute("DROP TABLE IF EXISTS deals_told")
    con.execute("DROP TABLE IF EXISTS told")
    con.execute(
        f"""CREATE TEMP TABLE deals_told AS
        SELECT opportunity_id, coalesce(upper(currency), {home}) AS code, created_at, amount,
            CASE WHEN outcome = 'won' THEN greatest(closed_at, created_at) END AS won_at
        FROM {scan(deals) if deals else nothing}"""
    )
    con.execute(
        f"""CREATE TEMP TABLE told AS
        SELECT c.filename, c.file_row_number, c._file, c._line, c.opportunity_id, c.changed_at, c.field, c.old, c.new,
            coalesce(upper(c.currency), d.code) AS code,
            coalesce(upper(c.currency), d.code, {home}) <> {home} AS abroad, d.created_at
        FROM {scan(files, places=True)} c LEFT JOIN deals_told d USING (opportunity_id)
        WHERE c.field IN ('amount', 'outcome')"""
    )


def _strangers(con: duckdb.DuckDBPyConnection) -> tuple[Fault, ...]:
    """Return a fault per amount of a deal that the source does not bring and whose currency nothing says."""
    rows = con.execute(
        "SELECT _file, _line, new FROM told WHERE code IS NULL AND field = 'amount' ORDER BY _file, _line"
    ).fetchall()
    mend = "the currency of this deal is not known: export the deal with it, or map `currency` of its changes"
    return tuple(Fault(file, line, TABLE, "currency", "no currency", new or "", mend) for file, line, new in rows)


def _price(con: duckdb.DuckDBPyConnection, money: Money) -> None:
    """Create `priced`: every amount set and every win of deals abroad, with what they are worth, and `added` of it.

    `added` holds the wins at which the amount is priced anew.
    """
    worth, worth_before = money.rates.worth("n.amount", "n.rate"), money.rates.worth("n.old_amount", "b.rate")
    con.execute("DROP TABLE IF EXISTS priced")
    con.execute(
        f"""CREATE TEMP TABLE priced AS
        WITH {_EVENTS}, {_DATED},
        days AS (
            SELECT *, {money.day("set_at")} AS day, coalesce({money.day("before_at")}, DATE '{NEWEST}') AS day_before
            FROM dated WHERE kind = 'amount' OR set_now = 0),
        now AS (
            SELECT d.*, r.rate, r.valid_from FROM days d
            ASOF LEFT JOIN rates r ON d.code = r.currency AND d.day >= r.valid_from)
        SELECT n.*, changed_at AS occurred_at, {worth} AS converted, {worth_before} AS old_converted,
            {_text(worth)} AS new_text, {_text(worth_before)} AS old_text,
            opportunity_id || '/' || CAST(changed_at AS VARCHAR) || '/amount/' || {_text(worth)} AS key_text
        FROM now n ASOF LEFT JOIN rates b ON n.code = b.currency AND n.day_before >= b.valid_from
        WHERE n.amount IS NOT NULL OR n.old_amount IS NOT NULL"""
    )
    con.execute("DROP TABLE IF EXISTS added")
    con.execute(
        f"""CREATE TEMP TABLE added AS SELECT opportunity_id, changed_at, old_text, new_text, _line, _file FROM priced
        WHERE kind = 'outcome' AND {_GOOD} AND new_text <> old_text"""
    )


_EVENTS = """
        wins AS (
            SELECT opportunity_id, won_at FROM deals_told d WHERE won_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM told t WHERE t.opportunity_id = d.opportunity_id AND t.field = 'outcome'
                    AND t.new <> 'open')),
        events AS (
            SELECT filename, file_row_number, _file, _line, opportunity_id, changed_at, field AS kind, code, created_at,
                CASE field WHEN 'amount' THEN TRY_CAST(old AS DECIMAL(18, 4)) END AS old_amount,
                CASE field WHEN 'amount' THEN TRY_CAST(new AS DECIMAL(18, 4)) END AS amount,
                CASE field WHEN 'outcome' THEN new END AS outcome, old, new
            FROM told WHERE abroad
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, w.opportunity_id, w.won_at, 'outcome', t.code, t.created_at, NULL, NULL,
                'won', NULL, 'won'
            FROM wins w JOIN (SELECT DISTINCT opportunity_id, code, created_at FROM told WHERE abroad) t
                USING (opportunity_id))"""
"""SQL of `events`: amounts set and outcomes, those included that only the deal itself tells of."""

_DATED = """
        running AS (
            SELECT *, last_value(outcome IGNORE NULLS) OVER so_far AS standing,
                last_value(CASE WHEN outcome IS NOT NULL THEN changed_at END IGNORE NULLS) OVER so_far AS since,
                last_value(amount IGNORE NULLS) OVER so_far AS latest,
                kind = 'amount' AND list_contains(list(new) FILTER (kind = 'amount') OVER instant, old) AS chained,
                count(*) FILTER (kind = 'amount') OVER instant AS set_now
            FROM events WINDOW instant AS (PARTITION BY opportunity_id, changed_at), so_far AS (
                PARTITION BY opportunity_id ORDER BY changed_at, kind DESC, _file, _line ROWS UNBOUNDED PRECEDING)),
        moments AS (
            SELECT *, CASE WHEN standing = 'won' THEN since ELSE changed_at END AS set_at
            FROM running WHERE kind = 'amount' OR outcome = 'won'),
        dated AS (
            SELECT m.* EXCLUDE (amount, old_amount),
                CASE kind WHEN 'amount' THEN m.amount ELSE coalesce(m.latest, d.amount) END AS amount,
                CASE kind WHEN 'amount' THEN old_amount ELSE coalesce(m.latest, d.amount) END AS old_amount,
                CASE WHEN chained THEN set_at
                    ELSE coalesce(max(set_at) OVER earlier, m.created_at, set_at) END AS before_at
            FROM moments m LEFT JOIN deals_told d USING (opportunity_id)
            WINDOW earlier AS (PARTITION BY opportunity_id ORDER BY changed_at
                RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING))"""
"""SQL of `dated`: `set_at` is the moment whose rate prices the new amount, `before_at` that of the old one.

Of two changes at one instant that form a chain `before_at` is that instant, else the moment of what was priced before,
else the deal's creation.
"""


def _refuse(con: duckdb.DuckDBPyConnection, *, strangers: bool) -> None:
    """Create `refused`: the places of changes that have no rate, or no currency."""
    con.execute("DROP TABLE IF EXISTS refused")
    unknown = "code IS NULL AND field = 'amount'" if strangers else "false"
    con.execute(
        f"""CREATE TEMP TABLE refused AS
        SELECT filename, file_row_number FROM priced WHERE filename IS NOT NULL AND NOT ({_GOOD})
        UNION ALL SELECT filename, file_row_number FROM told WHERE {unknown}"""
    )


def _missing(con: duckdb.DuckDBPyConnection, company: str) -> tuple[Fault, ...]:
    rows = con.execute(
        f"""SELECT _file, _line, code, CASE WHEN amount IS NOT NULL AND converted IS NULL THEN day ELSE day_before END
        FROM priced WHERE filename IS NOT NULL AND NOT ({_GOOD}) ORDER BY _file, _line"""
    ).fetchall()
    return tuple(no_rate(TABLE, company, (file, line), code, day) for file, line, code, day in rows)


def _text(amount: str) -> str:
    """Return SQL for an amount as changes hold it: without zeros that say nothing."""
    return rf"regexp_replace(CAST({amount} AS VARCHAR), '\.?0+$', '')"


def _write(con: duckdb.DuckDBPyConnection, files: tuple[Path, ...], own: str, target: Path) -> None:
    """Write the changes: converted where they are abroad, without what has no rate, and with the wins priced."""
    con.execute(
        f"""COPY (
            SELECT c.opportunity_id, c.changed_at, c.field,
                CASE WHEN p.kind = 'amount' THEN coalesce(p.old_text, c.old) ELSE c.old END AS old,
                CASE WHEN p.kind = 'amount' THEN coalesce(p.new_text, c.new) ELSE c.new END AS new,
                {own} AS currency, c._line, c._file
            FROM {scan(files, places=True)} c
            LEFT JOIN (SELECT * FROM priced WHERE filename IS NOT NULL) p
                ON c.filename = p.filename AND c.file_row_number = p.file_row_number
            ANTI JOIN refused r ON c.filename = r.filename AND c.file_row_number = r.file_row_number
            UNION ALL
            SELECT opportunity_id, changed_at, 'amount', old_text, new_text, {own}, coalesce(_line, 0),
                coalesce(_file, '') FROM added) TO {quoted(str(target))} (FORMAT parquet)"""
    )
