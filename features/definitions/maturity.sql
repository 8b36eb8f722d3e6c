-- Maturity: how old the open deals are, how far they have come, and how long they have stood still.
SELECT d.rep_id, d.ix,
  CASE WHEN d.n_open > 0
    THEN d.as_of_day - CAST(d.created_days AS DOUBLE PRECISION) / d.n_open END AS pipeline_age_days,
  CASE WHEN d.n_open > 0 AND g.has_amounts = 1
    THEN CAST(d.stage_moves AS DOUBLE PRECISION) / d.n_open END AS stage_moves_per_deal,
  CASE WHEN d.n_open > 0 AND g.has_amounts = 1
    THEN d.as_of_day - CAST(d.known_days AS DOUBLE PRECISION) / d.n_open END AS days_since_change
FROM deal_sums AS d
JOIN company_grid AS g ON g.ix = d.ix
