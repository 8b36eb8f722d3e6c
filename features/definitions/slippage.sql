-- Slippage: open deals whose date has passed, and how often dates were moved out.
SELECT d.rep_id, d.ix,
  CASE WHEN d.dated > 0 THEN CAST(d.n_overdue AS DOUBLE PRECISION) / d.dated END AS overdue_share,
  CASE WHEN d.dated > 0 THEN CAST(d.pushes AS DOUBLE PRECISION) / d.dated END AS pushes_per_deal
FROM deal_sums AS d
