-- Reps as known at the newest moment, with the team they sit in then.
WITH versions AS (
  SELECT rep_versions.*,
    ROW_NUMBER() OVER (PARTITION BY rep_id ORDER BY known_at DESC, seq DESC) AS age
  FROM rep_versions
),
seats AS (
  SELECT rep_id, team_id, weight, from_day, until_day, deleted,
    ROW_NUMBER() OVER (PARTITION BY rep_id, team_id, from_day ORDER BY known_at DESC, seq DESC) AS age
  FROM team_versions
),
seated AS (
  SELECT s.rep_id, s.team_id,
    ROW_NUMBER() OVER (PARTITION BY s.rep_id ORDER BY s.weight DESC, s.from_day DESC, s.team_id) AS choice
  FROM seats AS s
  CROSS JOIN horizon AS h
  WHERE s.age = 1 AND NOT s.deleted AND s.from_day <= h.as_of_day
    AND (s.until_day IS NULL OR s.until_day >= h.as_of_day)
)
SELECT v.rep_id, v.name, s.team_id, COALESCE(v.segment, '') AS segment, v.region, v.role, v.hire_day,
  CASE WHEN v.end_day <= h.as_of_day THEN v.end_day END AS end_day
FROM versions AS v
CROSS JOIN horizon AS h
LEFT JOIN seated AS s ON s.rep_id = v.rep_id AND s.choice = 1
WHERE v.age = 1 AND NOT v.deleted
ORDER BY v.rep_id
