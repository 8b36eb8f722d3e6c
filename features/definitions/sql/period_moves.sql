-- Signed moves of what is booked in each quota period, and in the same period a year before (kind 1).
WITH placed AS (
  SELECT b.rep_id, b.metric, d.period_ix, d.kind, b.from_ix, b.to_ix, b.amount
  FROM booking_spans AS b
  JOIN period_days AS d ON d.day = b.occurred_day
),
moves AS (
  SELECT rep_id, metric, period_ix, kind, from_ix AS ix, amount FROM placed
  UNION ALL
  SELECT rep_id, metric, period_ix, kind, to_ix, -amount FROM placed
)
SELECT rep_id, metric, period_ix, kind, ix, SUM(amount) AS amount
FROM moves
GROUP BY rep_id, metric, period_ix, kind, ix
