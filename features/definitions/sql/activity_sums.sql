-- Running sums of the activity moves over the dense grid of reps and cutoffs.
SELECT g.rep_id, g.ix,
  CAST(COALESCE(SUM(m.n_28) OVER past, 0) AS BIGINT) AS n_28,
  CAST(COALESCE(SUM(m.deal_28) OVER past, 0) AS BIGINT) AS deal_28,
  CAST(COALESCE(SUM(m.two_way_28) OVER past, 0) AS BIGINT) AS two_way_28,
  CAST(COALESCE(SUM(m.n_91) OVER past, 0) AS BIGINT) AS n_91,
  MAX(m.last_day) OVER past AS last_day,
  MIN(m.first_day) OVER past AS first_day
FROM dense_grid AS g
LEFT JOIN activity_moves AS m ON m.rep_id = g.rep_id AND m.ix = g.ix
WINDOW past AS (PARTITION BY g.rep_id ORDER BY g.ix ROWS UNBOUNDED PRECEDING)
