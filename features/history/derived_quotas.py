"""Quotas that nobody gave: rule R1 from a rep's own past quarters, and quarter quotas as sums of monthly ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from features.domain.errors import MappingError
from features.domain.time import Grain
from features.history.workbench import ImportFrame

SUM = "derived:sum"
R1 = "derived:R1"


@dataclass(frozen=True)
class DerivedRule:
    """Rule R1 with its numbers.

    Attributes:
        months: Months in one period, 1, 3 or 12.
        percent: Quota as a share of the mean, in percent of percent (10500 is 1.05).
        history: Number of periods before that the mean is taken over, at most.
        least_history: Number of periods of history from which on a quota is derived.
        round_up_to: Step to which quotas are rounded up, in currency.
    """

    months: int = 3
    percent: int = 10_500
    history: int = 4
    least_history: int = 2
    round_up_to: int = 1000

    @classmethod
    def read(cls, declared: Mapping[str, object]) -> DerivedRule:
        """Return the rule that a mapping declares.

        Raises:
            MappingError: The rule has another name than R1.

        Examples:
            >>> DerivedRule.read({"rule": "R1", "grain": "quarter", "factor": 1.1}).percent
            11000
        """
        if declared.get("rule", "R1") != "R1":
            raise MappingError(f"there is no quota rule {declared['rule']!r}; the one rule is R1")
        return cls(
            months=Grain(str(declared.get("grain", "quarter"))).months,
            percent=round(float(str(declared.get("factor", 1.05))) * 10_000),
            history=int(str(declared.get("history", 4))),
            least_history=int(str(declared.get("least_history", 2))),
            round_up_to=int(str(declared.get("round_up_to", 1000))),
        )


def plan_derived(frame: ImportFrame, rule: DerivedRule) -> None:
    """Create `plan_derived`: a quota for each rep, measure and period that has none.

    The quota is 1.05 x the mean of the rep's bookings in the (up to 4) quarters before, rounded up to 1,000, from
    two quarters of history on. It is known at the end of the day before its quarter begins and computed from what
    was known by then only; once its quarter has begun, bookings that come late do not move it. Quarters after the
    newest fact have quotas as well, as long as the four quarters before them hold bookings, so that where the data
    ends changes nothing; the next import replaces, or takes back, those that have not begun.

    Args:
        frame: The import; `all_bookings`, `all_quotas` and `all_reps` stand.
        rule: Numbers of the rule.
    """
    start = period_start("q", frame.fiscal_start_month, rule.months)
    frame.con.execute(f"""
        CREATE TABLE plan_derived AS
        WITH credited AS ({_credited(frame, rule)}),
        spans AS (SELECT rep_id, metric, min(bq) AS first_bq, max(bq) AS last_bq FROM credited GROUP BY 1, 2),
        targets AS (
            SELECT rep_id, metric, unnest(range(first_bq + {rule.least_history}, last_bq + {rule.history} + 1)) AS q
            FROM spans),
        usable AS (
            SELECT t.rep_id, t.metric, t.q, t.q - min(c.bq) AS history,
                coalesce(sum(c.amount) FILTER (c.bq >= t.q - {rule.history}), 0) AS total
            FROM targets t JOIN credited c ON t.rep_id = c.rep_id AND t.metric = c.metric AND c.bq < t.q
                AND c.from_q <= t.q AND (c.to_q IS NULL OR c.to_q >= t.q)
            GROUP BY 1, 2, 3),
        sized AS (
            SELECT rep_id, metric, CAST({rule.round_up_to} * {_steps(rule)} AS DECIMAL(18, 4)) AS amount,
                {start} AS period_start
            FROM usable WHERE history >= {rule.least_history} AND total > 0),
        dated AS (
            SELECT *, CAST(period_start + INTERVAL {rule.months} MONTH - INTERVAL 1 DAY AS DATE) AS period_end
            FROM sized)
        SELECT rep_id, CAST(NULL AS VARCHAR) AS team_id, period_start, period_end, metric, amount,
            '{frame.currency.replace("'", "''")}' AS currency, '{R1}' AS source,
            CAST(NULL AS TIMESTAMP) AS published_at, false AS deleted,
            {frame.midnight("period_start")} - INTERVAL 1 MICROSECOND AS _known
        FROM dated s WHERE {_wanted(frame)}""")
    frame.con.execute(f"""
        INSERT INTO plan_derived BY NAME
        SELECT * EXCLUDE (known_at, known_on, seq, import_id) REPLACE (true AS deleted), known_at AS _known FROM (
            SELECT * FROM all_quotas QUALIFY row_number() OVER (
                PARTITION BY rep_id, team_id, period_start, period_end, metric ORDER BY known_at DESC, seq DESC) = 1) o
        ANTI JOIN plan_derived p ON o.rep_id = p.rep_id AND o.metric = p.metric AND o.period_start = p.period_start
        WHERE o.source = '{R1}' AND NOT o.deleted AND o.known_at > {frame.settled_sql}""")


def plan_sums(frame: ImportFrame) -> None:
    """Create `plan_sums`: the quarter quotas that follow from monthly ones, version by version.

    A sum is known once the last of its three months is; where somebody gave a quarter quota, that one stands.
    """
    quarter = period_index("period_start", frame.fiscal_start_month)
    first_day = period_start("q", frame.fiscal_start_month)
    last_day = f"CAST({first_day} + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE)"
    # Held as a table: over a view the planner guesses sizes badly, and the joins below took fifty times as long.
    frame.con.execute(f"""
        CREATE TABLE _quota_log AS
        SELECT *, coalesce('rep ' || rep_id, 'team ' || team_id) AS who, {quarter} AS q FROM all_quotas""")
    frame.con.execute(f"""
        CREATE TABLE plan_sums AS
        WITH months AS (
            SELECT * FROM _quota_log WHERE day(period_start) = 1 AND period_end = last_day(period_start)
            QUALIFY row_number() OVER (PARTITION BY who, metric, period_start, known_at ORDER BY seq DESC) = 1),
        given AS (
            SELECT DISTINCT who, metric, q FROM _quota_log WHERE source <> '{SUM}' AND NOT deleted
                AND period_start = {first_day} AND period_end = {last_day}),
        owners AS (
            SELECT row_number() OVER () AS id, * FROM (
                SELECT who, any_value(rep_id) AS rep_id, any_value(team_id) AS team_id, metric, q FROM months
                GROUP BY who, metric, q) ANTI JOIN given USING (who, metric, q)),
        versions AS (
            SELECT o.id, m.period_start, m.known_at, m.amount, m.currency, m.deleted
            FROM months m JOIN owners o USING (who, metric, q)),
        points AS (
            SELECT p.id, p.known_at, d.period_start FROM (SELECT DISTINCT id, known_at FROM versions) p
            JOIN (SELECT DISTINCT id, period_start FROM versions) d USING (id)),
        valid AS (
            SELECT p.id, p.known_at, v.amount, v.currency, v.deleted FROM points p ASOF JOIN versions v
            ON p.id = v.id AND p.period_start = v.period_start AND p.known_at >= v.known_at),
        sums AS (
            SELECT id, known_at, sum(amount) AS amount, min(currency) AS currency FROM valid WHERE NOT deleted
            GROUP BY 1, 2 HAVING count(*) = 3)
        SELECT rep_id, team_id, {first_day} AS period_start, {last_day} AS period_end, metric,
            CAST(amount AS DECIMAL(18, 4)) AS amount, currency, '{SUM}' AS source,
            CAST(NULL AS TIMESTAMP) AS published_at, known_at AS _known, false AS deleted
        FROM sums JOIN owners USING (id)""")
    frame.drop("_quota_log")


def period_index(day: str, fiscal_start_month: int, months: int = 3) -> str:
    """Return SQL that numbers fiscal periods of `months` one after another.

    Examples:
        >>> period_index("d", 8)
        '((year(d) * 12 + month(d) - 1 - 1) // 3)'
    """
    return f"((year({day}) * 12 + month({day}) - 1 - {(fiscal_start_month - 1) % months}) // {months})"


def period_start(index: str, fiscal_start_month: int, months: int = 3) -> str:
    """Return SQL for the first day of the fiscal period with a number.

    Examples:
        >>> period_start("q", 2)
        'make_date((q * 3 + 1) // 12, (q * 3 + 1) % 12 + 1, 1)'
    """
    first = f"({index} * {months} + {(fiscal_start_month - 1) % months})"
    return f"make_date({first} // 12, {first} % 12 + 1, 1)"


def _credited(frame: ImportFrame, rule: DerivedRule) -> str:
    """Return SQL for sums of counted bookings by period and by the periods whose eve knew them.

    A version serves the periods that begin after the day it was known, up to the one in which another replaced it.
    """
    occurred, known, replaced = (
        period_index(day, frame.fiscal_start_month, rule.months) for day in ("occurred_on", "known_on", "replaced_on")
    )
    return f"""
        SELECT rep_id, metric, {occurred} AS bq, {known} + 1 AS from_q, {replaced} AS to_q,
            sum(CAST(amount * split AS DECIMAL(18, 4))) AS amount
        FROM (SELECT *, lead(known_on) OVER (PARTITION BY booking_id ORDER BY known_at, seq) AS replaced_on
            FROM all_bookings)
        WHERE status = 'counted' AND NOT deleted AND (replaced_on IS NULL OR {replaced} > {known}) GROUP BY ALL"""


def _steps(rule: DerivedRule) -> str:
    """Return SQL for the quota in steps of `round_up_to`, in whole numbers so that no float decides."""
    share = f"CAST(total * 10000 AS HUGEINT) * {rule.percent}"
    whole = f"(CAST(least(history, {rule.history}) AS HUGEINT) * {rule.round_up_to} * 10000 * 10000)"
    return f"(({share} + {whole} - 1) // {whole})"


def _wanted(frame: ImportFrame) -> str:
    """Return SQL that is true where a rep needs a derived quota: nobody gave one, and the rep has not left."""
    return f"""
        NOT EXISTS (SELECT 1 FROM all_quotas g WHERE g.rep_id = s.rep_id AND g.metric = s.metric
            AND g.source <> '{R1}' AND g.period_start <= s.period_end AND g.period_end >= s.period_start)
        AND NOT EXISTS (SELECT 1 FROM old_quotas g WHERE g.rep_id = s.rep_id AND g.metric = s.metric
            AND g.source = '{R1}' AND g.period_start = s.period_start AND g.known_at <= {frame.settled_sql})
        AND NOT EXISTS (SELECT 1 FROM (SELECT rep_id, arg_max({{'day': end_date}}, (known_at, seq)).day AS end_date
                FROM all_reps GROUP BY 1) r WHERE r.rep_id = s.rep_id AND r.end_date < s.period_start)"""
