-- Signed moves of each rep's trailing activity counts.
WITH placed AS (
  SELECT v.rep_id, GREATEST(k.ix, o.ix) AS from_ix, t.ix AS to_ix, o.ix_28, o.ix_91,
    COUNT(*) AS n, COUNT(v.opportunity_id) AS n_deal, COUNT(w.two_way) AS n_two_way, MAX(v.occurred_day) AS last_day,
    MIN(v.occurred_day) AS first_day, MAX(v.known_day) AS news_day
  FROM activity_versions AS v
  JOIN activity_kinds AS w ON w.type = v.type
  JOIN days AS k ON k.day = v.known_day
  JOIN days AS o ON o.day = v.occurred_day
  JOIN days AS t ON t.day = COALESCE(v.next_day, 47846)
  WHERE v.counted = 1 AND v.rep_id IS NOT NULL AND GREATEST(v.known_day, v.occurred_day) < COALESCE(v.next_day, 47846)
  GROUP BY v.rep_id, GREATEST(k.ix, o.ix), t.ix, o.ix_28, o.ix_91
),
kept AS (
  SELECT rep_id, from_ix, LEAST(to_ix, ix_28) AS out_28, LEAST(to_ix, ix_91) AS out_91, n, n_deal, n_two_way, last_day,
    first_day, news_day
  FROM placed
),
moves AS (
  SELECT rep_id, from_ix AS ix, last_day, first_day, news_day,
    CASE WHEN from_ix < out_28 THEN n ELSE 0 END AS n_28,
    CASE WHEN from_ix < out_28 THEN n_deal ELSE 0 END AS deal_28,
    CASE WHEN from_ix < out_28 THEN n_two_way ELSE 0 END AS two_way_28,
    CASE WHEN from_ix < out_91 THEN n ELSE 0 END AS n_91
  FROM kept
  UNION ALL
  SELECT rep_id, out_28, NULL, NULL, NULL, -n, -n_deal, -n_two_way, 0 FROM kept WHERE from_ix < out_28
  UNION ALL
  SELECT rep_id, out_91, NULL, NULL, NULL, 0, 0, 0, -n FROM kept WHERE from_ix < out_91
)
SELECT rep_id, ix, MAX(last_day) AS last_day, MIN(first_day) AS first_day, MAX(news_day) AS news_day,
  SUM(n_28) AS n_28, SUM(deal_28) AS deal_28, SUM(two_way_28) AS two_way_28, SUM(n_91) AS n_91
FROM moves
GROUP BY rep_id, ix
