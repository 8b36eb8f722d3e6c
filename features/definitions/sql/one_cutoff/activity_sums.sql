-- The activity counts of each rep who is known at the one cutoff.
SELECT g.rep_id, g.ix, COALESCE(m.n_28, 0) AS n_28, COALESCE(m.deal_28, 0) AS deal_28,
  COALESCE(m.two_way_28, 0) AS two_way_28, COALESCE(m.n_91, 0) AS n_91,
  p.last_activity_day AS last_day, p.first_activity_day AS first_day
FROM rep_grid AS g
LEFT JOIN activity_moves AS m ON m.rep_id = g.rep_id
LEFT JOIN carry_rep_past AS p ON p.rep_id = g.rep_id
