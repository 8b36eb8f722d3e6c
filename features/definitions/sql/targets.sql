-- Targets with the status that facts alone decide, and the sentence that says why.
WITH ranked AS (
  SELECT ix, period_ix, metric, segment, quota,
    ROW_NUMBER() OVER (PARTITION BY ix, period_ix, metric, segment ORDER BY quota, rep_id) AS place,
    COUNT(*) OVER (PARTITION BY ix, period_ix, metric, segment) AS n
  FROM target_base
  WHERE quota > 0
),
usual AS (
  SELECT ix, period_ix, metric, segment, MIN(quota) AS median_quota
  FROM ranked
  WHERE 2 * place >= n
  GROUP BY ix, period_ix, metric, segment
),
judged AS (
  SELECT t.*,
    CASE
      WHEN t.end_day IS NOT NULL THEN 'left'
      WHEN t.as_of_day - g.last_day > 45 OR g.last_day IS NULL THEN 'stale'
      WHEN 5 * t.days_in_seat < t.period_end_day - t.start_day + 1 THEN 'insufficient_exposure'
      WHEN t.quota IS NULL OR t.quota <= 0 THEN 'no_quota'
      WHEN 20 * t.quota < u.median_quota THEN 'tiny_quota'
      ELSE ''
    END AS verdict
  FROM target_base AS t
  JOIN company_grid AS g ON g.ix = t.ix
  LEFT JOIN usual AS u
    ON u.ix = t.ix AND u.period_ix = t.period_ix AND u.metric = t.metric AND u.segment = t.segment
)
SELECT rep_id, ix, as_of_day, metric, grain, period_ix, start_day, period_end_day, name, segment, currency, team_id,
  quota, quota_source, attained, last_year, workdays, workdays_gone, days_left, starts_in, tenure_days,
  CASE WHEN workdays = 0 THEN CAST(0 AS DOUBLE PRECISION)
    ELSE CAST(workdays_gone AS DOUBLE PRECISION) / workdays END AS elapsed,
  CAST(days_in_seat AS DOUBLE PRECISION) / (period_end_day - start_day + 1) AS exposure,
  CASE WHEN verdict = 'tiny_quota' THEN 'no_quota' ELSE verdict END AS status,
  CASE verdict
    WHEN 'left' THEN 'The rep has left.'
    WHEN 'stale' THEN 'No new fact has arrived for more than 45 days.'
    WHEN 'insufficient_exposure' THEN 'The rep is in seat for less than a fifth of the period.'
    WHEN 'no_quota' THEN 'There is no quota above zero for this period.'
    WHEN 'tiny_quota' THEN 'The quota is below a twentieth of the median in the segment, so the ratio means little.'
    ELSE ''
  END AS reason
FROM judged
