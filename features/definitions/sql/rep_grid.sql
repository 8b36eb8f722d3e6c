-- One row per rep and cutoff at which the rep is known: who they are and which team they sit in, as known then.
WITH rep_spans AS (
  SELECT rep_id, name, role, segment, region, currency, hire_day, end_day, deleted, known_day,
    LEAD(known_day) OVER (PARTITION BY rep_id ORDER BY known_at, seq) AS next_day
  FROM rep_versions
),
team_spans AS (
  SELECT rep_id, team_id, weight, from_day, until_day, deleted, known_day,
    LEAD(known_day) OVER (PARTITION BY rep_id, team_id, from_day ORDER BY known_at, seq) AS next_day
  FROM team_versions
),
seated AS (
  SELECT s.rep_id, c.ix, s.team_id,
    ROW_NUMBER() OVER (
      PARTITION BY s.rep_id, c.ix ORDER BY s.weight DESC, s.from_day DESC, s.team_id
    ) AS choice
  FROM team_spans AS s
  JOIN days AS f ON f.day = s.known_day
  JOIN days AS t ON t.day = COALESCE(s.next_day, 47846)
  JOIN cutoffs AS c ON c.ix >= f.ix AND c.ix < t.ix
  WHERE NOT s.deleted AND s.from_day <= c.as_of_day AND (s.until_day IS NULL OR s.until_day >= c.as_of_day)
)
SELECT s.rep_id, c.ix, c.as_of_day, s.name, COALESCE(s.segment, '') AS segment, s.region, s.role, s.currency,
  s.hire_day,
  CASE WHEN s.end_day <= c.as_of_day THEN s.end_day END AS end_day,
  g.team_id
FROM rep_spans AS s
JOIN days AS f ON f.day = s.known_day
JOIN days AS t ON t.day = COALESCE(s.next_day, 47846)
JOIN cutoffs AS c ON c.ix >= f.ix AND c.ix < t.ix
LEFT JOIN seated AS g ON g.rep_id = s.rep_id AND g.ix = c.ix AND g.choice = 1
WHERE NOT s.deleted
