-- One row per cutoff: which kinds of facts the company had by then, and the day of the newest one.
WITH news AS (
  SELECT from_ix AS ix, MAX(known_day) AS last_day, 0 AS has_deals, 0 AS has_amounts, 0 AS has_dates, 0 AS has_activities
  FROM booking_spans
  GROUP BY from_ix
  UNION ALL
  SELECT ix, MAX(news_day), 0, 0, 0, 1 FROM activity_moves WHERE news_day IS NOT NULL GROUP BY ix
  UNION ALL
  SELECT from_ix, MAX(known_day), 1,
    MAX(CASE WHEN standing = 0 AND amount IS NOT NULL THEN 1 ELSE 0 END),
    MAX(CASE WHEN standing = 0 AND expected_day IS NOT NULL THEN 1 ELSE 0 END), 0
  FROM deal_spans
  GROUP BY from_ix
  UNION ALL
  SELECT 0, last_day, has_deals, has_amounts, has_dates, has_activities FROM company_past
),
found AS (
  SELECT ix, MAX(last_day) AS last_day, MAX(has_deals) AS has_deals, MAX(has_amounts) AS has_amounts,
    MAX(has_dates) AS has_dates, MAX(has_activities) AS has_activities
  FROM news
  GROUP BY ix
)
SELECT c.ix, c.as_of_day,
  MAX(n.last_day) OVER past AS last_day,
  COALESCE(MAX(n.has_deals) OVER past, 0) AS has_deals,
  COALESCE(MAX(n.has_amounts) OVER past, 0) AS has_amounts,
  COALESCE(MAX(n.has_dates) OVER past, 0) AS has_dates,
  COALESCE(MAX(n.has_activities) OVER past, 0) AS has_activities
FROM cutoffs AS c
LEFT JOIN found AS n ON n.ix = c.ix
WINDOW past AS (ORDER BY c.ix ROWS UNBOUNDED PRECEDING)
