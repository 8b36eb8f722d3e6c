-- Periods to forecast at each cutoff: those that contain the next instant and the next one of each grain, from the
-- quotas known then, or by the calendar where no quota of the next one is known yet; fiscal quarters at cutoffs without
-- any quota that is still to come.
WITH coming AS (
  SELECT DISTINCT c.ix, c.as_of_day, q.metric, q.grain, q.period_ix, q.start_day, q.end_day
  FROM quota_spans AS q
  JOIN cutoffs AS c ON c.ix >= q.from_ix AND c.ix < q.to_ix
  WHERE q.rep_id IS NOT NULL AND q.end_day > c.as_of_day AND q.start_day <= c.as_of_day + 1 + q.span
),
next_start AS (
  SELECT ix, metric, grain, MIN(start_day) AS start_day
  FROM coming
  WHERE start_day > as_of_day + 1
  GROUP BY ix, metric, grain
),
chosen AS (
  SELECT c.ix, c.metric, c.grain, c.period_ix, c.start_day, c.end_day
  FROM coming AS c
  LEFT JOIN next_start AS n ON n.ix = c.ix AND n.metric = c.metric AND n.grain = c.grain
  WHERE c.start_day <= c.as_of_day + 1 OR c.start_day = n.start_day
)
SELECT ix, metric, grain, period_ix, start_day, end_day, 1 AS from_quotas FROM chosen
UNION ALL
SELECT c.ix, c.metric, c.grain, p.period_ix, p.start_day, p.end_day, 1
FROM chosen AS c
JOIN next_periods AS f ON f.ix = c.ix
JOIN periods AS p ON p.period_ix = f.period_ix AND p.grain = c.grain AND p.start_day = c.end_day + 1
LEFT JOIN next_start AS n ON n.ix = c.ix AND n.metric = c.metric AND n.grain = c.grain
WHERE n.ix IS NULL
UNION ALL
SELECT f.ix, m.metric, p.grain, p.period_ix, p.start_day, p.end_day, 0
FROM fallback_periods AS f
JOIN periods AS p ON p.period_ix = f.period_ix
CROSS JOIN metrics AS m
WHERE NOT EXISTS (SELECT 1 FROM chosen AS c WHERE c.ix = f.ix)
