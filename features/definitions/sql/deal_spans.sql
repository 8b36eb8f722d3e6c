-- Each state of a deal with the cutoffs at which it is the one that is known, and what changed on the way to it.
WITH steps AS (
  SELECT opportunity_id, rep_id, source, stage, amount, outcome, deleted, known_day, changed_day, created_day,
    expected_day,
    ROW_NUMBER() OVER deal AS nth,
    LEAD(known_day) OVER deal AS next_day,
    LAG(stage) OVER deal AS last_stage,
    LAG(amount) OVER deal AS last_amount,
    LAG(expected_day) OVER deal AS last_expected_day,
    LAG(outcome) OVER deal AS last_outcome,
    FIRST_VALUE(rep_id) OVER deal AS first_rep_id
  FROM deal_versions
  WINDOW deal AS (PARTITION BY opportunity_id ORDER BY known_at, version, seq)
)
SELECT s.opportunity_id, s.nth, s.rep_id, s.source, s.stage, s.amount, s.outcome, s.created_day, s.expected_day,
  s.known_day, s.changed_day,
  CASE WHEN s.next_day IS NULL THEN 1 ELSE 0 END AS is_last,
  CASE WHEN s.stage IS NOT NULL AND (s.last_stage IS NULL OR s.last_stage <> s.stage) THEN 1 ELSE 0 END AS entered,
  CASE WHEN s.last_stage <> s.stage AND s.outcome = 'open' THEN 1 ELSE 0 END AS moved,
  CASE WHEN s.expected_day > s.last_expected_day AND s.outcome = 'open' THEN 1 ELSE 0 END AS pushed,
  CASE WHEN s.amount < s.last_amount AND s.outcome = 'open' THEN 1 ELSE 0 END AS cut,
  CASE WHEN s.last_outcome IS NULL OR s.last_outcome <> s.outcome THEN 1 ELSE 0 END AS turned,
  CASE WHEN s.first_rep_id <> s.rep_id THEN 1 ELSE 0 END AS inherited,
  CASE WHEN s.deleted THEN 1 ELSE 0 END AS gone,
  k.ix AS from_ix, k.ix_91 AS stale_ix, n.ix AS to_ix
FROM steps AS s
JOIN days AS k ON k.day = s.known_day
JOIN days AS n ON n.day = COALESCE(s.next_day, 47846)
