-- One row per rep in seat, cutoff, open period and measure: quota and bookings as known then.
WITH quota_ever AS (
  -- quota_past says of which quotas an earlier build has known; it is empty in a rebuild.
  SELECT rep_id, metric, grain, currency, from_ix FROM quota_spans
  UNION ALL
  SELECT rep_id, metric, grain, currency, 0 FROM quota_past
),
quota_grains AS (
  SELECT rep_id, metric, grain, MIN(from_ix) AS from_ix
  FROM quota_ever
  WHERE rep_id IS NOT NULL
  GROUP BY rep_id, metric, grain
),
counted AS (
  -- Measures that are numbers of things have the empty text for a currency, the quotas say which.
  SELECT metric, currency, MIN(from_ix) AS from_ix FROM quota_ever WHERE currency = '' GROUP BY metric, currency
),
quota_any AS (
  SELECT rep_id, metric, MIN(from_ix) AS from_ix FROM quota_grains GROUP BY rep_id, metric
),
candidates AS (
  SELECT g.rep_id, g.ix, g.as_of_day, g.name, g.segment, g.currency, g.hire_day, g.end_day, g.team_id,
    p.metric, p.grain, p.period_ix, p.start_day, p.end_day AS period_end_day,
    LEAST(b.first_day, d.first_day, v.first_day) AS first_day
  FROM rep_grid AS g
  JOIN open_periods AS p ON p.ix = g.ix
  JOIN booking_sums AS b ON b.rep_id = g.rep_id AND b.metric = p.metric AND b.ix = g.ix
  JOIN deal_sums AS d ON d.rep_id = g.rep_id AND d.ix = g.ix
  JOIN activity_sums AS v ON v.rep_id = g.rep_id AND v.ix = g.ix
  LEFT JOIN quota_any AS a ON a.rep_id = g.rep_id AND a.metric = p.metric AND a.from_ix <= g.ix
  LEFT JOIN quota_grains AS r
    ON r.rep_id = g.rep_id AND r.metric = p.metric AND r.grain = p.grain AND r.from_ix <= g.ix
  WHERE (b.n_all > 0 OR a.rep_id IS NOT NULL)
    AND (a.rep_id IS NULL OR r.rep_id IS NOT NULL OR p.from_quotas = 0)
    AND (g.hire_day IS NULL OR g.hire_day <= g.as_of_day)
    AND (g.end_day IS NULL OR g.end_day >= p.start_day)
),
booked AS (
  SELECT c.rep_id, c.metric, c.ix, c.period_ix,
    SUM(CASE WHEN m.kind = 0 THEN m.amount ELSE 0 END) AS attained,
    SUM(CASE WHEN m.kind = 1 THEN m.amount ELSE 0 END) AS last_year
  FROM candidates AS c
  JOIN period_moves AS m
    ON m.rep_id = c.rep_id AND m.metric = c.metric AND m.period_ix = c.period_ix AND m.ix <= c.ix
  GROUP BY c.rep_id, c.metric, c.ix, c.period_ix
)
SELECT c.rep_id, c.ix, c.as_of_day, c.metric, c.grain, c.period_ix, c.start_day, c.period_end_day, c.name, c.segment,
  COALESCE(q.currency, u.currency, c.currency) AS currency, c.team_id, c.hire_day, c.end_day,
  q.amount AS quota, q.source AS quota_source,
  COALESCE(b.attained, 0) AS attained, COALESCE(b.last_year, 0) AS last_year,
  e.workdays - s.workdays AS workdays,
  CASE WHEN c.as_of_day < c.start_day THEN 0 ELSE n.workdays - s.workdays END AS workdays_gone,
  c.period_end_day - c.as_of_day AS days_left,
  GREATEST(c.start_day - c.as_of_day, 0) AS starts_in,
  GREATEST(c.as_of_day - COALESCE(c.hire_day, c.first_day, c.as_of_day), 0) AS tenure_days,
  GREATEST(
    LEAST(c.period_end_day, COALESCE(c.end_day, c.period_end_day))
      - GREATEST(c.start_day, COALESCE(c.hire_day, c.start_day)) + 1, 0
  ) AS days_in_seat
FROM candidates AS c
LEFT JOIN quota_spans AS q
  ON q.rep_id = c.rep_id AND q.metric = c.metric AND q.period_ix = c.period_ix AND q.team_id IS NULL
  AND q.from_ix <= c.ix AND c.ix < q.to_ix
LEFT JOIN counted AS u ON u.metric = c.metric AND u.from_ix <= c.ix
LEFT JOIN booked AS b
  ON b.rep_id = c.rep_id AND b.metric = c.metric AND b.ix = c.ix AND b.period_ix = c.period_ix
JOIN calendar_days AS s ON s.day = c.start_day - 1
JOIN calendar_days AS e ON e.day = c.period_end_day
JOIN calendar_days AS n ON n.day = c.as_of_day
