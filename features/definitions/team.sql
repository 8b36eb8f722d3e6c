-- Team and segment: how colleagues stand on the same period, and where the rep stands among them.
WITH teams AS (
  SELECT team_id, metric, ix, period_ix, SUM(quota) AS quota, SUM(attained) AS attained
  FROM targets
  WHERE team_id IS NOT NULL AND quota > 0
  GROUP BY team_id, metric, ix, period_ix
),
peers AS (
  SELECT t.segment, t.metric, t.ix, t.period_ix, SUM(b.a_364) AS a_364, COUNT(*) AS n
  FROM targets AS t
  JOIN booking_sums AS b ON b.rep_id = t.rep_id AND b.metric = t.metric AND b.ix = t.ix
  WHERE t.status <> 'left'
  GROUP BY t.segment, t.metric, t.ix, t.period_ix
)
SELECT t.rep_id, t.metric, t.ix, t.period_ix,
  CASE WHEN t.quota > 0 AND m.quota > t.quota
    THEN CAST(m.attained - t.attained AS DOUBLE PRECISION) / CAST(m.quota - t.quota AS DOUBLE PRECISION)
    END AS team_attainment,
  CASE WHEN p.n > 1 AND p.a_364 > 0
    THEN CAST(b.a_364 AS DOUBLE PRECISION) * p.n / CAST(p.a_364 AS DOUBLE PRECISION) END AS bookings_vs_segment
FROM targets AS t
JOIN booking_sums AS b ON b.rep_id = t.rep_id AND b.metric = t.metric AND b.ix = t.ix
LEFT JOIN teams AS m
  ON m.team_id = t.team_id AND m.metric = t.metric AND m.ix = t.ix AND m.period_ix = t.period_ix
LEFT JOIN peers AS p
  ON p.segment = t.segment AND p.metric = t.metric AND p.ix = t.ix AND p.period_ix = t.period_ix
