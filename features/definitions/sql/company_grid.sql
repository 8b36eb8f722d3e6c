-- One row per cutoff: which kinds of facts the company had by then, and the day of the newest one.
WITH news AS (
  SELECT k.ix, MAX(e.known_day) AS last_day, MAX(e.is_deal) AS has_deals, MAX(e.is_activity) AS has_activities,
    MAX(e.is_priced) AS has_amounts, MAX(e.is_dated) AS has_dates
  FROM (
    SELECT known_day, 0 AS is_deal, 0 AS is_activity, 0 AS is_priced, 0 AS is_dated FROM booking_versions
    UNION ALL
    SELECT known_day, 1, 0, CASE WHEN outcome = 'open' AND amount IS NOT NULL THEN 1 ELSE 0 END,
      CASE WHEN outcome = 'open' AND expected_day IS NOT NULL THEN 1 ELSE 0 END
    FROM deal_versions
    UNION ALL
    SELECT known_day, 0, 1, 0, 0 FROM activity_versions
  ) AS e
  JOIN days AS k ON k.day = e.known_day
  GROUP BY k.ix
)
SELECT c.ix, c.as_of_day,
  MAX(n.last_day) OVER past AS last_day,
  COALESCE(MAX(n.has_deals) OVER past, 0) AS has_deals,
  COALESCE(MAX(n.has_amounts) OVER past, 0) AS has_amounts,
  COALESCE(MAX(n.has_dates) OVER past, 0) AS has_dates,
  COALESCE(MAX(n.has_activities) OVER past, 0) AS has_activities
FROM cutoffs AS c
LEFT JOIN news AS n ON n.ix = c.ix
WINDOW past AS (ORDER BY c.ix ROWS UNBOUNDED PRECEDING)
