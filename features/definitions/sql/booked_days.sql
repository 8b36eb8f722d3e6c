-- Counted bookings per rep, measure, day and day of knowledge; a revision takes back what was known and adds the new.
WITH versions AS (
  SELECT rep_id, metric, occurred_day, known_day, amount, counted,
    LEAD(known_day) OVER (PARTITION BY booking_id ORDER BY known_at, seq) AS next_day
  FROM booking_versions
),
moves AS (
  SELECT rep_id, metric, occurred_day, known_day, amount, counted AS n FROM versions WHERE counted = 1
  UNION ALL
  SELECT rep_id, metric, occurred_day, next_day, -amount, -counted FROM versions
  WHERE counted = 1 AND next_day IS NOT NULL
)
SELECT rep_id, metric, occurred_day, known_day, SUM(amount) AS amount, CAST(SUM(n) AS BIGINT) AS n
FROM moves
GROUP BY rep_id, metric, occurred_day, known_day
HAVING SUM(n) <> 0 OR SUM(amount) <> 0
ORDER BY rep_id, metric, occurred_day, known_day
