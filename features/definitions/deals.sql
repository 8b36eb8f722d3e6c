-- Features of each open deal at each cutoff.
WITH touched AS (
  SELECT opportunity_id, ix, 1 AS is_deal, 0 AS n_all, 0 AS n_28, 0 AS two_way_28, CAST(NULL AS INTEGER) AS last_day
  FROM open_deals
  UNION ALL
  SELECT opportunity_id, ix, 0, n_all, n_28, two_way_28, last_day FROM deal_activity
),
told AS (
  SELECT opportunity_id, ix, is_deal, SUM(n_all) OVER past AS n_all,
    SUM(n_28) OVER past AS n_28, SUM(two_way_28) OVER past AS two_way_28, MAX(last_day) OVER past AS last_day
  FROM touched
  WINDOW past AS (PARTITION BY opportunity_id ORDER BY ix, is_deal ROWS UNBOUNDED PRECEDING)
),
attention AS (
  SELECT o.rep_id, o.ix, SUM(t.n_all) AS n_all, SUM(o.as_of_day - o.created_day + 14) AS days
  FROM open_deals AS o
  JOIN told AS t ON t.opportunity_id = o.opportunity_id AND t.ix = o.ix AND t.is_deal = 1
  GROUP BY o.rep_id, o.ix
)
SELECT o.opportunity_id, o.rep_id, o.as_of_day, g.segment, o.source, o.amount, o.stage, o.created_day, o.expected_day,
  CAST(o.as_of_day - o.created_day AS DOUBLE PRECISION) AS age_days,
  CAST(CASE WHEN o.stage IS NOT NULL THEN o.as_of_day - o.stage_day END AS DOUBLE PRECISION) AS days_in_stage,
  CAST(o.expected_day - o.as_of_day AS DOUBLE PRECISION) AS days_to_expected_close,
  CASE WHEN c.has_dates = 1 THEN CAST(o.n_pushes AS DOUBLE PRECISION) END AS n_pushes,
  CASE WHEN c.has_amounts = 1 THEN CAST(o.n_amount_cuts AS DOUBLE PRECISION) END AS n_amount_cuts,
  CASE WHEN o.stage IS NOT NULL THEN CAST(o.n_stage_changes AS DOUBLE PRECISION) END AS n_stage_changes,
  CASE WHEN c.has_amounts = 1 AND o.n_prices > 0 THEN CAST(o.n_prices - 1 AS DOUBLE PRECISION) END AS n_amount_changes,
  CASE WHEN c.has_amounts = 1 THEN CAST(o.as_of_day - o.priced_day AS DOUBLE PRECISION) END AS days_since_priced,
  CASE WHEN c.has_dates = 1 THEN CAST(o.n_redates AS DOUBLE PRECISION) END AS n_redates,
  CASE WHEN c.has_dates = 1 THEN CAST(o.last_dating % 2 AS DOUBLE PRECISION) END AS date_thought_over,
  CASE WHEN c.has_dates = 1 THEN CAST(o.as_of_day - o.dated_day AS DOUBLE PRECISION) END AS days_since_dated,
  CASE WHEN c.has_dates = 1 THEN CAST(o.redated_to - o.as_of_day AS DOUBLE PRECISION) END AS days_to_redated_close,
  CASE WHEN c.has_dates = 1 THEN CAST(o.redated_to - o.redated_from AS DOUBLE PRECISION) END AS days_redated,
  CASE WHEN o.stage IS NOT NULL AND o.n_stage_changes > 0
    THEN CAST(o.stage_day - o.created_day AS DOUBLE PRECISION) / o.n_stage_changes END AS days_per_stage,
  CASE WHEN o.amount > 0 AND w.segment_size > 0
    THEN LN(CAST(o.amount AS DOUBLE PRECISION)
      / ((CAST(d.won_amount AS DOUBLE PRECISION) + 4 * w.segment_size) / (d.won_priced + 4))) END AS amount_vs_usual,
  CASE WHEN c.has_activities = 1 THEN CAST(t.n_28 AS DOUBLE PRECISION) END AS deal_activities_28d,
  CASE WHEN c.has_activities = 1 THEN CAST(t.two_way_28 AS DOUBLE PRECISION) END AS deal_two_way_28d,
  CAST(o.as_of_day - t.last_day AS DOUBLE PRECISION) AS deal_days_since_activity,
  CASE WHEN c.has_activities = 1 THEN CAST(t.n_all AS DOUBLE PRECISION) END AS deal_activities,
  CASE WHEN c.has_activities = 1 AND a.n_all > 0
    THEN (CAST(t.n_all AS DOUBLE PRECISION) + 1) / (o.as_of_day - o.created_day + 14)
      / ((CAST(a.n_all AS DOUBLE PRECISION) + 1) / a.days) END AS deal_attention,
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
JOIN attention AS a ON a.rep_id = o.rep_id AND a.ix = o.ix
