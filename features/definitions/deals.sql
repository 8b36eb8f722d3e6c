-- Features of each open deal at each cutoff.
WITH touched AS (
  SELECT opportunity_id, ix, 1 AS is_deal, 0 AS n_28, 0 AS two_way_28, CAST(NULL AS INTEGER) AS last_day FROM open_deals
  UNION ALL
  SELECT opportunity_id, ix, 0, n_28, two_way_28, last_day FROM deal_activity
),
told AS (
  SELECT opportunity_id, ix, is_deal,
    SUM(n_28) OVER past AS n_28, SUM(two_way_28) OVER past AS two_way_28, MAX(last_day) OVER past AS last_day
  FROM touched
  WINDOW past AS (PARTITION BY opportunity_id ORDER BY ix, is_deal ROWS UNBOUNDED PRECEDING)
)
SELECT o.opportunity_id, o.rep_id, o.as_of_day, g.segment, o.source, o.amount, o.stage, o.created_day, o.expected_day,
  CAST(o.as_of_day - o.created_day AS DOUBLE PRECISION) AS age_days,
  CAST(CASE WHEN o.stage IS NOT NULL THEN o.as_of_day - o.stage_day END AS DOUBLE PRECISION) AS days_in_stage,
  CAST(o.expected_day - o.as_of_day AS DOUBLE PRECISION) AS days_to_expected_close,
  CASE WHEN c.has_dates = 1 THEN CAST(o.n_pushes AS DOUBLE PRECISION) END AS n_pushes,
  CASE WHEN c.has_amounts = 1 THEN CAST(o.n_amount_cuts AS DOUBLE PRECISION) END AS n_amount_cuts,
  CASE WHEN o.stage IS NOT NULL THEN CAST(o.n_stage_changes AS DOUBLE PRECISION) END AS n_stage_changes,
  CASE WHEN o.amount > 0 AND w.segment_size > 0
    THEN LN(CAST(o.amount AS DOUBLE PRECISION)
      / ((CAST(d.won_amount AS DOUBLE PRECISION) + 4 * w.segment_size) / (d.won_priced + 4))) END AS amount_vs_usual,
  CASE WHEN c.has_activities = 1 THEN CAST(t.n_28 AS DOUBLE PRECISION) END AS deal_activities_28d,
  CASE WHEN c.has_activities = 1 THEN CAST(t.two_way_28 AS DOUBLE PRECISION) END AS deal_two_way_28d,
  CAST(o.as_of_day - t.last_day AS DOUBLE PRECISION) AS deal_days_since_activity,
  w.win_rate AS owner_win_rate,
  CAST(o.inherited AS DOUBLE PRECISION) AS owner_changed,
  r.stage_rank,
  CASE WHEN w.segment_cycle > 0 THEN (o.as_of_day - o.created_day) / w.segment_cycle END AS share_of_usual_cycle,
  CAST(d.n_open AS DOUBLE PRECISION) AS owner_open_deals
FROM open_deals AS o
JOIN company_grid AS c ON c.ix = o.ix
LEFT JOIN rep_grid AS g ON g.rep_id = o.rep_id AND g.ix = o.ix
LEFT JOIN deal_sums AS d ON d.rep_id = o.rep_id AND d.ix = o.ix
LEFT JOIN f_outcomes AS w ON w.rep_id = o.rep_id AND w.ix = o.ix
LEFT JOIN stage_ranks AS r ON r.stage = o.stage AND r.ix = o.ix
JOIN told AS t ON t.opportunity_id = o.opportunity_id AND t.ix = o.ix AND t.is_deal = 1
