-- The version of a booking with which each account bought for the first time.
-- account_past holds those accounts that an earlier build has seen before; it is empty in a rebuild.
WITH numbered AS (
  SELECT account_id, booking_id, known_at, seq,
    ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY known_at, occurred_day, booking_id, seq) AS nth
  FROM booking_versions
  WHERE account_id IS NOT NULL
)
SELECT n.account_id, n.booking_id, n.known_at, n.seq
FROM numbered AS n
WHERE n.nth = 1 AND NOT EXISTS (SELECT 1 FROM account_past AS p WHERE p.account_id = n.account_id)
