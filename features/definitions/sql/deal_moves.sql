-- Signed moves of each rep's open pipeline, of what changed in it lately, and of the deals decided in the trailing year.
-- Each part is a sum per rep and pair of cutoffs: it comes in at the first and goes out at the second. Parts are joined
-- narrow: one wide union of them all costs several times as much to add up. Counts are BIGINT: the sums of the engines
-- are wider, and dearer to add up again.
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
held AS (
  SELECT rep_id, from_ix, to_ix, COUNT(*) AS n_open, COALESCE(SUM(amount), 0) AS amount, COUNT(amount) AS priced,
    COUNT(expected_day) AS dated, SUM(created_day) AS created_days, SUM(known_day) AS known_days,
    COUNT(inherited) AS inherited
  FROM live
  GROUP BY rep_id, from_ix, to_ix
),
held_moves AS (
  SELECT rep_id, ix, SUM(n_open) AS n_open, SUM(amount) AS amount, SUM(priced) AS priced, SUM(dated) AS dated,
    SUM(created_days) AS created_days, SUM(known_days) AS known_days, SUM(inherited) AS inherited
  FROM (
    SELECT rep_id, from_ix AS ix, n_open, amount, priced, dated, created_days, known_days, inherited FROM held
    UNION ALL
    SELECT rep_id, to_ix, -n_open, -amount, -priced, -dated, -created_days, -known_days, -inherited FROM held
  ) AS both_ends
  GROUP BY rep_id, ix
),
due AS (
  SELECT rep_id, GREATEST(from_ix, due_ix) AS from_ix, LEAST(to_ix, over_ix) AS to_ix, SUM(amount) AS amount
  FROM live
  WHERE amount IS NOT NULL AND GREATEST(from_ix, due_ix) < LEAST(to_ix, over_ix)
  GROUP BY rep_id, GREATEST(from_ix, due_ix), LEAST(to_ix, over_ix)
),
due_moves AS (
  SELECT rep_id, ix, SUM(amount) AS due_amount
  FROM (SELECT rep_id, from_ix AS ix, amount FROM due UNION ALL SELECT rep_id, to_ix, -amount FROM due) AS both_ends
  GROUP BY rep_id, ix
),
overdue AS (
  SELECT rep_id, GREATEST(from_ix, over_ix) AS from_ix, to_ix, COUNT(*) AS n
  FROM live
  WHERE over_ix < to_ix
  GROUP BY rep_id, GREATEST(from_ix, over_ix), to_ix
),
overdue_moves AS (
  SELECT rep_id, ix, SUM(n) AS n_overdue
  FROM (SELECT rep_id, from_ix AS ix, n FROM overdue UNION ALL SELECT rep_id, to_ix, -n FROM overdue) AS both_ends
  GROUP BY rep_id, ix
),
changes AS (
  SELECT rep_id, from_ix, stale_ix AS to_ix, SUM(moved) AS moved, SUM(pushed) AS pushed
  FROM deal_spans
  WHERE moved + pushed > 0 AND from_ix < stale_ix
  GROUP BY rep_id, from_ix, stale_ix
),
change_moves AS (
  SELECT rep_id, ix, SUM(moved) AS stage_moves, SUM(pushed) AS pushes
  FROM (
    SELECT rep_id, from_ix AS ix, moved, pushed FROM changes
    UNION ALL
    SELECT rep_id, to_ix, -moved, -pushed FROM changes
  ) AS both_ends
  GROUP BY rep_id, ix
),
born_moves AS (
  SELECT rep_id, ix, SUM(n) AS born, MIN(first_day) AS first_day
  FROM (
    SELECT rep_id, from_ix AS ix, CASE WHEN from_ix < to_ix THEN n ELSE 0 END AS n, first_day FROM born
    UNION ALL
    SELECT rep_id, to_ix, -n, NULL FROM born WHERE from_ix < to_ix
  ) AS both_ends
  GROUP BY rep_id, ix
),
ended AS (
  SELECT rep_id, from_ix, to_ix, COUNT(CASE WHEN standing = 1 THEN 1 END) AS won,
    COUNT(CASE WHEN standing = 2 THEN 1 END) AS lost, COUNT(won_amount) AS priced,
    COALESCE(SUM(won_amount), 0) AS amount, COALESCE(SUM(cycle), 0) AS cycle
  FROM decided
  WHERE from_ix < to_ix
  GROUP BY rep_id, from_ix, to_ix
),
ended_moves AS (
  SELECT rep_id, ix, SUM(won) AS won, SUM(lost) AS lost, SUM(priced) AS won_priced, SUM(amount) AS won_amount,
    SUM(cycle) AS won_cycle
  FROM (
    SELECT rep_id, from_ix AS ix, won, lost, priced, amount, cycle FROM ended
    UNION ALL
    SELECT rep_id, to_ix, -won, -lost, -priced, -amount, -cycle FROM ended
  ) AS both_ends
  GROUP BY rep_id, ix
)
SELECT g.rep_id, g.ix, g.as_of_day, g.segment, CAST(h.n_open AS BIGINT) AS n_open, h.amount,
  CAST(h.priced AS BIGINT) AS priced, CAST(h.dated AS BIGINT) AS dated,
  CAST(h.created_days AS BIGINT) AS created_days, CAST(h.known_days AS BIGINT) AS known_days,
  CAST(h.inherited AS BIGINT) AS inherited, d.due_amount, CAST(o.n_overdue AS BIGINT) AS n_overdue,
  CAST(c.stage_moves AS BIGINT) AS stage_moves, CAST(c.pushes AS BIGINT) AS pushes, CAST(b.born AS BIGINT) AS born,
  b.first_day, CAST(e.won AS BIGINT) AS won, CAST(e.lost AS BIGINT) AS lost,
  CAST(e.won_priced AS BIGINT) AS won_priced, e.won_amount, CAST(e.won_cycle AS BIGINT) AS won_cycle
FROM dense_grid AS g
LEFT JOIN held_moves AS h ON h.rep_id = g.rep_id AND h.ix = g.ix
LEFT JOIN due_moves AS d ON d.rep_id = g.rep_id AND d.ix = g.ix
LEFT JOIN overdue_moves AS o ON o.rep_id = g.rep_id AND o.ix = g.ix
LEFT JOIN change_moves AS c ON c.rep_id = g.rep_id AND c.ix = g.ix
LEFT JOIN born_moves AS b ON b.rep_id = g.rep_id AND b.ix = g.ix
LEFT JOIN ended_moves AS e ON e.rep_id = g.rep_id AND e.ix = g.ix
