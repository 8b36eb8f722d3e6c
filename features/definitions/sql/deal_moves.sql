-- Signed moves of each rep's open pipeline, of what changed in it lately, and of the deals decided in the trailing year.
WITH live AS (
  SELECT s.rep_id, s.from_ix, s.to_ix, s.created_day, s.known_day, s.inherited,
    COALESCE(s.amount, 0) AS amount,
    CASE WHEN s.amount IS NULL THEN 0 ELSE 1 END AS priced,
    CASE WHEN s.expected_day IS NULL THEN 0 ELSE 1 END AS dated,
    d.ix AS due_ix, o.ix AS over_ix
  FROM deal_spans AS s
  LEFT JOIN days AS d ON d.day = s.expected_day - 91
  LEFT JOIN days AS o ON o.day = s.expected_day + 1
  WHERE s.outcome = 'open' AND s.gone = 0 AND s.from_ix < s.to_ix
),
decided AS (
  SELECT s.rep_id, GREATEST(s.from_ix, d.ix) AS from_ix, LEAST(s.to_ix, d.ix_364) AS to_ix,
    CASE WHEN s.outcome = 'won' THEN 1 ELSE 0 END AS won,
    CASE WHEN s.outcome = 'lost' THEN 1 ELSE 0 END AS lost,
    CASE WHEN s.outcome = 'won' AND s.amount IS NOT NULL THEN 1 ELSE 0 END AS priced,
    CASE WHEN s.outcome = 'won' THEN COALESCE(s.amount, 0) ELSE 0 END AS amount,
    CASE WHEN s.outcome = 'won' THEN s.outcome_day - s.created_day ELSE 0 END AS cycle
  FROM deal_decided AS s
  JOIN days AS d ON d.day = s.outcome_day
),
born AS (
  SELECT s.rep_id, s.created_day, GREATEST(s.from_ix, d.ix) AS from_ix, d.ix_91 AS to_ix
  FROM deal_spans AS s
  JOIN days AS d ON d.day = s.created_day
  WHERE s.nth = 1 AND s.gone = 0
),
opened AS (
  SELECT rep_id, from_ix AS ix, COUNT(*) AS n_open, SUM(amount) AS amount, SUM(priced) AS priced, SUM(dated) AS dated,
    SUM(created_day) AS created_days, SUM(known_day) AS known_days, SUM(inherited) AS inherited,
    SUM(CASE WHEN due_ix <= from_ix AND from_ix < over_ix THEN amount ELSE 0 END) AS due_amount,
    SUM(CASE WHEN over_ix <= from_ix THEN 1 ELSE 0 END) AS n_overdue
  FROM live
  GROUP BY rep_id, from_ix
),
ended AS (
  SELECT rep_id, to_ix AS ix, COUNT(*) AS n_open, SUM(amount) AS amount, SUM(priced) AS priced, SUM(dated) AS dated,
    SUM(created_day) AS created_days, SUM(known_day) AS known_days, SUM(inherited) AS inherited,
    SUM(CASE WHEN due_ix < to_ix AND to_ix <= over_ix THEN amount ELSE 0 END) AS due_amount,
    SUM(CASE WHEN over_ix < to_ix THEN 1 ELSE 0 END) AS n_overdue
  FROM live
  GROUP BY rep_id, to_ix
),
fell_due AS (
  SELECT rep_id, due_ix AS ix, SUM(amount) AS due_amount
  FROM live
  WHERE from_ix < due_ix AND due_ix < to_ix AND due_ix < over_ix
  GROUP BY rep_id, due_ix
),
passed AS (
  SELECT rep_id, over_ix AS ix, SUM(CASE WHEN due_ix < over_ix THEN amount ELSE 0 END) AS due_amount,
    COUNT(*) AS n_overdue
  FROM live
  WHERE from_ix < over_ix AND over_ix < to_ix
  GROUP BY rep_id, over_ix
),
changes AS (
  SELECT rep_id, from_ix, stale_ix, SUM(moved) AS moved, SUM(pushed) AS pushed
  FROM deal_spans
  WHERE moved + pushed > 0 AND from_ix < stale_ix
  GROUP BY rep_id, from_ix, stale_ix
),
moves AS (
  SELECT rep_id, ix, n_open, amount, priced, dated, created_days, known_days, inherited, due_amount, n_overdue,
    0 AS stage_moves, 0 AS pushes, 0 AS born, 0 AS won, 0 AS lost, 0 AS won_priced, 0 AS won_amount, 0 AS won_cycle,
    CAST(NULL AS INTEGER) AS first_day
  FROM opened
  UNION ALL
  SELECT rep_id, ix, -n_open, -amount, -priced, -dated, -created_days, -known_days, -inherited, -due_amount, -n_overdue,
    0, 0, 0, 0, 0, 0, 0, 0, NULL
  FROM ended
  UNION ALL
  SELECT rep_id, ix, 0, 0, 0, 0, 0, 0, 0, due_amount, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL FROM fell_due
  UNION ALL
  SELECT rep_id, ix, 0, 0, 0, 0, 0, 0, 0, -due_amount, n_overdue, 0, 0, 0, 0, 0, 0, 0, 0, NULL FROM passed
  UNION ALL
  SELECT rep_id, from_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, moved, pushed, 0, 0, 0, 0, 0, 0, NULL FROM changes
  UNION ALL
  SELECT rep_id, stale_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, -moved, -pushed, 0, 0, 0, 0, 0, 0, NULL FROM changes
  UNION ALL
  SELECT rep_id, from_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SUM(CASE WHEN from_ix < to_ix THEN 1 ELSE 0 END),
    0, 0, 0, 0, 0, MIN(created_day)
  FROM born GROUP BY rep_id, from_ix
  UNION ALL
  SELECT rep_id, to_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -COUNT(*), 0, 0, 0, 0, 0, NULL
  FROM born WHERE from_ix < to_ix GROUP BY rep_id, to_ix
  UNION ALL
  SELECT rep_id, from_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SUM(won), SUM(lost), SUM(priced), SUM(amount), SUM(cycle),
    NULL
  FROM decided WHERE from_ix < to_ix GROUP BY rep_id, from_ix
  UNION ALL
  SELECT rep_id, to_ix, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -SUM(won), -SUM(lost), -SUM(priced), -SUM(amount),
    -SUM(cycle), NULL
  FROM decided WHERE from_ix < to_ix GROUP BY rep_id, to_ix
)
SELECT rep_id, ix, SUM(n_open) AS n_open, SUM(amount) AS amount, SUM(priced) AS priced, SUM(dated) AS dated,
  SUM(created_days) AS created_days, SUM(known_days) AS known_days, SUM(inherited) AS inherited,
  SUM(due_amount) AS due_amount, SUM(n_overdue) AS n_overdue, SUM(stage_moves) AS stage_moves, SUM(pushes) AS pushes,
  SUM(born) AS born, SUM(won) AS won, SUM(lost) AS lost, SUM(won_priced) AS won_priced, SUM(won_amount) AS won_amount,
  SUM(won_cycle) AS won_cycle, MIN(first_day) AS first_day
FROM moves
GROUP BY rep_id, ix
