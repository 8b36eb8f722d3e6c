-- Running sums of the deal moves: the state of each rep's pipeline at each cutoff.
SELECT m.rep_id, m.ix, m.as_of_day, m.segment,
  CAST(COALESCE(SUM(m.n_open) OVER past, 0) AS BIGINT) AS n_open,
  COALESCE(SUM(m.amount) OVER past, 0) AS amount,
  CAST(COALESCE(SUM(m.priced) OVER past, 0) AS BIGINT) AS priced,
  CAST(COALESCE(SUM(m.dated) OVER past, 0) AS BIGINT) AS dated,
  CAST(COALESCE(SUM(m.created_days) OVER past, 0) AS BIGINT) AS created_days,
  CAST(COALESCE(SUM(m.known_days) OVER past, 0) AS BIGINT) AS known_days,
  CAST(COALESCE(SUM(m.stage_moves) OVER past, 0) AS BIGINT) AS stage_moves,
  CAST(COALESCE(SUM(m.pushes) OVER past, 0) AS BIGINT) AS pushes,
  CAST(COALESCE(SUM(m.inherited) OVER past, 0) AS BIGINT) AS inherited,
  COALESCE(SUM(m.due_amount) OVER past, 0) AS due_amount,
  CAST(COALESCE(SUM(m.n_overdue) OVER past, 0) AS BIGINT) AS n_overdue,
  CAST(COALESCE(SUM(m.born) OVER past, 0) AS BIGINT) AS born,
  CAST(COALESCE(SUM(m.won) OVER past, 0) AS BIGINT) AS won,
  CAST(COALESCE(SUM(m.lost) OVER past, 0) AS BIGINT) AS lost,
  CAST(COALESCE(SUM(m.won_priced) OVER past, 0) AS BIGINT) AS won_priced,
  COALESCE(SUM(m.won_amount) OVER past, 0) AS won_amount,
  CAST(COALESCE(SUM(m.won_cycle) OVER past, 0) AS BIGINT) AS won_cycle,
  MIN(m.first_day) OVER past AS first_day
FROM deal_moves AS m
WINDOW past AS (PARTITION BY m.rep_id ORDER BY m.ix ROWS UNBOUNDED PRECEDING)
