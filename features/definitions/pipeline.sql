-- Pipeline: what is open, how much of it is due soon, and how fast it is refilled.
SELECT d.rep_id, d.ix,
  CASE WHEN g.has_amounts = 1 THEN d.amount END AS open_pipeline,
  CASE WHEN g.has_deals = 1 THEN CAST(d.n_open AS DOUBLE PRECISION) END AS open_deals,
  CASE WHEN g.has_dates = 1 AND d.amount > 0
    THEN CAST(d.due_amount AS DOUBLE PRECISION) / CAST(d.amount AS DOUBLE PRECISION) END AS due_share_91d,
  CASE WHEN g.has_deals = 1 THEN CAST(d.born AS DOUBLE PRECISION) END AS new_deals_91d
FROM deal_sums AS d
JOIN company_grid AS g ON g.ix = d.ix
