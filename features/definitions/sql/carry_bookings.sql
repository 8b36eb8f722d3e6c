-- The bookings that count, each as last known and with its share taken: later cutoffs read them again, or take them back.
WITH versions AS (
  SELECT booking_id, rep_id, metric, account_id, occurred_on, known_on, amount, counted, known_at, seq,
    LEAD(known_on) OVER (PARTITION BY booking_id ORDER BY known_at, seq) AS next_on
  FROM booking_versions
)
SELECT booking_id, rep_id, metric, account_id, occurred_on, known_on, amount, CAST(1 AS DOUBLE PRECISION) AS split,
  'counted' AS status, FALSE AS deleted, known_at, seq
FROM versions
WHERE counted = 1 AND next_on IS NULL
