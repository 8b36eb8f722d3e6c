-- Births of deals and changes in them per rep and day, of the last 91 days and of days to come.
-- deal_known says how many states of a deal an earlier build has seen, and counted; it is empty in a rebuild.
WITH news AS (
  SELECT s.rep_id, s.nth, s.standing, s.created_day, s.known_day, s.moved, s.pushed
  FROM deal_spans AS s
  LEFT JOIN deal_known AS k ON k.opportunity_id = s.opportunity_id
  WHERE s.nth > COALESCE(k.n, 0)
),
marks AS (
  SELECT rep_id, created_day AS day, 1 AS born, 0 AS moved, 0 AS pushed FROM news WHERE nth = 1 AND standing < 3
  UNION ALL
  SELECT rep_id, known_day, 0, moved, pushed FROM news WHERE moved + pushed > 0
)
SELECT m.rep_id, m.day, CAST(SUM(m.born) AS BIGINT) AS born, CAST(SUM(m.moved) AS BIGINT) AS moved,
  CAST(SUM(m.pushed) AS BIGINT) AS pushed
FROM marks AS m
JOIN (SELECT MAX(as_of_day) AS as_of_day FROM cutoffs) AS c ON m.day + 91 > c.as_of_day
GROUP BY m.rep_id, m.day
