-- Each state of a deal with the cutoffs at which it is the one that is known, and what changed with it.
-- This sort is the dearest step of all: what only the open-deals frame needs is left to deal_story.sql.
-- An append reads the deals alone that there is news about.
WITH steps AS (
  SELECT opportunity_id, rep_id, amount, standing, stage, known_day, changed_day, created_day, expected_day,
    ROW_NUMBER() OVER deal AS nth,
    LEAD(known_day) OVER deal AS next_day,
    LAG(stage) OVER deal AS last_stage,
    LAG(expected_day) OVER deal AS last_expected_day,
    LAG(standing) OVER deal AS last_standing,
    FIRST_VALUE(rep_id) OVER deal AS first_rep_id
  FROM deal_versions
  WINDOW deal AS (PARTITION BY opportunity_id ORDER BY known_at, version, seq)
)
SELECT s.opportunity_id, s.nth, s.rep_id, s.amount, s.standing, s.created_day, s.expected_day, s.known_day,
  s.changed_day, s.next_day,
  CASE WHEN s.last_stage <> s.stage AND s.standing = 0 THEN 1 ELSE 0 END AS moved,
  CASE WHEN s.expected_day > s.last_expected_day AND s.standing = 0 THEN 1 ELSE 0 END AS pushed,
  CASE WHEN s.last_standing = s.standing THEN 0 ELSE 1 END AS turned,
  CASE WHEN s.first_rep_id <> s.rep_id THEN 1 END AS inherited,
  k.ix AS from_ix, k.ix_91 AS stale_ix, n.ix AS to_ix
FROM steps AS s
JOIN days AS k ON k.day = s.known_day
JOIN days AS n ON n.day = COALESCE(s.next_day, 47846)
