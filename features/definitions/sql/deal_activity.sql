-- Activities on each deal: all of them, those of the last 28 days and the day of the latest, at the cutoffs where they
-- count.
WITH placed AS (
  SELECT v.opportunity_id, GREATEST(k.ix, o.ix) AS from_ix, LEAST(t.ix, o.ix_28) AS out_28,
    t.ix AS out_ix, v.occurred_day, COALESCE(w.two_way, 0) AS two_way
  FROM activity_versions AS v
  JOIN activity_kinds AS w ON w.type = v.type
  JOIN days AS k ON k.day = v.known_day
  JOIN days AS o ON o.day = v.occurred_day
  JOIN days AS t ON t.day = COALESCE(v.next_day, 47846)
  WHERE v.counted = 1 AND v.opportunity_id IS NOT NULL 
    AND GREATEST(v.known_day, v.occurred_day) < COALESCE(v.next_day, 47846)
),
moves AS (
  SELECT opportunity_id, from_ix AS ix, 1 AS n_all, CASE WHEN from_ix < out_28 THEN 1 ELSE 0 END AS n,
    CASE WHEN from_ix < out_28 THEN two_way ELSE 0 END AS two_way, occurred_day
  FROM placed
  UNION ALL
  SELECT opportunity_id, out_28, 0, -1, -two_way, NULL FROM placed WHERE from_ix < out_28
  UNION ALL
  SELECT opportunity_id, out_ix, -1, 0, 0, NULL FROM placed
)
SELECT opportunity_id, ix, SUM(n_all) AS n_all, SUM(n) AS n_28, SUM(two_way) AS two_way_28, MAX(occurred_day) AS last_day
FROM moves
GROUP BY opportunity_id, ix
