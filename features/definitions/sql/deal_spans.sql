-- Each state of a deal with the cutoffs at which it is the one that is known, and what led to it.
WITH steps AS (
  SELECT opportunity_id, version, rep_id, source, stage, amount, outcome, deleted, known_at, seq, known_day, changed_day,
    created_day, expected_day,
    LEAD(known_day) OVER deal AS next_day,
    LAG(stage) OVER deal AS last_stage,
    LAG(amount) OVER deal AS last_amount,
    LAG(expected_day) OVER deal AS last_expected_day,
    LAG(outcome) OVER deal AS last_outcome,
    FIRST_VALUE(rep_id) OVER deal AS first_rep_id
  FROM deal_versions
  WINDOW deal AS (PARTITION BY opportunity_id ORDER BY known_at, version, seq)
),
marked AS (
  SELECT steps.*,
    CASE WHEN stage IS NOT NULL AND (last_stage IS NULL OR last_stage <> stage) THEN changed_day END AS entry_day,
    CASE WHEN last_stage <> stage AND outcome = 'open' THEN 1 ELSE 0 END AS moved,
    CASE WHEN expected_day > last_expected_day THEN 1 ELSE 0 END AS pushed,
    CASE WHEN amount < last_amount THEN 1 ELSE 0 END AS cut,
    CASE WHEN last_outcome IS NULL OR last_outcome <> outcome THEN changed_day END AS turn_day,
    CASE WHEN last_outcome IS NULL THEN 1 ELSE 0 END AS is_first
  FROM steps
),
told AS (
  SELECT marked.*,
    SUM(moved) OVER past AS n_stage_changes,
    SUM(pushed) OVER past AS n_pushes,
    SUM(cut) OVER past AS n_amount_cuts,
    MAX(entry_day) OVER past AS stage_day,
    MAX(turn_day) OVER past AS outcome_day
  FROM marked
  WINDOW past AS (PARTITION BY opportunity_id ORDER BY known_at, version, seq ROWS UNBOUNDED PRECEDING)
)
SELECT t.opportunity_id, t.rep_id, t.source, t.stage, t.amount, t.outcome, t.created_day, t.expected_day, t.known_day,
  t.stage_day, t.entry_day, t.outcome_day, t.n_stage_changes, t.n_pushes, t.n_amount_cuts, t.is_first,
  CASE WHEN t.first_rep_id <> t.rep_id THEN 1 ELSE 0 END AS inherited,
  CASE WHEN t.deleted THEN 1 ELSE 0 END AS gone,
  CASE WHEN t.next_day IS NULL THEN 1 ELSE 0 END AS is_last,
  k.ix AS from_ix, n.ix AS to_ix
FROM told AS t
JOIN days AS k ON k.day = t.known_day
JOIN days AS n ON n.day = COALESCE(t.next_day, 47846)
