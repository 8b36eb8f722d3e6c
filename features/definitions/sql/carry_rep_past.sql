-- The first deal and the first and latest activity of each rep so far: what no window holds for ever.
WITH last_cutoff AS (SELECT MAX(ix) AS ix FROM cutoffs),
ever AS (
  SELECT s.rep_id, s.created_day AS first_deal_day, CAST(NULL AS INTEGER) AS first_activity_day,
    CAST(NULL AS INTEGER) AS last_activity_day
  FROM deal_spans AS s
  JOIN days AS d ON d.day = s.created_day
  JOIN last_cutoff AS c ON s.from_ix <= c.ix AND d.ix <= c.ix
  WHERE s.nth = 1 AND s.standing < 3
  UNION ALL
  SELECT m.rep_id, NULL, m.first_day, m.last_day
  FROM activity_moves AS m
  JOIN last_cutoff AS c ON m.ix <= c.ix
  UNION ALL
  SELECT p.rep_id, p.day, NULL, NULL
  FROM deal_changes_past AS p
  JOIN (SELECT MAX(as_of_day) AS as_of_day FROM cutoffs) AS c ON p.day <= c.as_of_day
  WHERE p.born > 0
  UNION ALL
  SELECT rep_id, first_deal_day, first_activity_day, last_activity_day FROM rep_past
)
SELECT rep_id, MIN(first_deal_day) AS first_deal_day, MIN(first_activity_day) AS first_activity_day,
  MAX(last_activity_day) AS last_activity_day
FROM ever
GROUP BY rep_id
