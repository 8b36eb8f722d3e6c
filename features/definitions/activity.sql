-- Activity: how much, rising or falling, and on how many open deals it is spread.
SELECT a.rep_id, a.ix,
  CASE WHEN g.has_activities = 1 THEN CAST(a.n_28 AS DOUBLE PRECISION) END AS activities_28d,
  CASE WHEN a.n_91 > 0 THEN 3.25 * CAST(a.n_28 AS DOUBLE PRECISION) / a.n_91 END AS activity_trend,
  CASE WHEN g.has_activities = 1 AND d.n_open > 0 THEN CAST(a.n_28 AS DOUBLE PRECISION) / d.n_open
    END AS activities_per_deal,
  CAST(g.as_of_day - a.last_day AS DOUBLE PRECISION) AS days_since_activity
FROM activity_sums AS a
JOIN company_grid AS g ON g.ix = a.ix
JOIN deal_sums AS d ON d.rep_id = a.rep_id AND d.ix = a.ix
