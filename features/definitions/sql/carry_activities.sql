-- The activities whose longest window is still open after the last cutoff, each as last known.
WITH last_cutoff AS (SELECT MAX(as_of_day) AS as_of_day FROM cutoffs)
SELECT v.activity_id, v.rep_id, v.occurred_day, v.known_day, v.next_day,
  CASE WHEN v.opportunity_id IS NOT NULL THEN 1 END AS on_deal, w.two_way
FROM activity_versions AS v
JOIN activity_kinds AS w ON w.type = v.type
JOIN last_cutoff AS c ON v.occurred_day + 91 > c.as_of_day
WHERE v.counted = 1 AND v.rep_id IS NOT NULL AND v.next_day IS NULL
UNION ALL
SELECT h.activity_id, h.rep_id, h.occurred_day, h.known_day, h.next_day, h.on_deal, h.two_way
FROM activity_heads AS h
JOIN last_cutoff AS c ON h.occurred_day + 91 > c.as_of_day
WHERE h.next_day IS NULL
