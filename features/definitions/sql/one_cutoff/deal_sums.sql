-- The state of each rep's pipeline at one cutoff: deals with news, and what an earlier build carried of all others.
WITH live AS (
  SELECT rep_id, amount, created_day, expected_day, known_day, inherited FROM quiet_deals
  UNION ALL
  SELECT s.rep_id, s.amount, s.created_day, s.expected_day, s.known_day, s.inherited
  FROM deal_spans AS s
  JOIN cutoffs AS c ON s.from_ix <= c.ix AND c.ix < s.to_ix
  WHERE s.standing = 0
),
held AS (
  SELECT d.rep_id, COUNT(*) AS n_open, SUM(d.amount) AS amount, COUNT(d.amount) AS priced,
    COUNT(d.expected_day) AS dated, SUM(d.created_day) AS created_days, SUM(d.known_day) AS known_days,
    COUNT(d.inherited) AS inherited,
    SUM(CASE WHEN d.expected_day - 91 <= c.as_of_day AND c.as_of_day <= d.expected_day THEN d.amount END) AS due_amount,
    COUNT(CASE WHEN d.expected_day < c.as_of_day THEN 1 END) AS n_overdue
  FROM live AS d
  CROSS JOIN cutoffs AS c
  GROUP BY d.rep_id
),
changed AS (
  SELECT d.rep_id, SUM(d.born) AS born, SUM(d.moved) AS stage_moves, SUM(d.pushed) AS pushes
  FROM (
    SELECT rep_id, day, born, moved, pushed FROM deal_changes_past
    UNION ALL
    SELECT rep_id, day, born, moved, pushed FROM carry_deal_changes
  ) AS d
  JOIN cutoffs AS c ON d.day <= c.as_of_day AND c.as_of_day < d.day + 91
  GROUP BY d.rep_id
),
ended AS (
  SELECT d.rep_id, SUM(d.won) AS won, SUM(d.lost) AS lost, SUM(d.won_priced) AS won_priced,
    SUM(d.won_amount) AS won_amount, SUM(d.won_cycle) AS won_cycle
  FROM (
    SELECT rep_id, day, won, lost, won_priced, won_amount, won_cycle FROM deal_ends_past
    UNION ALL
    SELECT rep_id, day, won, lost, won_priced, won_amount, won_cycle FROM carry_deal_ends
  ) AS d
  JOIN cutoffs AS c ON d.day <= c.as_of_day AND c.as_of_day < d.day + 364
  GROUP BY d.rep_id
)
SELECT g.rep_id, g.ix, g.as_of_day, g.segment,
  CAST(COALESCE(h.n_open, 0) AS BIGINT) AS n_open,
  COALESCE(h.amount, 0) AS amount,
  CAST(COALESCE(h.priced, 0) AS BIGINT) AS priced,
  CAST(COALESCE(h.dated, 0) AS BIGINT) AS dated,
  CAST(COALESCE(h.created_days, 0) AS BIGINT) AS created_days,
  CAST(COALESCE(h.known_days, 0) AS BIGINT) AS known_days,
  CAST(COALESCE(b.stage_moves, 0) AS BIGINT) AS stage_moves,
  CAST(COALESCE(b.pushes, 0) AS BIGINT) AS pushes,
  CAST(COALESCE(h.inherited, 0) AS BIGINT) AS inherited,
  COALESCE(h.due_amount, 0) AS due_amount,
  CAST(COALESCE(h.n_overdue, 0) AS BIGINT) AS n_overdue,
  CAST(COALESCE(b.born, 0) AS BIGINT) AS born,
  CAST(COALESCE(e.won, 0) AS BIGINT) AS won,
  CAST(COALESCE(e.lost, 0) AS BIGINT) AS lost,
  CAST(COALESCE(e.won_priced, 0) AS BIGINT) AS won_priced,
  COALESCE(e.won_amount, 0) AS won_amount,
  CAST(COALESCE(e.won_cycle, 0) AS BIGINT) AS won_cycle,
  p.first_deal_day AS first_day
FROM rep_grid AS g
LEFT JOIN held AS h ON h.rep_id = g.rep_id
LEFT JOIN changed AS b ON b.rep_id = g.rep_id
LEFT JOIN ended AS e ON e.rep_id = g.rep_id
LEFT JOIN carry_rep_past AS p ON p.rep_id = g.rep_id
