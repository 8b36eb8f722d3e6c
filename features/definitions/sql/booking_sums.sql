-- Running sums of the booking moves over the dense grid of reps, measures and cutoffs.
SELECT g.rep_id, m.metric, g.ix, g.as_of_day, g.segment, g.team_id,
  COALESCE(SUM(b.n_all) OVER past, 0) AS n_all,
  COALESCE(SUM(b.a_28) OVER past, 0) AS a_28,
  COALESCE(SUM(b.a_91) OVER past, 0) AS a_91,
  COALESCE(SUM(b.n_91) OVER past, 0) AS n_91,
  COALESCE(SUM(b.a_364) OVER past, 0) AS a_364,
  COALESCE(SUM(b.n_364) OVER past, 0) AS n_364,
  COALESCE(SUM(b.named_364) OVER past, 0) AS named_364,
  COALESCE(SUM(b.first_364) OVER past, 0) AS first_364,
  MAX(b.gain_day) OVER past AS last_gain_day,
  MIN(b.first_day) OVER past AS first_day
FROM (
  SELECT r.rep_id, c.ix, c.as_of_day, q.segment, q.team_id
  FROM (SELECT DISTINCT rep_id FROM rep_grid) AS r
  CROSS JOIN cutoffs AS c
  LEFT JOIN rep_grid AS q ON q.rep_id = r.rep_id AND q.ix = c.ix
) AS g
CROSS JOIN metrics AS m
LEFT JOIN booking_moves AS b ON b.rep_id = g.rep_id AND b.metric = m.metric AND b.ix = g.ix
WINDOW past AS (PARTITION BY g.rep_id, m.metric ORDER BY g.ix ROWS UNBOUNDED PRECEDING)
