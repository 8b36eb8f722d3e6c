-- Seasonality: the same period a year before, of the rep and of the whole company; missing where the bookings do not
-- reach back that far. The company are the reps known at the cutoff (their segment is not NULL), not those of later ones.
WITH company_year AS (
  SELECT metric, ix, SUM(a_364) AS a_364, MIN(first_day) AS first_day
  FROM booking_sums
  WHERE segment IS NOT NULL
  GROUP BY metric, ix
),
company_last_year AS (
  SELECT p.metric, p.ix, p.period_ix, SUM(m.amount) AS amount
  FROM open_periods AS p
  JOIN period_moves AS m ON m.metric = p.metric AND m.period_ix = p.period_ix AND m.kind = 1 AND m.ix <= p.ix
  GROUP BY p.metric, p.ix, p.period_ix
)
SELECT t.rep_id, t.metric, t.ix, t.period_ix,
  CASE WHEN t.tenure_days >= 364 AND y.first_day <= t.start_day - 360 THEN t.last_year END AS last_year_period,
  CASE WHEN y.a_364 > 0 AND y.first_day <= t.start_day - 360 AND l.amount <> 0
    THEN CAST(l.amount AS DOUBLE PRECISION) * 364 / (t.period_end_day - t.start_day + 1)
      / CAST(y.a_364 AS DOUBLE PRECISION) END AS season_index
FROM targets AS t
LEFT JOIN company_year AS y ON y.metric = t.metric AND y.ix = t.ix
LEFT JOIN company_last_year AS l ON l.metric = t.metric AND l.ix = t.ix AND l.period_ix = t.period_ix
