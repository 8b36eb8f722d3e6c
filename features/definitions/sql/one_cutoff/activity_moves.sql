-- Activity counts of each rep at one cutoff: of the versions that became known since an earlier build, and of the
-- activities that it carried and there is no news about.
WITH versions AS (
  SELECT v.rep_id, v.occurred_day, v.known_day, v.next_day,
    CASE WHEN v.opportunity_id IS NOT NULL THEN 1 END AS on_deal, w.two_way
  FROM activity_versions AS v
  JOIN activity_kinds AS w ON w.type = v.type
  WHERE v.counted = 1 AND v.rep_id IS NOT NULL
  UNION ALL
  SELECT rep_id, occurred_day, known_day, next_day, on_deal, two_way FROM activity_heads
),
marks AS (
  SELECT v.rep_id, v.occurred_day AS last_day, v.occurred_day AS first_day, v.known_day AS news_day,
    CASE WHEN v.next_day IS NULL THEN v.occurred_day END AS live_day, v.on_deal, v.two_way
  FROM versions AS v
  JOIN cutoffs AS c ON v.occurred_day <= c.as_of_day
  WHERE GREATEST(v.known_day, v.occurred_day) < COALESCE(v.next_day, 47846)
  UNION ALL
  SELECT rep_id, NULL, NULL, NULL, occurred_day, on_deal, two_way FROM quiet_activities
)
SELECT m.rep_id, c.ix, MAX(m.last_day) AS last_day, MIN(m.first_day) AS first_day, MAX(m.news_day) AS news_day,
  COUNT(CASE WHEN m.live_day + 28 > c.as_of_day THEN 1 END) AS n_28,
  COUNT(CASE WHEN m.live_day + 28 > c.as_of_day THEN m.on_deal END) AS deal_28,
  COUNT(CASE WHEN m.live_day + 28 > c.as_of_day THEN m.two_way END) AS two_way_28,
  COUNT(CASE WHEN m.live_day + 91 > c.as_of_day THEN 1 END) AS n_91
FROM marks AS m
CROSS JOIN cutoffs AS c
GROUP BY m.rep_id, c.ix
