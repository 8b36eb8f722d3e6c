-- The activities whose longest window is still open after the last cutoff, each as last known.
SELECT v.activity_id, v.rep_id, v.opportunity_id, v.type, v.occurred_on, v.known_on, 'done' AS status, FALSE AS deleted,
  v.known_at, v.seq
FROM activity_versions AS v
CROSS JOIN (SELECT MAX(as_of_day) AS as_of_day FROM cutoffs) AS c
WHERE v.counted = 1 AND v.rep_id IS NOT NULL AND v.next_day IS NULL AND v.occurred_day + 91 > c.as_of_day
