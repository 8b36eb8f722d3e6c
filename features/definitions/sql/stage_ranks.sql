-- The order of stages as learned by each cutoff: how long after creation deals enter a stage, on average.
WITH entries AS (
  SELECT s.stage, k.ix, SUM(s.changed_day - s.created_day) AS delay, COUNT(*) AS n
  FROM deal_story AS s
  JOIN days AS k ON k.day = s.known_day
  WHERE s.entered = 1 AND s.standing = 0
  GROUP BY s.stage, k.ix
),
learned AS (
  SELECT s.stage, c.ix, SUM(e.delay) OVER past AS delay, SUM(e.n) OVER past AS n
  FROM (SELECT DISTINCT stage FROM entries) AS s
  CROSS JOIN cutoffs AS c
  LEFT JOIN entries AS e ON e.stage = s.stage AND e.ix = c.ix
  WINDOW past AS (PARTITION BY s.stage ORDER BY c.ix ROWS UNBOUNDED PRECEDING)
),
ordered AS (
  SELECT stage, ix,
    ROW_NUMBER() OVER (PARTITION BY ix ORDER BY CAST(delay AS DOUBLE PRECISION) / CAST(n AS DOUBLE PRECISION), stage) AS place,
    COUNT(*) OVER (PARTITION BY ix) AS places
  FROM learned
  WHERE n > 0
)
SELECT stage, ix, CAST(place AS DOUBLE PRECISION) / places AS stage_rank FROM ordered
