-- Signed moves of each rep's open pipeline, of what changed in it lately, and of the deals decided in the trailing year.
-- Each part is a count or sum per rep and pair of cutoffs (in, out); it enters at the first and leaves at the second.
WITH live AS (
  SELECT s.rep_id, s.from_ix, s.to_ix, s.created_day, s.known_day, s.inherited, s.amount, s.expected_day,
    d.ix_due AS due_ix, d.ix_over AS over_ix
  FROM deal_spans AS s
  LEFT JOIN days AS d ON d.day = s.expected_day
  WHERE s.standing = 0 AND s.from_ix < s.to_ix
),
decided AS (
  SELECT s.rep_id, GREATEST(s.from_ix, d.ix) AS from_ix, LEAST(s.to_ix, d.ix_364) AS to_ix, s.standing,
    CASE WHEN s.standing = 1 THEN s.amount END AS won_amount,
    CASE WHEN s.standing = 1 THEN s.outcome_day - s.created_day END AS cycle
  FROM deal_decided AS s
  JOIN days AS d ON d.day = s.outcome_day
),
born AS (
  SELECT s.rep_id, GREATEST(s.from_ix, d.ix) AS from_ix, d.ix_91 AS to_ix, COUNT(*) AS n,
    MIN(s.created_day) AS first_day
  FROM deal_spans AS s
  JOIN days AS d ON d.day = s.created_day
  WHERE s.nth = 1 AND s.standing < 3
  GROUP BY s.rep_id, GREATEST(s.from_ix, d.ix), d.ix_91
),
parts AS (
  SELECT rep_id, from_ix, to_ix, COUNT(*) AS n_open, COALESCE(SUM(amount), 0) AS amount, COUNT(amount) AS priced,
    COUNT(expected_day) AS dated, SUM(created_day) AS created_days, SUM(known_day) AS known_days,
    COUNT(inherited) AS inherited, 0 AS due_amount, 0 AS n_overdue, 0 AS stage_moves, 0 AS pushes, 0 AS born, 0 AS won,
    0 AS lost, 0 AS won_priced, 0 AS won_amount, 0 AS won_cycle
  FROM live
  GROUP BY rep_id, from_ix, to_ix
  UNION ALL
  SELECT rep_id, GREATEST(from_ix, due_ix), LEAST(to_ix, over_ix), 0, 0, 0, 0, 0, 0, 0, SUM(amount),
    0, 0, 0, 0, 0, 0, 0, 0, 0
  FROM live
  WHERE amount IS NOT NULL AND GREATEST(from_ix, due_ix) < LEAST(to_ix, over_ix)
  GROUP BY rep_id, GREATEST(from_ix, due_ix), LEAST(to_ix, over_ix)
  UNION ALL
  SELECT rep_id, GREATEST(from_ix, over_ix), to_ix, 0, 0, 0, 0, 0, 0, 0, 0, COUNT(*), 0, 0, 0, 0, 0, 0, 0, 0
  FROM live
  WHERE over_ix < to_ix
  GROUP BY rep_id, GREATEST(from_ix, over_ix), to_ix
  UNION ALL
  SELECT rep_id, from_ix, stale_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, SUM(moved), SUM(pushed), 0, 0, 0, 0, 0, 0
  FROM deal_spans
  WHERE moved + pushed > 0
  GROUP BY rep_id, from_ix, stale_ix
  UNION ALL
  SELECT rep_id, from_ix, to_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n, 0, 0, 0, 0, 0 FROM born
  UNION ALL
  SELECT rep_id, from_ix, to_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, COUNT(CASE WHEN standing = 1 THEN 1 END),
    COUNT(CASE WHEN standing = 2 THEN 1 END), COUNT(won_amount), COALESCE(SUM(won_amount), 0), COALESCE(SUM(cycle), 0)
  FROM decided
  GROUP BY rep_id, from_ix, to_ix
),
moves AS (
  SELECT rep_id, from_ix AS ix, n_open, amount, priced, dated, created_days, known_days, inherited, due_amount, n_overdue,
    stage_moves, pushes, born, won, lost, won_priced, won_amount, won_cycle, CAST(NULL AS INTEGER) AS first_day
  FROM parts WHERE from_ix < to_ix
  UNION ALL
  SELECT rep_id, to_ix, -n_open, -amount, -priced, -dated, -created_days, -known_days, -inherited, -due_amount,
    -n_overdue, -stage_moves, -pushes, -born, -won, -lost, -won_priced, -won_amount, -won_cycle, NULL
  FROM parts WHERE from_ix < to_ix
  UNION ALL
  SELECT rep_id, from_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, first_day FROM born
)
SELECT rep_id, ix, SUM(n_open) AS n_open, SUM(amount) AS amount, SUM(priced) AS priced, SUM(dated) AS dated,
  SUM(created_days) AS created_days, SUM(known_days) AS known_days, SUM(inherited) AS inherited,
  SUM(due_amount) AS due_amount, SUM(n_overdue) AS n_overdue, SUM(stage_moves) AS stage_moves, SUM(pushes) AS pushes,
  SUM(born) AS born, SUM(won) AS won, SUM(lost) AS lost, SUM(won_priced) AS won_priced, SUM(won_amount) AS won_amount,
  SUM(won_cycle) AS won_cycle, MIN(first_day) AS first_day
FROM moves
GROUP BY rep_id, ix
